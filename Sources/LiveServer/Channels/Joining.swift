import LiveViewWire

/// Why a view cannot be joined, as the client is told.
enum JoinRefusal: Error {
    /// A token is wrong or too old, or there is no cookie session: the client loads the page anew.
    case stale
    /// The URL does not lead to this view, or to another live session: the client loads the page anew.
    case unauthorized
    /// The view's mount threw.
    case crashed
    /// The view that it is nested in has just sent the browser elsewhere.
    case parentRedirect
    /// The page is to be loaded, to show an error page.
    case reload(status: Int, token: String)
    case tooManyChannels
    case unmatchedTopic

    var response: [UInt8] {
        switch self {
        case .stale: SocketSession.reason("stale")
        case .unauthorized: SocketSession.reason("unauthorized")
        case .crashed: SocketSession.reason("join crashed")
        case .parentRedirect: SocketSession.reason("parent_redirect")
        case .tooManyChannels: SocketSession.reason("too many channels joined")
        case .unmatchedTopic: SocketSession.reason("unmatched topic")
        case .reload(let status, let token):
            SocketSession.json(["reason": "reload", "status": .number("\(status)"), "token": .string(token)])
        }
    }
}

/// What the payload of a join on `lv:` says.
private struct JoinPayload {
    let url: String?
    let redirect: String?
    let session: String?
    let page: String?
    let flash: String?

    init(_ value: JSONValue) {
        url = value["url"]?.string
        redirect = value["redirect"]?.string
        session = value["session"]?.string
        page = value["static"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        flash = value["flash"]?.string
    }
}

/// A view that may be joined.
private struct JoinTarget {
    let make: (ViewSetup) -> ViewChannel
    var route: LiveRoute?
    var url = ""
    var flash: [FlashKind: String] = [:]
    /// Whether the client comes from another view over the same socket.
    var isNavigation = false
    var isSticky = false
    /// What the token has for the view's session.
    var session = JSON.null
}

extension SocketSession {
    func join(_ head: ChannelHead, _ payload: Payload) throws {
        guard let joinRef = head.joinRef ?? head.ref else { throw ClientViolation.unreadable("a join without a ref") }
        let before = view(head.topic)
        if before == nil, channelCount >= app.configuration.limits.maximumChannels {
            return refuse(.tooManyChannels, head, joinRef)
        }
        let value = try payload.value()
        if head.topic.hasPrefix("lv:") {
            do throws(JoinRefusal) {
                mount(try target(of: head.topic, JoinPayload(value)), head, joinRef, before: before)
            } catch {
                refuse(error, head, joinRef)
            }
        } else if head.topic.hasPrefix("lvu:") {
            joinUpload(head, joinRef, token: value["token"]?.string ?? "")
        } else {
            refuse(.unmatchedTopic, head, joinRef)
        }
    }

    private func refuse(_ refusal: JoinRefusal, _ head: ChannelHead, _ joinRef: String) {
        reply(to: head, joinRef: joinRef, status: "error", refusal.response)
    }

    // MARK: - Whether it may be joined

    /// The checks, in the order that the protocol has them: tokens, cookie session, where the URL leads.
    private func target(of topic: String, _ payload: JoinPayload) throws(JoinRefusal) -> JoinTarget {
        let lifetime = app.configuration.tokenLifetime
        guard let session = payload.session,
            let view = app.tokens.verify(session, for: .view, at: app.now, lifetime: lifetime),
            view["i"]?.string == String(topic.dropFirst(3))
        else { throw .stale }
        var flash: [FlashKind: String] = [:]
        if let page = payload.page {
            guard let page = app.tokens.verify(page, for: .page, at: app.now, lifetime: lifetime) else { throw .stale }
            flash = FlashTokens.messages(page["f"])
        }
        guard environment.session.isProven else { throw .stale }
        if let parent = view["p"]?.string {
            let id = String(topic.dropFirst(3))
            guard let make = self.view("lv:\(parent)")?.partsIfAny?.nested[id]?.make else {
                throw lastRedirected == "lv:\(parent)" ? .parentRedirect : .crashed
            }
            return JoinTarget(make: make, session: JSON(view["s"] ?? .null))
        }
        if let name = view["k"]?.string {
            guard let factory = app.routes.sticky[name] else { throw .stale }
            return JoinTarget(make: factory.make, isSticky: true, session: JSON(view["s"] ?? .null))
        }
        if let token = payload.flash { flash = FlashTokens.verify(token, app) }
        return try routed(view, payload, flash)
    }

    private func routed(
        _ view: JSONValue, _ payload: JoinPayload, _ flash: [FlashKind: String]
    ) throws(JoinRefusal) -> JoinTarget {
        guard let path = (payload.redirect ?? payload.url).flatMap({ PagePath($0) }),
            let route = app.routes.route(for: path)?.route, route.session.name == view["l"]?.string,
            payload.redirect != nil || route.factory.name == view["v"]?.string
        else { throw .unauthorized }
        return JoinTarget(
            make: route.factory.make, route: route, url: path.text, flash: flash,
            isNavigation: payload.redirect != nil)
    }

    // MARK: - The join

    private func mount(_ target: JoinTarget, _ head: ChannelHead, _ joinRef: String, before: ViewChannel?) {
        let view = target.make(
            ViewSetup(
                environment: environment, socket: self, topic: head.topic, joinRef: joinRef, route: target.route,
                url: target.url, isSticky: target.isSticky, session: target.session))
        view.flash = target.flash
        switch view.join(isNavigation: target.isNavigation) {
        case .joined(let response):
            if let before { remove(before) }
            add(view)
            reply(to: head, joinRef: joinRef, response)
            // The old join is over only now: its messages come behind the answer.
            if let before {
                push(
                    ChannelEvent.close, topic: before.topic, joinRef: before.joinRef, ref: before.joinRef, Self.empty)
            }
        case .elsewhere(let response):
            view.end()
            reply(to: head, joinRef: joinRef, status: "error", response)
        case .refused(let refusal):
            view.end()
            refuse(refusal, head, joinRef)
        }
    }
}
