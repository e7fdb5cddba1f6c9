import LiveViewWire

/// What only the view that is being rendered can fill in.
enum LaterContent {
    case html(HTML)
    case rows(HTMLRows)
    case stream(HTMLRows, StreamBox)
    case component(any LiveComponent)
    case value(ViewValue)
    case flash(FlashKind, (String) -> HTML)
    case view(NestedView)
    case sticky(name: String, id: String, session: JSON)
    case fileInput(LiveUpload, StaticString)
}

/// What a template can say that only its view knows.
public enum ViewValue: Sendable {
    /// The number of the component whose body it is: `phx-target="\(.myself)"`.
    case myself
    /// The token for forms that are submitted by HTTP, as the value of a hidden `_csrf_token`.
    case csrfToken
}

/// What is wrong with what a body made: a mistake of the program, which ends the view.
enum RenderError: Error, CustomStringConvertible {
    case componentTwice(type: String, id: String)
    case componentHasNoSingleRoot(type: String)
    case componentsTooDeep
    case tooManyComponents(limit: Int)
    case targetOutsideComponent
    case uploadNotAllowed
    case unknownSticky(String)

    var description: String {
        switch self {
        case .componentTwice(let type, let id): "two components \(type) have the id \(id)"
        case .componentHasNoSingleRoot(let type): "the body of the component \(type) must be one element"
        case .componentsTooDeep: "components stand in one another more than \(RenderPass.maximumDepth) deep"
        case .tooManyComponents(let limit): "a view has more than \(limit) components"
        case .targetOutsideComponent: "\"\\(.myself)\" stands outside a component"
        case .uploadNotAllowed: "the file input of an upload that `context.allow` was not called for"
        case .unknownSticky(let name): "no sticky view \"\(name)\" is among the routes"
        }
    }
}

/// One render of a view: fills in what its templates left open, and gathers the components that it meets.
struct RenderPass {
    /// How deep components may stand in one another.
    static let maximumDepth = 64

    let channel: ViewChannel
    /// The components rendered so far.
    private(set) var components: [ComponentID: Render.Template] = [:]
    /// The component whose body is at hand.
    private var current: ComponentID?
    private var depth = 0

    init(_ channel: ViewChannel) { self.channel = channel }

    /// The template that a piece of HTML is for this view.
    mutating func template(_ html: HTML) throws -> Render.Template {
        guard !html.later.isEmpty else { return html.template }
        var template = html.template
        for (slot, content) in html.later { template.slots[slot] = try self.slot(content) }
        return template
    }

    private mutating func slot(_ content: LaterContent) throws -> Render.Slot {
        switch content {
        case .html(let html):
            return .template(try template(html))
        case .rows(let rows):
            return .list(Render.List(rows.statics, try entries(rows)))
        case .stream(let rows, let box):
            return .list(try stream(rows, box))
        case .component(let component):
            return .component(try place(component))
        case .value(.myself):
            guard let current else { throw RenderError.targetOutsideComponent }
            return text("\(current.rawValue)")
        case .value(.csrfToken):
            return text(channel.environment.session.csrfToken(channel.app))
        case .flash(let kind, let html):
            guard let message = channel.flash[kind] else { return text("") }
            return .template(try template(html(message)))
        case .view(let view):
            return text(utf8: try channel.place(view))
        case .sticky(let name, let id, let session):
            return text(utf8: try channel.placeSticky(name, id: id, session: session))
        case .fileInput(let upload, let attributes):
            return text(try channel.fileInput(upload, attributes: attributes, component: current))
        }
    }

    private func text(_ html: String) -> Render.Slot { .text(Markup(html)) }
    private func text(utf8: [UInt8]) -> Render.Slot { .text(Markup(utf8: utf8)) }

    private mutating func entries(_ rows: HTMLRows) throws -> [Render.Entry] {
        var pass = self
        defer { self = pass }
        return try rows.filled { try pass.slot($0) }
    }

    private mutating func stream(_ rows: HTMLRows, _ box: StreamBox) throws -> Render.List {
        channel.willRender(box, component: current)
        let entries = try entries(rows)
        // Without an entry there is no template: it is the one of the last entries.
        if !entries.isEmpty { box.statics = rows.statics }
        return Render.List(box.statics ?? rows.statics, entries, stream: box.operation)
    }

    // MARK: - Components

    private mutating func place(_ component: some LiveComponent) throws -> ComponentID {
        let (id, box) = try channel.component(for: component)
        guard components[id] == nil else {
            throw RenderError.componentTwice(type: box.typeName, id: "\(component.id)")
        }
        try render(id, box)
        return id
    }

    /// Renders a component that has changed by itself.
    mutating func render(_ id: ComponentID, _ box: ComponentBox) throws {
        guard depth < Self.maximumDepth else { throw RenderError.componentsTooDeep }
        depth += 1
        defer { depth -= 1 }
        let outer = current
        current = id
        defer { current = outer }
        // Taken while its body is filled in: a component of the same id within it is a mistake.
        components[id] = Render.Template([""])
        var template = try template(box.body)
        if box.checkedRoot != template.statics.fingerprint {
            guard SingleRoot.isSingle(template.statics) else {
                throw RenderError.componentHasNoSingleRoot(type: box.typeName)
            }
            box.checkedRoot = template.statics.fingerprint
        }
        template.hasSingleRoot = true
        components[id] = template
    }
}
