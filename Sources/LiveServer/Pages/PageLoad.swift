import LiveViewWire
import NIOCore
import WebSocketWire

/// One load of a page by HTTP: the view is mounted, rendered and forgotten; its tokens let the client join it.
struct PageLoad {
    /// A cookie that the official client sets.
    private static let reloadCookie = "__phoenix_reload_status__"

    private let app: LiveCore
    private let request: PageRequest
    private let environment: ViewEnvironment
    private let isNewSession: Bool

    init(_ app: LiveCore, _ request: PageRequest, _ loop: any EventLoop) {
        self.app = app
        self.request = request
        var session = BrowserSession(request, app: app)
        isNewSession = session.secret == nil
        if isNewSession { session = BrowserSession.new(app) }
        environment = ViewEnvironment(app: app, loop: loop, session: session)
    }

    func response(_ path: PagePath) -> PageResponse {
        if let status = reloadStatus { return errorPage(status, clearing: [Self.reloadCookie]) }
        guard let (route, _) = app.routes.route(for: path) else { return errorPage(404) }
        let id = app.newID(for: "page \(environment.randomName) \(path.text)")
        let flash = request.cookie(FlashTokens.cookieName).map { FlashTokens.verify($0, app) } ?? [:]
        let view = route.factory.make(
            ViewSetup(
                environment: environment, socket: nil, topic: "lv:\(id)", joinRef: "", route: route, url: path.text))
        view.flash = flash
        defer { view.end() }
        do {
            try view.mount()
            if view.effects.navigation == nil { try view.handle(params: view.params) }
            if let navigation = view.effects.navigation { return redirect(navigation, view) }
            let content = try LiveTree(view.renderWhole()).html()
            let document = try document(content, id: id, view, route)
            let hadFlash = request.cookie(FlashTokens.cookieName) != nil
            return page(document, status: 200, clearing: hadFlash ? [FlashTokens.cookieName] : [])
        } catch let error as PageError {
            return errorPage(error.status)
        } catch {
            app.log(.pageFailed, "\(path.path): \(error)", view: view.typeName)
            return errorPage(500)
        }
    }

    private func document(_ content: [UInt8], id: String, _ view: ViewChannel, _ route: LiveRoute) throws -> [UInt8] {
        let token = app.tokens.sign(
            ["i": .string(id), "v": .string(route.factory.name), "l": .string(route.session.name)], for: .view,
            at: app.now)
        let page = app.tokens.sign(["f": FlashTokens.json(view.flash)], for: .page, at: app.now)
        let element: HTML = """
            <div id="\(id)" data-phx-main data-phx-session="\(token)" data-phx-static="\(page)">\
            \(raw: String(decoding: content, as: UTF8.self))</div>
            """
        let head = Document.head(app.configuration, csrfToken: environment.session.csrfToken(app))
        let html = app.routes.rootLayout(RootPage(content: element, title: view.title, head: head))
        var pass = RenderPass(view)
        let root = try pass.template(html)
        return try LiveTree(Render(root: root, components: pass.components)).html()
    }

    private func redirect(_ navigation: Navigation, _ view: ViewChannel) -> PageResponse {
        let location: String
        switch navigation {
        case .patch(let to, _), .navigate(let to, _), .redirect(let to): location = to
        }
        var response = PageResponse.redirect(to: location)
        response.headers += sessionCookie
        response.headers += FlashTokens.cookie(view.flash, app)
        return response
    }

    // MARK: - Error pages

    /// The status that a view's join asked the browser to come back for.
    private var reloadStatus: Int? {
        guard let token = request.cookie(Self.reloadCookie) else { return nil }
        let status = app.tokens.verify(token, for: .reload, at: app.now, lifetime: .seconds(60))?.integer
        return status.flatMap { (400...599).contains($0) ? $0 : nil }
    }

    private func errorPage(_ status: Int, clearing cookies: [String] = []) -> PageResponse {
        let text = status == 404 ? "There is no such page." : "The page cannot be shown."
        let html: HTML = "<main><h1>\(status)</h1><p>\(text)</p></main>"
        let root = RootPage(
            content: html, title: "\(status)",
            head: Document.head(app.configuration, csrfToken: nil))
        let document = try? LiveTree(Render(root: app.routes.rootLayout(root).template)).html()
        return page(document ?? Array(text.utf8), status: status, clearing: cookies)
    }

    // MARK: - Headers

    private func page(_ body: [UInt8], status: Int, clearing cookies: [String]) -> PageResponse {
        var headers = [
            HTTPField("Content-Type", "text/html; charset=utf-8"),
            HTTPField("Cache-Control", "no-store"),
        ]
        headers += sessionCookie
        headers += cookies.map { HTTPField("Set-Cookie", "\($0)=; Path=/; Max-Age=0") }
        return PageResponse(status: status, headers: headers, body: body)
    }

    private var sessionCookie: [HTTPField] {
        isNewSession ? [environment.session.cookie(app, scheme: request.scheme)] : []
    }
}
