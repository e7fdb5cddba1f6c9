extension LiveTree {
    /// What a message did besides changing the tree.
    package struct Applied: Hashable, Sendable {
        /// What it did to streams, in the order of the tree.
        package var streams: [StreamOperation] = []
    }

    /// Merges one message, the way the client does. The tree stays as it was if that fails.
    ///
    /// A template with statics replaces what is in its place; one without changes it slot by slot. A whole tree replaces
    /// the root, but components stay.
    /// - Parameter maximumSlotCount: how many slots the message may make, copy or empty, since few bytes can ask for many.
    ///   Default 4 million.
    @discardableResult
    package mutating func apply(
        _ diff: RenderedDiff, maximumSlotCount: Int = 4_000_000
    ) throws(TreeError) -> Applied {
        var next = self
        var budget = maximumSlotCount
        try next.forgetStreamEntries(&budget)
        var merge = Merge(statics: diff.statics, maximumSlotCount: maximumSlotCount)
        let before = next.components
        if diff.root.statics != nil || !diff.root.slots.isEmpty { try merge.apply(diff.root, toRoot: &next.root) }
        try merge.apply(diff.components, to: &next.components, before: before)
        next.holdsStreamEntries = !merge.streams.isEmpty
        self = next
        return Applied(streams: merge.streams)
    }
}

/// Merges the nodes of one message.
private struct Merge {
    let statics: [Statics]
    let maximumSlotCount: Int
    var slotCount = 0
    var streams: [StreamOperation] = []

    init(statics: [Statics], maximumSlotCount: Int) {
        self.statics = statics
        self.maximumSlotCount = maximumSlotCount
    }

    private mutating func count(_ slots: Int) throws(TreeError) {
        slotCount += slots
        guard slotCount <= maximumSlotCount else {
            throw TreeError(expected: "at most \(maximumSlotCount) slots in a message", actual: "more")
        }
    }

    // MARK: - Templates

    mutating func apply(_ diff: TemplateDiff, toRoot root: inout LiveTree.Template?) throws(TreeError) {
        if diff.statics != nil {
            root = try make(diff)
        } else if var template = root {
            root = nil
            try apply(diff.slots, to: &template.slots)
            root = template
        } else {
            throw TreeError(expected: "a whole tree first", actual: "a change")
        }
    }

    /// A template that is new in its place.
    mutating func make(_ diff: TemplateDiff) throws(TreeError) -> LiveTree.Template {
        guard let id = diff.statics else { throw TreeError(expected: "a template with \"s\"", actual: "a change") }
        var template = LiveTree.Template(
            statics: statics[id.index], slots: [], hasSingleRoot: diff.hasSingleRoot)
        try count(template.statics.slotCount)
        template.slots = [LiveTree.Slot](repeating: .missing, count: template.statics.slotCount)
        try apply(diff.slots, to: &template.slots)
        return template
    }

    private mutating func apply(_ changes: [SlotChange], to slots: inout [LiveTree.Slot]) throws(TreeError) {
        for change in changes {
            guard change.slot < slots.count else {
                throw TreeError(
                    path: ["\(change.slot)"], expected: "a slot below \(slots.count)", actual: "\(change.slot)")
            }
            try under("\(change.slot)") { () throws(TreeError) in try apply(change.value, to: &slots[change.slot]) }
        }
    }

    private mutating func apply(_ diff: SlotDiff, to slot: inout LiveTree.Slot) throws(TreeError) {
        switch diff {
        case .text(let text):
            slot = .text(text)
        case .component(let id):
            slot = .component(id)
        case .template(let diff):
            if diff.statics != nil {
                slot = .template(try make(diff))
            } else if case .template(var template) = slot {
                slot = .missing
                try apply(diff.slots, to: &template.slots)
                slot = .template(template)
            } else if !diff.slots.isEmpty {
                throw TreeError(expected: "a change to \(slot.name)", actual: "a change to a template")
            }
        case .list(let diff):
            try apply(diff, to: &slot)
        }
    }

    // MARK: - Lists

    private mutating func apply(_ diff: ListDiff, to slot: inout LiveTree.Slot) throws(TreeError) {
        var list: LiveTree.List
        if let id = diff.statics {
            list = LiveTree.List(statics: statics[id.index], entries: [])
        } else if case .list(let old) = slot {
            list = old
        } else if diff.entries.isEmpty {
            // An empty list needs no statics: they come with its first entry.
            list = LiveTree.List(statics: [], entries: [])
        } else {
            throw TreeError(expected: "a change to \(slot.name)", actual: "a change to a list")
        }
        slot = .missing
        if let stream = diff.stream { streams.append(stream) }
        list.stream = diff.stream
        switch diff.entries {
        case .unchanged: break
        case .rows(let rows): list.entries = try entries(of: rows, list.statics.slotCount)
        case .keyed(let count, let changes, _): try apply(changes, count: count, to: &list)
        }
        slot = .list(list)
    }

