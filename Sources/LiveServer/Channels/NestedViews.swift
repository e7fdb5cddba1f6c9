import LiveViewWire

/// A view that a body places within itself.
struct NestedView {
    let id: String
    let session: JSON
    let make: (ViewSetup) -> ViewChannel
}

/// A nested view as its parent remembers it: its element must not change from render to render.
struct PlacedView {
    /// How it begins when the client joins it. Sticky views are made by the routes.
    var make: ((ViewSetup) -> ViewChannel)?
    let element: [UInt8]
}

enum NestedViewError: Error, CustomStringConvertible {
    case tooMany(limit: Int)

    var description: String {
        switch self {
        case .tooMany(let limit): "a view has placed more than \(limit) nested views"
        }
    }
}

extension ViewChannel {
    /// The element that a nested view lives in. Over the socket it is empty: the client joins it.
    func place(_ view: NestedView) throws -> [UInt8] {
        guard socket != nil else {
            let child = try deadRender(view.make, id: view.id, session: view.session)
            return Self.element(view.id, session: "", marks: "data-phx-parent-id=\"\(id)\"", content: child)
        }
        if let placed = partsIfAny?.nested[view.id] {
            parts.nested[view.id]?.make = view.make
            return placed.element
        }
        let token = token(["i": JSON(view.id), "p": JSON(id)], session: view.session)
        let element = Self.element(view.id, session: token, marks: "data-phx-parent-id=\"\(id)\"", content: [])
        try remember(PlacedView(make: view.make, element: element), view.id)
        return element
    }

    /// The element that a sticky view lives in.
    func placeSticky(_ name: String, id: String, session: JSON) throws -> [UInt8] {
        if let placed = partsIfAny?.nested[id] { return placed.element }
        guard let factory = app.routes.sticky[name] else { throw RenderError.unknownSticky(name) }
        let token = token(["i": JSON(id), "k": JSON(name)], session: session)
        let content = socket == nil ? try deadRender(factory.make, id: id, session: session) : []
        let element = Self.element(id, session: token, marks: "data-phx-sticky", content: content)
        try remember(PlacedView(make: nil, element: element), id)
        return element
    }

    /// What the browser shows when it joins the view.
    private func token(_ place: JSON, session: JSON) -> String {
        var payload = place
        if !session.keys.isEmpty { payload["s"] = session }
        return app.tokens.sign(payload.value, for: .view, at: app.now)
    }

    private func remember(_ view: PlacedView, _ id: String) throws {
        let limit = app.configuration.limits.maximumNestedViews
        guard parts.nested.count < limit else { throw NestedViewError.tooMany(limit: limit) }
        parts.nested[id] = view
    }

    private func deadRender(_ make: (ViewSetup) -> ViewChannel, id: String, session: JSON) throws -> [UInt8] {
        let child = make(
            ViewSetup(
                environment: environment, socket: nil, topic: "lv:\(id)", joinRef: "", route: nil, url: "",
                session: session))
        try child.mount()
        return try LiveTree(child.renderWhole()).html()
    }

    static func element(_ id: String, session: String, marks: String, content: [UInt8]) -> [UInt8] {
        let element: HTML = """
            <div id="\(id)" data-phx-session="\(session)" data-phx-static="" \(raw: marks)>\
            \(raw: String(decoding: content, as: UTF8.self))</div>
            """
        let tree = LiveTree(Render(root: element.template))
        return (try? tree.html()) ?? []
    }
}
