import LiveServer

/// One side of a comparison: a view of its own, so that its diffs can be told from the other's.
protocol Pane: LiveView where Message == String {
    var channel: Topic<String> { get set }
    init()
    mutating func act(_ action: String)
}

extension Pane {
    init(on channel: Topic<String>) {
        self.init()
        self.channel = channel
    }

    mutating func mount(_ context: Context) { context.subscribe(to: channel) }
    mutating func handle(info action: String, _ context: Context) { act(action) }
}

/// A button above a comparison.
struct PitfallAction: Sendable {
    let event: String
    let label: String
}

/// A page that does the same to two views, one of which was written badly, and shows what each sends.
protocol Pitfall: GalleryPage {
    associatedtype Bad: Pane
    associatedtype Good: Pane
    static var actions: [PitfallAction] { get }
    /// The difference, as it stands in the program.
    static var badCode: String { get }
    static var goodCode: String { get }
    var channel: Topic<String> { get set }
}

extension Pitfall {
    mutating func mount(_ context: Context) { channel = Topic("pitfall-\(context.id)") }

    mutating func handle(event: Event, _ context: Context) throws {
        guard Self.actions.contains(where: { $0.event == event.name }) else { throw UnhandledEvent(event.name) }
        context.publish(event.name, to: channel)
    }

    var demo: HTML {
        """
        <div class="row">\(for: Self.actions, { action in
            "<button id=\"\(action.event)\" phx-click=\"\(action.event)\">\(action.label)</button> "
        })</div>
        <div class="pair">
          <section class="panel bad">
            <h3>As it should not be</h3><pre>\(Self.badCode)</pre>
            \(PitfallParts.bytes("bad"))
            \(view: Bad(on: channel), id: "bad")
          </section>
          <section class="panel good">
            <h3>As it should be</h3><pre>\(Self.goodCode)</pre>
            \(PitfallParts.bytes("good"))
            \(view: Good(on: channel), id: "good")
          </section>
        </div>
        """
    }
}
