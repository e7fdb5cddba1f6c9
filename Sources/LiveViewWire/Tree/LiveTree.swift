/// The rendered tree of one view, as the client holds it after the messages merged so far.
///
/// It is the same for all versions of LiveView: how they write changes ends at ``RenderedDiff``.
package struct LiveTree: Hashable, Sendable {
    /// The view's own template; nil before the join.
    package internal(set) var root: Template?
    /// All components that the server has told of, placed or not: they go by ``removeComponents(_:)`` only.
    package internal(set) var components: [ComponentID: Template] = [:]
    /// Whether a list may hold a stream's entries, which the next message must not find.
    var holdsStreamEntries = false

    package init() {}

    /// A template with something in each slot.
    package struct Template: Hashable, Sendable {
        package internal(set) var statics: Statics
        /// As many as the statics have room for.
        package internal(set) var slots: [Slot]
        /// Whether it has one root element (`"r":1`).
        package internal(set) var hasSingleRoot: Bool
    }

    package enum Slot: Hashable, Sendable {
        /// The server has never sent it. The client prints `undefined`.
        case missing
        case text(Markup)
        case component(ComponentID)
        indirect case template(Template)
        indirect case list(List)
    }

    /// A comprehension: one template's statics, and the slots of each entry.
    package struct List: Hashable, Sendable {
        package internal(set) var statics: Statics
        package internal(set) var entries: [[Slot]]
        /// What the last message did, if this is a stream that it changed. The entries are then those of the operation.
        package internal(set) var stream: StreamOperation?
    }

    /// Drops components: what the reply to `cids_destroyed` says.
    package mutating func removeComponents(_ ids: some Sequence<ComponentID>) {
        for id in ids { components[id] = nil }
    }

    /// Empties the streams: the client keeps their entries in the page only. The next message does so itself.
    package mutating func forgetStreamEntries() {
        var budget = Int.max
        try? forgetStreamEntries(&budget)
    }

    /// - Parameter budget: how many slots may be looked at. Moves share entries: a tree can be far larger than its bytes.
    mutating func forgetStreamEntries(_ budget: inout Int) throws(TreeError) {
        guard holdsStreamEntries else { return }
        holdsStreamEntries = false
        try root?.slots.forgetStreamEntries(&budget)
        for id in components.keys { try components[id]?.slots.forgetStreamEntries(&budget) }
    }
}

extension [LiveTree.Slot] {
    private func holdStream(_ budget: inout Int) throws(TreeError) -> Bool {
        for slot in self {
            budget -= 1
            guard budget > 0 else { throw TreeError(expected: "a tree of fewer slots", actual: "more") }
            switch slot {
            case .missing, .text, .component: break
            case .template(let template): if try template.slots.holdStream(&budget) { return true }
            case .list(let list):
                if list.stream != nil { return true }
                for entry in list.entries where try entry.holdStream(&budget) { return true }
            }
        }
        return false
    }

    /// Leaves alone what holds no stream, so that it goes on being shared.
    fileprivate mutating func forgetStreamEntries(_ budget: inout Int) throws(TreeError) {
        guard try holdStream(&budget) else { return }
        for index in indices {
            switch self[index] {
            case .missing, .text, .component:
                break
            case .template(var template):
                self[index] = .missing
                try template.slots.forgetStreamEntries(&budget)
                self[index] = .template(template)
            case .list(var list):
                self[index] = .missing
                if list.stream != nil {
                    list.entries = []
                    list.stream = nil
                }
                for entry in list.entries.indices { try list.entries[entry].forgetStreamEntries(&budget) }
                self[index] = .list(list)
            }
        }
    }
}

// MARK: - What is missing

extension LiveTree {
    /// The places of slots that were never sent. A server that is in order leaves none.
    package var missingSlots: [[String]] {
        var places: [[String]] = []
        root?.slots.findMissing(under: [], &places)
        for (id, template) in components.sorted(by: { $0.key < $1.key }) {
            template.slots.findMissing(under: ["c", "\(id.rawValue)"], &places)
        }
        return places
    }
}

extension [LiveTree.Slot] {
    fileprivate func findMissing(under path: [String], _ places: inout [[String]]) {
        for (index, slot) in enumerated() {
            switch slot {
            case .text, .component: break
            case .missing: places.append(path + ["\(index)"])
            case .template(let template): template.slots.findMissing(under: path + ["\(index)"], &places)
            case .list(let list):
                for (entry, slots) in list.entries.enumerated() {
                    slots.findMissing(under: path + ["\(index)", "\(entry)"], &places)
                }
            }
        }
    }
}
