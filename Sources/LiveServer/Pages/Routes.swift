import LiveViewWire

/// What HTML stands around a live view: rendered with it, in the page and over the socket.
public typealias LiveLayout = @Sendable (LivePage) -> HTML
/// The whole document, for page loads only.
public typealias RootLayout = @Sendable (RootPage) -> HTML

/// What a ``LiveLayout`` gets. It may use `\(flash:)`.
public struct LivePage {
    /// The view's body.
    public let content: HTML
    /// The view's title; may be empty.
    public let title: String
    /// Path and query.
    public let url: String
}

/// What a ``RootLayout`` gets.
public struct RootPage {
    /// The view with its element, which the client connects.
    public let content: HTML
    /// The view's title.
    public let title: String
    /// What must stand in the document's head: the CSRF token, style sheets, the client's scripts.
    public let head: HTML
}

/// The pages of an application.
///
/// ```swift
/// LiveApplication(configuration) { routes in
///     routes.live("/", Light())
///     routes.live("/items/:id", ItemPage())
///     routes.session("admin", layout: { "<main>\($0.content)</main>" }) { admin in
///         admin.live("/admin", AdminPage())
///     }
///     routes.file("/app.css", style)
/// }
/// ```
public struct Routes: Sendable {
    private(set) var live: [LiveRoute] = []
    private(set) var sticky: [String: ViewFactory] = [:]
    private(set) var files: [String: StaticFile] = [:]
    private var forms: [(pattern: PathPattern, handler: FormHandler)] = []
    private(set) var rootLayout: RootLayout = Document.standard
    private var session = LiveRoute.Session(name: "default", layout: nil)

    init() {}

    /// A view at a path. It is made anew for each page and each connection.
    /// - Parameter path: `:name` takes one part of the path as a param, `*name` at the end all the rest.
    public mutating func live<View: LiveView>(_ path: String, _ view: @autoclosure @escaping @Sendable () -> View) {
        live.append(LiveRoute(pattern: PathPattern(path), factory: ViewFactory(view), session: session))
    }

    /// Views with a layout of their own. Within a live session, one navigates from view to view over the same socket;
    /// to another session the page is loaded.
    public mutating func session(
        _ name: String, layout: LiveLayout? = nil, _ routes: (inout Routes) -> Void
    ) {
        let outer = session
        session = LiveRoute.Session(name: name, layout: layout)
        routes(&self)
        session = outer
    }

    /// The layout of the views that follow.
    public mutating func layout(_ layout: @escaping LiveLayout) { session.layout = layout }

    /// The document around all views.
    public mutating func rootLayout(_ layout: @escaping RootLayout) { rootLayout = layout }

    /// A view that layouts or views place by name, and that stays while the page navigates.
    public mutating func sticky<View: LiveView>(
        _ name: String, _ view: @autoclosure @escaping @Sendable () -> View
    ) {
        sticky[name] = ViewFactory(view)
    }

    /// A file.
    /// - Parameter type: its content type; by default what the ending of the path says.
    public mutating func file(_ path: String, _ bytes: [UInt8], type: String? = nil) {
        files[path] = StaticFile(bytes, contentType: type ?? StaticFile.contentType(of: path))
    }

    /// What a form with `method="post"` is sent to: the place to change the cookie session, for example at a login.
    ///
    /// The form must hold the CSRF token: `<input type="hidden" name="_csrf_token" value="\(.csrfToken)">`.
    public mutating func post(_ path: String, _ handler: @escaping FormHandler) {
        forms.append((PathPattern(path), handler))
    }

    func form(for path: PagePath) -> (handler: FormHandler, params: [(name: String, value: String)])? {
        let segments = path.segments
        for (pattern, handler) in forms {
            if let params = pattern.match(segments) { return (handler, params) }
        }
        return nil
    }

    func route(for path: PagePath) -> (route: LiveRoute, params: [(name: String, value: String)])? {
        let segments = path.segments
        for route in live {
            if let params = route.pattern.match(segments) { return (route, params) }
        }
        return nil
    }
}

/// One route to a live view.
final class LiveRoute: Sendable {
    struct Session: Sendable {
        let name: String
        var layout: LiveLayout?
    }

    let pattern: PathPattern
    let factory: ViewFactory
    let session: Session

    init(pattern: PathPattern, factory: ViewFactory, session: Session) {
        self.pattern = pattern
        self.factory = factory
        self.session = session
    }
}

/// How a view is begun.
struct ViewFactory: Sendable {
    /// The type, as tokens say it.
    let name: String
    let make: @Sendable (ViewSetup) -> ViewChannel

    init<View: LiveView>(_ view: @escaping @Sendable () -> View) {
        name = String(reflecting: View.self)
        make = { ViewRunner(view(), $0) }
    }
}
