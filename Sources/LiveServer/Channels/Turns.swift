import LiveViewWire

/// What a join came to.
enum JoinAnswer {
    case joined([UInt8])
    /// The view sends the client elsewhere.
    case elsewhere([UInt8])
    case refused(JoinRefusal)
}

/// What is wrong with where a handler went.
enum NavigationError: Error, CustomStringConvertible {
    case patchElsewhere(String)
    case tooManyPatches(limit: Int)
    case patchInNestedView

    var description: String {
        switch self {
        case .patchElsewhere(let path): "pushPatch to \(path), which is another view: use pushNavigate"
        case .tooManyPatches(let limit): "more than \(limit) patches in a row"
        case .patchInNestedView: "only the page's own view has a URL to patch"
        }
    }
}

/// A turn is what one message sets off: a handler, patches that it asks for, one render, the answer.
extension ViewChannel {
    // MARK: - The first turn

    /// Mounts the view, and renders it whole.
    func join(isNavigation: Bool) -> JoinAnswer {
        do {
            try mount()
            if route != nil, effects.navigation == nil { try handle(params: params) }
            let patch = try followPatches { _, _ in }
            let effects = takeEffects()
            if let navigation = effects.navigation { return .elsewhere(joinNavigation(navigation, effects)) }
            let rendered = try render(effects: effects)
            return .joined(joinResponse(rendered, patch: patch, isNavigation: isNavigation))
        } catch let error as PageError {
            let token = app.tokens.sign(.number("\(error.status)"), for: .reload, at: app.now)
            return .refused(.reload(status: error.status, token: token))
        } catch {
            app.log(.viewCrashed, "join: \(error)", view: id)
            return .refused(.crashed)
        }
    }

    private func joinResponse(_ rendered: [UInt8], patch: [UInt8]?, isNavigation: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if isNavigation {
            json.key("container")
            json.value(["div", [:]])
        }
        if let patch {
            json.key("live_patch")
            json.raw(patch.span)
        }
        json.key("liveview_version")
        json.string(app.configuration.servedVersion)
        json.key("rendered")
        json.raw(rendered.span)
        json.endObject()
        return json.bytes
    }

    private func joinNavigation(_ navigation: Navigation, _ effects: TurnEffects) -> [UInt8] {
        var events = JSONWriter()
        events.beginArray()
        for event in effects.events { events.value(.array([.string(event.name), event.payload])) }
        events.endArray()
        var json = JSONWriter()
        json.beginObject()
        write(navigation, to: &json)
        json.key("events")
        json.raw(events.bytes.span)
        json.endObject()
        return json.bytes
    }

    // MARK: - Later turns

    /// Handles a message of the client.
    func received(_ head: ChannelHead, _ payload: Payload) throws(ClientViolation) {
        switch head.event {
        case "event":
            try receivedEvent(head, payload)
        case "live_patch":
            let url = try payload.value()["url"]?.string
            receivedPatch(head, url)
        case "cids_will_destroy":
            componentsWillBeDestroyed(try componentIDs(payload))
            answer(head, SocketSession.empty)
        case "cids_destroyed":
            let gone = componentsDestroyed(try componentIDs(payload))
            answer(head, SocketSession.json(["cids": .array(gone.map { .number("\($0.rawValue)") })]))
        case "allow_upload":
            let value = try payload.value()
            turn(head) { try self.allowUpload(head, value) }
        case "progress":
            let value = try payload.value()
            turn(head) { try self.progressed(value) }
        default:
            socket?.reply(to: head, joinRef: joinRef, status: "error", SocketSession.reason("unmatched event"))
        }
    }

    private func componentIDs(_ payload: Payload) throws(ClientViolation) -> [ComponentID] {
        guard case .array(let numbers)? = try payload.value()["cids"] else { throw .unreadable("no \"cids\"") }
        return numbers.compactMap { $0.integer.map { ComponentID($0) } }
    }

    private func receivedEvent(_ head: ChannelHead, _ payload: Payload) throws(ClientViolation) {
        let message = try EventPayload(payload)
        let event = try message.event(app.configuration.limits)
        if event.name == "lv:clear-flash" {
            return turn(head) { self.flash[FlashKind(rawValue: event["key"].string ?? "")] = nil }
        }
        if let uploads = message.uploads { selected(uploads) }
        guard let component = message.component else { return turn(head) { try self.handle(event: event) } }
        // An event for a component that is gone is answered, and has no effect.
        guard let box = partsIfAny?.components.boxes[component] else { return answer(head, SocketSession.empty) }
        turn(head, component: component) { try box.handle(event: event, self, component) }
    }

    /// The client follows a link to another URL of this view.
    private func receivedPatch(_ head: ChannelHead, _ url: String?) {
        guard let path = url.flatMap({ PagePath($0) }), let route = route(to: path) else {
            return answer(head, SocketSession.json(["link_redirect": true]))
        }
        turn(head) {
            self.flash = [:]
            try self.change(to: path, route)
        }
    }

    /// Takes a message from a timer, a topic, async work or a component.
    func receive(_ message: any Sendable, for component: ComponentID?) {
        guard let component else {
            return turn(nil) {
                guard try !self.handle(info: message) else { return }
                self.app.log(.lostMessage, "no handler for \(type(of: message))", view: self.id)
            }
        }
        guard let box = partsIfAny?.components.boxes[component] else { return }
        turn(nil, component: component) {
            guard try !box.handle(info: message, self, component) else { return }
            self.app.log(.lostMessage, "no handler for \(type(of: message))", view: self.id)
        }
    }

