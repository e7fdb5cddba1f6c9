import LiveViewWire

/// One view of one client: what all types of view have in common. It lives for a join, or for one page load.
///
/// There are many of them and most are idle: what few views have is in ``RareParts``.
class ViewChannel {
    let environment: ViewEnvironment
    /// The socket, which lets go of its views before it goes itself; nil while a page is loaded, and at the end.
    private(set) unowned var socket: SocketSession?
    let topic: String
    let joinRef: String
    /// Nil for nested and sticky views.
    private(set) var route: LiveRoute?
    /// Whether it stays while the page around it navigates.
    let isSticky: Bool
    /// Path and query.
    private(set) var url: String
    var random: LiveRandom
    private(set) var isOver = false
    private var memory = RenderMemory()
    private var titleHash: UInt64 = 0
    private var rare: RareParts?
    private var turnEffects: TurnEffects.Box?

    init(_ setup: ViewSetup) {
        environment = setup.environment
        socket = setup.socket
        topic = setup.topic
        joinRef = setup.joinRef
        route = setup.route
        isSticky = setup.isSticky
        url = setup.url
        random = LiveRandom(
            seed: setup.environment.app.random.number(for: "view \(setup.environment.randomName) \(setup.topic)"))
        if !setup.session.keys.isEmpty { parts.session = setup.session }
    }

    // MARK: - What the type of view adds

    var typeName: String { "" }
    var body: HTML { .empty }
    var title: String { "" }
    var pitfalls: Pitfalls { [] }
    func mount() throws {}
    func handle(params: JSON) throws {}
    func handle(event: LiveEvent) throws {}
    /// - Returns: whether the message is of the view's type.
    func handle(info: any Sendable) throws -> Bool { false }

    // MARK: -

    var app: LiveCore { environment.app }
    /// The view's id in the page.
    var id: String { String(topic.dropFirst(3)) }

    /// What few views have; made when it is needed.
    var parts: RareParts {
        if let rare { return rare }
        let parts = RareParts()
        rare = parts
        return parts
    }

    /// What few views have, if this one has any.
    var partsIfAny: RareParts? { rare }

    var flash: [FlashKind: String] {
        get { rare?.flash ?? [:] }
        set { if rare != nil || !newValue.isEmpty { parts.flash = newValue } }
    }

    /// What the cookie holds, and over it what the view was placed with.
    var session: JSON {
        var session = environment.session.data
        guard let given = rare?.session else { return session }
        for key in given.keys { session[key] = given[key] }
        return session
    }

    /// What the handlers of this turn want.
    var effects: TurnEffects {
        get { turnEffects?.effects ?? TurnEffects() }
        set {
            if let turnEffects { turnEffects.effects = newValue } else { turnEffects = TurnEffects.Box(newValue) }
        }
    }

    /// Takes the effects: the turn is over.
    func takeEffects() -> TurnEffects {
        defer { turnEffects = nil }
        return effects
    }

    var params: JSON {
        guard let route, let path = PagePath(url) else { return [:] }
        let pairs = (route.pattern.match(path.segments) ?? []) + PercentEncoding.parameters(of: path.query)
        return (try? FormParams.nested(pairs, limits: app.configuration.limits)) ?? [:]
    }

    /// The route of another URL of this view; nil, if the URL leads to another view.
    func route(to path: PagePath) -> LiveRoute? {
        guard let route, let other = app.routes.route(for: path)?.route,
            other.factory.name == route.factory.name, other.session.name == route.session.name
        else { return nil }
        return other
    }

    /// Moves to another URL of this view.
    func change(to path: PagePath, _ route: LiveRoute) throws {
        self.route = route
        url = path.text
        try handle(params: params)
    }

    /// Does something when the view ends: unsubscribes, cancels work.
    /// - Returns: the number by which it is forgotten.
    @discardableResult
    func willEnd(_ ending: @escaping () -> Void) -> Int {
        parts.lastEnding += 1
        parts.endings[parts.lastEnding] = ending
        return parts.lastEnding
    }

