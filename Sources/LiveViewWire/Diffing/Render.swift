/// What a view looks like now: what the server's templates made of its state. A ``Differ`` turns it into what the client
/// must be told.
package struct Render: Hashable, Sendable {
    /// The view's own template.
    package var root: Template
    /// The components that were rendered now. Those that are not here stay as they are.
    package var components: [ComponentID: Template]

    package init(root: Template, components: [ComponentID: Template] = [:]) {
        self.root = root
        self.components = components
    }

    /// A template with what stands in its slots.
    package struct Template: Hashable, Sendable {
        /// Made once for each template of the program: their hash is taken then.
        package var statics: Statics
        /// As many as `statics` has room for; what is more is left out, what is less is empty.
        package var slots: [Slot]
        /// Whether its HTML is one element. A component's must be: the client finds it by that.
        package var hasSingleRoot: Bool

        package init(_ statics: Statics, _ slots: [Slot] = [], hasSingleRoot: Bool = false) {
            self.statics = statics
            self.slots = slots.count > statics.slotCount ? Array(slots.prefix(statics.slotCount)) : slots
            while self.slots.count < statics.slotCount { self.slots.append(.text("")) }
            self.hasSingleRoot = hasSingleRoot
        }
    }

    package enum Slot: Hashable, Sendable {
        case text(Markup)
        case component(ComponentID)
        indirect case template(Template)
        indirect case list(List)
    }

    /// The same template for each entry.
    package struct List: Hashable, Sendable {
        package var statics: Statics
        package var entries: [Entry]
        /// For a stream: what is done to it. Its entries are then those to insert, and nothing of them is remembered. A
        /// stream has one always, also if it changes nothing.
        package var stream: StreamOperation?

        package init(_ statics: Statics, _ entries: [Entry] = [], stream: StreamOperation? = nil) {
            self.statics = statics
            self.entries = entries
            self.stream = stream
        }
    }

    package struct Entry: Hashable, Sendable {
        /// A hash of the key by which the entry is known when it moves; nil: its place is its key.
        package var key: UInt64?
        /// As many as the list's statics have room for.
        package var slots: [Slot]

        package init(key: UInt64? = nil, _ slots: [Slot]) {
            self.key = key
            self.slots = slots
        }
    }
}

extension Render {
    /// Lets all lists be known by place: an entry that is put in front changes all behind it.
    package mutating func forgetKeys() {
        root.slots.forgetKeys()
        for id in components.keys { components[id]?.slots.forgetKeys() }
    }
}

extension [Render.Slot] {
    fileprivate mutating func forgetKeys() {
        for index in indices {
            switch self[index] {
            case .text, .component: break
            case .template(var template):
                template.slots.forgetKeys()
                self[index] = .template(template)
            case .list(var list):
                for entry in list.entries.indices {
                    list.entries[entry].key = nil
                    list.entries[entry].slots.forgetKeys()
                }
                self[index] = .list(list)
            }
        }
    }
}

extension LiveTree {
    /// The tree that a client has after a join: for the HTML of the dead render.
    package init(_ render: Render) {
        self.init()
        root = Template(render.root)
        components = render.components.mapValues { Template($0) }
        holdsStreamEntries = true
    }
}

extension LiveTree.Template {
    fileprivate init(_ template: Render.Template) {
        self.init(
            statics: template.statics, slots: template.slots.map { LiveTree.Slot($0) },
            hasSingleRoot: template.hasSingleRoot)
    }
}

extension LiveTree.Slot {
    fileprivate init(_ slot: Render.Slot) {
        switch slot {
        case .text(let text): self = .text(text)
        case .component(let id): self = .component(id)
        case .template(let template): self = .template(LiveTree.Template(template))
        case .list(let list):
            let entries = list.entries.map { entry in
                (0..<list.statics.slotCount).map { index -> LiveTree.Slot in
                    index < entry.slots.count ? LiveTree.Slot(entry.slots[index]) : .text("")
                }
            }
            self = .list(LiveTree.List(statics: list.statics, entries: entries, stream: list.stream))
        }
    }
}