    /// Runs a handler, then renders and answers. If anything throws, the view ends.
    /// - Parameters:
    ///   - head: the request to be answered, if there is one.
    ///   - component: the one whose handler it is: then only components are rendered.
    func turn(_ head: ChannelHead?, component: ComponentID? = nil, _ handle: () throws -> Void) {
        guard !isOver else { return }
        do {
            let flashBefore = partsIfAny?.flash
            try handle()
            guard !isOver else { return }
            let isPatched =
                try followPatches { event, payload in
                    self.socket?.push(event, topic: self.topic, joinRef: self.joinRef, payload)
                } != nil
            var only: Set<ComponentID>?
            if let component, !isPatched, partsIfAny?.flash == flashBefore {
                only = (partsIfAny?.components.changed ?? []).union([component])
            }
            partsIfAny?.components.changed = []
            let effects = takeEffects()
            if let navigation = effects.navigation { return leave(navigation, effects, head) }
            let diff = try render(only: only, effects: effects)
            try send(diff, head)
        } catch {
            crash(error)
        }
    }

    private func send(_ diff: [UInt8], _ head: ChannelHead?) throws {
        let isEmpty = diff.count == 2
        guard let head else {
            if !isEmpty { socket?.push("diff", topic: topic, joinRef: joinRef, diff) }
            return
        }
        if let response = partsIfAny?.uploadResponse {
            partsIfAny?.uploadResponse = nil
            return answer(head, response(isEmpty ? nil : diff))
        }
        guard !isEmpty else { return answer(head, diff) }
        var json = JSONWriter(capacity: diff.count + 16)
        json.beginObject()
        json.key("diff")
        json.raw(diff.span)
        json.endObject()
        answer(head, json.bytes)
    }

    private func answer(_ head: ChannelHead, _ response: [UInt8]) {
        socket?.reply(to: head, joinRef: joinRef, response)
    }

    /// Ends this view alone: the client begins it anew.
    private func crash(_ error: any Error) {
        app.log(.viewCrashed, "\(error)", view: id)
        guard let socket else { return }
        socket.remove(self)
        socket.push(
            ChannelEvent.error, topic: topic, joinRef: joinRef, ref: joinRef, SocketSession.reason("channel_crash"))
    }

    // MARK: - Navigation

    /// Does the patches that handlers ask for, one after the other.
    /// - Parameter push: tells the client of each.
    /// - Returns: what the last one is on the wire.
    private func followPatches(_ push: (String, [UInt8]) -> Void) throws -> [UInt8]? {
        var last: [UInt8]?
        var count = 0
        while case .patch(let to, let replaces)? = effects.navigation {
            effects.navigation = nil
            count += 1
            let limit = app.configuration.limits.maximumPatches
            guard count <= limit else { throw NavigationError.tooManyPatches(limit: limit) }
            guard route != nil else { throw NavigationError.patchInNestedView }
            guard let path = PagePath(to), let route = route(to: path) else {
                throw NavigationError.patchElsewhere(to)
            }
            let payload = SocketSession.json(["kind": .string(Navigation.kind(replaces: replaces)), "to": .string(to)])
            push("live_patch", payload)
            last = payload
            try change(to: path, route)
        }
        return last
    }

    /// Sends the client elsewhere, and ends the view.
    private func leave(_ navigation: Navigation, _ effects: TurnEffects, _ head: ChannelHead?) {
        guard let socket else { return }
        // Also without events, as official servers from 0.20.2 on do: a client may wait for it.
        var events = Array(#"{"e":[]}"#.utf8)
        if !effects.events.isEmpty || effects.reply != nil {
            events =
                app.differ.diff(
                    from: RenderMemory(), toComponents: [:],
                    effects: Differ.Effects(events: effects.events, reply: effects.reply)
                ).json
        }
        socket.push("diff", topic: topic, joinRef: joinRef, events)
        var json = JSONWriter()
        if let head {
            json.beginObject()
            write(navigation, to: &json)
            json.endObject()
            answer(head, json.bytes)
        } else {
            let event = writeContent(of: navigation, to: &json)
            socket.push(event, topic: topic, joinRef: joinRef, json.bytes)
        }
        guard !isSticky else { return }
        socket.lastRedirected = topic
        socket.remove(self)
        socket.push(ChannelEvent.close, topic: topic, joinRef: joinRef, ref: joinRef, SocketSession.empty)
    }

    private func write(_ navigation: Navigation, to json: inout JSONWriter) {
        var content = JSONWriter()
        json.key(writeContent(of: navigation, to: &content))
        json.raw(content.bytes.span)
    }

    /// - Returns: the name of what it is.
    private func writeContent(of navigation: Navigation, to json: inout JSONWriter) -> String {
        json.beginObject()
        let name: String
        switch navigation {
        case .patch(let to, let replaces), .navigate(let to, let replaces):
            name = "live_redirect"
            json.key("kind")
            json.string(Navigation.kind(replaces: replaces))
            json.key("to")
            json.string(to)
        case .redirect(let to):
            name = "redirect"
            json.key("to")
            json.string(to)
            json.key("status")
            json.integer(302)
        }
        if !flash.isEmpty {
            json.key("flash")
            json.string(FlashTokens.token(flash, app))
        }
        json.endObject()
        return name
    }
}