    func forgetEnding(_ number: Int) { rare?.endings[number] = nil }

    func subscribe(to topic: String, _ deliver: @escaping (any Sendable) -> Void) {
        let (topics, loop) = (app.topics, environment.loop)
        let subscription = topics.subscribe(to: topic, on: loop, deliver)
        willEnd { topics.remove(subscription, on: loop) }
    }

    /// Ends the view. The socket has let go of it, or is about to.
    func end() {
        guard !isOver else { return }
        isOver = true
        for ending in rare?.endings.values ?? [:].values { ending() }
        socket = nil
        rare = nil
    }

    // MARK: - Rendering

    /// The HTML with the layout around it.
    private var page: HTML {
        guard let layout = route?.session.layout else { return body }
        return layout(LivePage(content: body, title: title, url: url))
    }

    /// The whole render, for the page that is loaded.
    func renderWhole() throws -> Render {
        var pass = RenderPass(self)
        let root = try pass.template(page)
        return Render(root: root, components: pass.components)
    }

    /// Renders, and tells what to send.
    /// - Parameter components: only these changed; nil: the view did.
    func render(only components: Set<ComponentID>? = nil, effects: TurnEffects) throws -> [UInt8] {
        var pass = RenderPass(self)
        var side = Differ.Effects(events: effects.events, reply: effects.reply)
        let step: Differ.Step
        if let components {
            for id in components.sorted() where pass.components[id] == nil {
                if let box = rare?.components.boxes[id] { try pass.render(id, box) }
            }
            step = app.differ.diff(from: memory, toComponents: pass.components, effects: side)
        } else {
            let root = try pass.template(page)
            side.title = changedTitle()
            var render = Render(root: root, components: pass.components)
            let pitfalls = pitfalls
            if pitfalls.contains(.unkeyedLists) { render.forgetKeys() }
            if pitfalls.contains(.wholeTrees) { memory = RenderMemory() }
            var differ = app.differ
            differ.resendsSlots = pitfalls.contains(.noChangeTracking)
            differ.resendsLists = pitfalls.contains(.wholeLists)
            step = differ.diff(from: memory, to: render, effects: side)
        }
        memory = step.memory
        if let rare {
            for box in rare.renderedStreams { box.forget() }
            rare.renderedStreams = []
        }
        return step.json
    }

    private func changedTitle() -> String? {
        let title = title
        guard !title.isEmpty || titleHash != 0 else { return nil }
        var hash = ContentHash()
        hash.add(Array(title.utf8))
        guard hash.value != titleHash else { return nil }
        titleHash = hash.value
        return title
    }

    /// Forgets what the client has of components.
    func forget(_ ids: [ComponentID]) { memory.forget(ids) }
}

/// What the handlers of one turn want beyond a render.
struct TurnEffects {
    var events: [Differ.Effects.Event] = []
    /// The answer to a hook.
    var reply: JSONValue?
    var navigation: Navigation?

    final class Box {
        var effects: TurnEffects

        init(_ effects: TurnEffects) { self.effects = effects }
    }
}

/// What only some views have.
final class RareParts {
    var components = ComponentTable()
    /// What the view was placed with, for its session.
    var session = JSON.null
    var flash: [FlashKind: String] = [:]
    var endings: [Int: () -> Void] = [:]
    var lastEnding = 0
    /// The streams of the render at hand, which are forgotten once it is sent.
    var renderedStreams: [StreamBox] = []
    var streamCounts: [ComponentID?: Int] = [:]
    /// The nested views that were placed, by id.
    var nested: [String: PlacedView] = [:]
    /// The uploads that are allowed, by ref.
    var uploads: [String: LiveUpload] = [:]
    /// What answers the preflight of an upload at hand, given the diff.
    var uploadResponse: ((_ diff: [UInt8]?) -> [UInt8])?
}
