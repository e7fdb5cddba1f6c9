import LiveViewWire

/// The components of one view.
struct ComponentTable {
    struct Key: Hashable {
        let type: ObjectIdentifier
        let id: AnyHashable
    }

    var boxes: [ComponentID: ComponentBox] = [:]
    var ids: [Key: ComponentID] = [:]
    var last = 0
    /// Those that the page has no element of any more, as the client says: they go, unless they are rendered again.
    var doomed: Set<ComponentID> = []
    /// Those that another handler changed in this turn.
    var changed: Set<ComponentID> = []
}

/// One component, whatever its type.
class ComponentBox {
    let key: ComponentTable.Key
    /// Whether one of its handlers runs: nobody else may change it then.
    var isBusy = false
    /// The template that was found to be one element.
    var checkedRoot: UInt64 = 0

    init(key: ComponentTable.Key) { self.key = key }

    var typeName: String { "" }
    var body: HTML { .empty }
    func handle(event: LiveEvent, _ channel: ViewChannel, _ id: ComponentID) throws {}
    func handle(info: any Sendable, _ channel: ViewChannel, _ id: ComponentID) throws -> Bool { false }
}

private final class TypedComponent<Component: LiveComponent>: ComponentBox {
    var component: Component

    init(_ component: Component, key: ComponentTable.Key) {
        self.component = component
        super.init(key: key)
    }

    override var typeName: String { String(reflecting: Component.self) }
    override var body: HTML { component.body }

    override func handle(event: LiveEvent, _ channel: ViewChannel, _ id: ComponentID) throws {
        isBusy = true
        defer { isBusy = false }
        try component.handle(event: event, LiveContext(channel: channel, component: id))
    }

    override func handle(info: any Sendable, _ channel: ViewChannel, _ id: ComponentID) throws -> Bool {
        guard let message = info as? Component.Message else { return false }
        isBusy = true
        defer { isBusy = false }
        try component.handle(info: message, LiveContext(channel: channel, component: id))
        return true
    }
}

extension ViewChannel {
    /// The component that lives on under this type and id, updated from what is given; a new one, if there is none.
    func component<Component: LiveComponent>(
        for given: Component
    ) throws -> (ComponentID, ComponentBox) {
        let parts = parts
        let key = ComponentTable.Key(type: ObjectIdentifier(Component.self), id: AnyHashable(given.id))
        if let id = parts.components.ids[key],
            let box = parts.components.boxes[id] as? TypedComponent<Component>
        {
            box.component.update(from: given)
            if parts.components.doomed.remove(id) != nil {
                // The client may have dropped it already: it gets it whole.
                forget([id])
            }
            return (id, box)
        }
        let limit = app.configuration.limits.maximumComponents
        guard parts.components.boxes.count < limit else { throw RenderError.tooManyComponents(limit: limit) }
        parts.components.last += 1
        let id = ComponentID(parts.components.last)
        let box = TypedComponent(given, key: key)
        parts.components.boxes[id] = box
        parts.components.ids[key] = id
        try box.component.mount(LiveContext(channel: self, component: id))
        return (id, box)
    }

    func updateComponent<Component: LiveComponent>(
        _ type: Component.Type, id: Component.ID, _ change: (inout Component) throws -> Void
    ) rethrows {
        let key = ComponentTable.Key(type: ObjectIdentifier(type), id: AnyHashable(id))
        guard let parts = partsIfAny, let id = parts.components.ids[key],
            let box = parts.components.boxes[id] as? TypedComponent<Component>
        else { return }
        guard !box.isBusy else {
            return app.log(.lostMessage, "\(box.typeName) updates itself from outside", view: self.id)
        }
        try change(&box.component)
        parts.components.changed.insert(id)
    }

    // MARK: - The handshake for components that are gone

    func componentsWillBeDestroyed(_ ids: [ComponentID]) {
        guard let parts = partsIfAny else { return }
        parts.components.doomed.formUnion(ids.filter { parts.components.boxes[$0] != nil })
    }

    /// - Returns: those that are gone now.
    func componentsDestroyed(_ ids: [ComponentID]) -> [ComponentID] {
        guard let parts = partsIfAny else { return [] }
        let gone = ids.filter { parts.components.doomed.remove($0) != nil }
        for id in gone {
            guard let box = parts.components.boxes.removeValue(forKey: id) else { continue }
            parts.components.ids[box.key] = nil
            parts.streamCounts[id] = nil
        }
        forget(gone)
        return gone
    }

    /// Gives a stream its name, and notes that it is being sent.
    func willRender(_ box: StreamBox, component: ComponentID?) {
        let parts = parts
        if box.ref.isEmpty {
            let count = parts.streamCounts[component, default: 0]
            parts.streamCounts[component] = count + 1
            box.ref = component.map { "\($0.rawValue)-\(count)" } ?? "\(count)"
        }
        parts.renderedStreams.append(box)
    }
}