    private mutating func entries(of rows: [[SlotDiff]], _ slotCount: Int) throws(TreeError) -> [[LiveTree.Slot]] {
        var entries: [[LiveTree.Slot]] = []
        for (index, row) in rows.enumerated() {
            guard row.count == slotCount else {
                throw TreeError(path: ["d", "\(index)"], expected: "\(slotCount) slots", actual: "\(row.count)")
            }
            try count(slotCount)
            var entry = [LiveTree.Slot](repeating: .missing, count: slotCount)
            for (slot, value) in row.enumerated() {
                try under("d/\(index)/\(slot)") { () throws(TreeError) in try apply(value, to: &entry[slot]) }
            }
            entries.append(entry)
        }
        return entries
    }

    private mutating func apply(
        _ changes: [ListDiff.EntryChange], count: Int, to list: inout LiveTree.List
    ) throws(TreeError) {
        var entries = list.entries
        list.entries = []
        // Moves read the entries as they were before any of the changes.
        let before = changes.contains(where: \.isMove) ? entries : []
        let oldCount = entries.count
        let empty = [LiveTree.Slot](repeating: .missing, count: list.statics.slotCount)
        guard count <= oldCount &+ changes.count else {
            throw TreeError(path: ["k", "kc"], expected: "at most \(oldCount &+ changes.count)", actual: "\(count)")
        }
        entries.removeSubrange(min(count, oldCount)...)
        var added: Set<Int> = []
        while entries.count < count { entries.append(empty) }
        for change in changes {
            if change.isMove || change.index >= oldCount { try self.count(list.statics.slotCount) }
            try under("k/\(change.index)") { () throws(TreeError) in
                guard change.index < count else {
                    throw TreeError(expected: "an index below \(count)", actual: "\(change.index)")
                }
                if change.index >= oldCount { added.insert(change.index) }
                switch change.kind {
                case .changed(let slots):
                    try apply(slots, to: &entries[change.index])
                case .moved(let from, let slots):
                    guard before.indices.contains(from) else {
                        throw TreeError(expected: "one of \(oldCount) old entries", actual: "\(from)")
                    }
                    entries[change.index] = before[from]
                    try apply(slots, to: &entries[change.index])
                }
            }
        }
        guard added.count == max(0, count - oldCount) else {
            throw TreeError(path: ["k"], expected: "\(count - oldCount) new entries", actual: "\(added.count)")
        }
        list.entries = entries
    }

    // MARK: - Components

    mutating func apply(
        _ diffs: [ComponentDiff], to components: inout [ComponentID: LiveTree.Template],
        before: [ComponentID: LiveTree.Template]
    ) throws(TreeError) {
        let byID = Dictionary(diffs.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var done: Set<ComponentID> = []
        for diff in diffs {
            // Those that copies of "after the message" wait for come first.
            for next in try chain(from: diff.id, byID, done).reversed() {
                let template: LiveTree.Template = try under("c/\(next.id.rawValue)") { () throws(TreeError) in
                    try self.template(of: next, components, before: before)
                }
                components[next.id] = template
                done.insert(next.id)
            }
        }
    }

    /// The component and those, one after the other, whose new trees it is a copy of.
    private func chain(
        from id: ComponentID, _ diffs: [ComponentID: ComponentDiff], _ done: Set<ComponentID>
    ) throws(TreeError) -> [ComponentDiff] {
        var chain: [ComponentDiff] = []
        var seen: Set<ComponentID> = []
        var next = id
        while !done.contains(next), let diff = diffs[next] {
            guard seen.insert(next).inserted else {
                throw TreeError(
                    path: ["c", "\(id.rawValue)"], expected: "a component to copy", actual: "copies in a circle")
            }
            chain.append(diff)
            guard case .copyAfter(let other) = diff.base else { break }
            next = other
        }
        return chain
    }

    private mutating func template(
        of diff: ComponentDiff, _ components: [ComponentID: LiveTree.Template],
        before: [ComponentID: LiveTree.Template]
    ) throws(TreeError) -> LiveTree.Template {
        let base: (template: LiveTree.Template?, id: ComponentID)
        switch diff.base {
        case .own:
            if diff.template.statics != nil { return try make(diff.template) }
            base = (before[diff.id], diff.id)
        case .copyBefore(let id):
            base = (before[id], id)
        case .copyAfter(let id):
            base = (components[id], id)
        }
        guard var template = base.template else {
            throw TreeError(expected: "component \(base.id.rawValue)", actual: "none of that number")
        }
        template.hasSingleRoot = template.hasSingleRoot || diff.template.hasSingleRoot
        try apply(diff.template.slots, to: &template.slots)
        return template
    }
}

extension ListDiff.Entries {
    fileprivate var isEmpty: Bool {
        switch self {
        case .unchanged: true
        case .rows(let rows): rows.isEmpty
        case .keyed(let count, _, _): count == 0
        }
    }
}

extension ListDiff.EntryChange {
    fileprivate var isMove: Bool {
        switch kind {
        case .changed: false
        case .moved: true
        }
    }
}

extension LiveTree.Slot {
    fileprivate var name: String {
        switch self {
        case .missing: "an empty slot"
        case .text: "a text"
        case .component: "a component"
        case .template: "a template"
        case .list: "a list"
        }
    }
}
