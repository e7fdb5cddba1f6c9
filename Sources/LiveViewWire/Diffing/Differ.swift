/// Tells a client what changed since the last render, and nothing else: a text that is equal to the one sent before is
/// not sent again.
///
/// ```swift
/// let step = differ.diff(from: memory, to: render)
/// memory = step.memory
/// if !step.isEmpty { push("diff", step.json) }
/// ```
package struct Differ: Hashable, Sendable {
    /// How a version of LiveView writes diffs.
    package enum Format: Hashable, Sendable {
        /// 0.20.4 to 1.0: a list that changed is sent whole (`d`).
        case rows
        /// From 1.1 on, with the `km` of 1.2.8: of a list only what changed and moved is sent (`k`); templates that come
        /// more than once in a message are sent once (`p`).
        case keyed
    }

    package var format: Format
    /// The seed of the hashes. A secret one keeps those who choose texts from making two of the same hash.
    package var seed: UInt64
    /// Sends each text and component number whether it changed or not: a server without change tracking. Default false.
    package var resendsSlots = false
    /// Sends lists in which anything changed whole, also keyed ones. Default false.
    package var resendsLists = false

    package init(format: Format = .keyed, seed: UInt64 = 0) {
        self.format = format
        self.seed = seed
    }

    /// What a message carries besides the tree.
    package struct Effects: Hashable, Sendable {
        package struct Event: Hashable, Sendable {
            package var name: String
            package var payload: JSONValue
            /// Whether it is dispatched before the page is patched (clients from 1.1.18 on).
            package var isEarly: Bool

            package init(_ name: String, _ payload: JSONValue, isEarly: Bool = false) {
                self.name = name
                self.payload = payload
                self.isEarly = isEarly
            }
        }

        /// The page's new title.
        package var title: String?
        package var events: [Event]
        /// The answer to a hook's push: an object.
        package var reply: JSONValue?

        package init(title: String? = nil, events: [Event] = [], reply: JSONValue? = nil) {
            self.title = title
            self.events = events
            self.reply = reply
        }
    }

    package struct Step: Hashable, Sendable {
        /// The diff; for the first render the whole tree.
        package var json: [UInt8]
        /// What to remember once it is sent.
        package var memory: RenderMemory

        /// Whether there is nothing to tell: the JSON is `{}`.
        package var isEmpty: Bool { json.count == 2 }
    }

    package func diff(from memory: RenderMemory, to render: Render, effects: Effects = Effects()) -> Step {
        var pass = DiffPass(format: format, seed: seed)
        pass.resendsLists = resendsLists
        var next = memory
        pass.json.beginObject()
        if format == .keyed { pass.shared = SharedParts() }
        next.root = pass.template(
            render.root, old: memory.root, omitsSingleRoot: effects.reply != nil,
            isForced: resendsSlots && !memory.root.isEmpty)
        pass.endSharing()
        pass.components(render.components, from: memory, to: &next)
        pass.write(effects)
        pass.json.endObject()
        return Step(json: pass.json.bytes, memory: next)
    }

    /// What changed where only components were rendered: the view's own template is as it was.
    package func diff(
        from memory: RenderMemory, toComponents components: [ComponentID: Render.Template],
        effects: Effects = Effects()
    ) -> Step {
        var pass = DiffPass(format: format, seed: seed)
        pass.resendsLists = resendsLists
        var next = memory
        pass.json.beginObject()
        pass.components(components, from: memory, to: &next)
        pass.write(effects)
        pass.json.endObject()
        return Step(json: pass.json.bytes, memory: next)
    }
}

/// The statics that a message carries once, in `p`.
struct SharedParts {
    private var indices: [UInt64: Int] = [:]
    private(set) var parts: [Statics] = []

    /// The number of a template's parts.
    mutating func index(of statics: Statics) -> Int {
        if let index = indices[statics.fingerprint] { return index }
        indices[statics.fingerprint] = parts.count
        parts.append(statics)
        return parts.count - 1
    }
}

extension DiffPass {
    // MARK: - Components

    /// Writes `c`: what changed in the components, in the order of their numbers.
    mutating func components(
        _ templates: [ComponentID: Render.Template], from memory: RenderMemory, to next: inout RenderMemory
    ) {
        let start = json.mark
        json.key("c")
        json.beginObject()
        let empty = json.bytes.count
        var donors = Donors()
        for (id, template) in templates.sorted(by: { $0.key < $1.key }) {
            if let old = memory.components[id] {
                let mark = json.mark
                json.key(id.rawValue)
                json.beginObject()
                let before = json.bytes.count
                next.components[id] = self.template(template, old: old, isForced: false)
                if json.bytes.count == before { json.rewind(to: mark) } else { json.endObject() }
            } else {
                json.key(id.rawValue)
                json.beginObject()
                next.components[id] = added(template, &donors, memory, next)
                json.endObject()
                donors.note(id, template.statics.fingerprint)
            }
        }
        if json.bytes.count == empty { json.rewind(to: start) } else { json.endObject() }
    }

    /// A component that the client does not have. If it has one of the same template, that is named, and its statics
    /// are not sent again; all that may differ is.
    private mutating func added(
        _ template: Render.Template, _ donors: inout Donors, _ memory: RenderMemory, _ next: RenderMemory
    ) -> [UInt64] {
        switch donors.donor(for: template.statics.fingerprint, in: memory) {
        case .before(let id):
            json.key("s")
            json.integer(-id.rawValue)
            return self.template(template, old: memory.components[id] ?? [], isForced: true)
        case .after(let id):
            json.key("s")
            json.integer(id.rawValue)
            return self.template(template, old: next.components[id] ?? [], isForced: true)
        case nil:
            return self.template(template, old: [], isForced: false)
        }
    }

    // MARK: - Effects

    mutating func write(_ effects: Differ.Effects) {
        if !effects.events.isEmpty {
            json.key("e")
            json.beginArray()
            for event in effects.events {
                json.beginArray()
                json.string(event.name)
                json.value(event.payload)
                if event.isEarly { json.boolean(true) }
                json.endArray()
            }
            json.endArray()
        }
        if let reply = effects.reply {
            json.key("r")
            json.value(reply)
        }
        if let title = effects.title {
            json.key("t")
            json.string(title)
        }
    }
}

/// The components whose statics a new one can take over, by the fingerprint of their template.
private struct Donors {
    enum Donor {
        /// The client has it as it was before the message.
        case before(ComponentID)
        /// It is new in this message too.
        case after(ComponentID)
    }

    private var known: [UInt64: Donor]?

    mutating func donor(for fingerprint: UInt64, in memory: RenderMemory) -> Donor? {
        if known == nil {
            var found: [UInt64: Donor] = [:]
            for (id, words) in memory.components {
                guard let fingerprint = words.first else { continue }
                if case .before(let other)? = found[fingerprint], other < id { continue }
                found[fingerprint] = .before(id)
            }
            known = found
        }
        return known?[fingerprint]
    }

    mutating func note(_ id: ComponentID, _ fingerprint: UInt64) {
        if known?[fingerprint] == nil { known?[fingerprint] = .after(id) }
    }
}
