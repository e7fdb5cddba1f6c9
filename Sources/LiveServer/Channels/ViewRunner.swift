import LiveViewWire

/// A view of one type, and its state.
final class ViewRunner<View: LiveView>: ViewChannel {
    private var view: View

    init(_ view: View, _ setup: ViewSetup) {
        self.view = view
        super.init(setup)
    }

    private var context: LiveContext { LiveContext(channel: self, component: nil) }

    override var typeName: String { String(reflecting: View.self) }
    override var body: HTML { view.body }
    override var title: String { view.title }
    override var pitfalls: Pitfalls { View.pitfalls }

    override func mount() throws { try view.mount(context) }
    override func handle(params: JSON) throws { try view.handle(params: params, context) }
    override func handle(event: LiveEvent) throws { try view.handle(event: event, context) }

    override func handle(info: any Sendable) throws -> Bool {
        guard let message = info as? View.Message else { return false }
        try view.handle(info: message, context)
        return true
    }
}
