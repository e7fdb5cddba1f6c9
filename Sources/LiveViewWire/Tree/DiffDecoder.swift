extension RenderedDiff {
    /// Reads a diff, or the `rendered` of a join, of any version of LiveView.
    /// - Parameter range: where in the bytes it is; nil for all of them.
    package init(
        _ bytes: Span<UInt8>, in range: Range<Int>? = nil, limits: JSONLimits = JSONLimits()
    ) throws(TreeError) {
        var decoder = DiffDecoder(range ?? 0..<bytes.count, limits: limits)
        self = try decoder.message(bytes)
    }
}

/// Reads the nodes of one message in one pass.
///
/// A template's `s` may be an index into the `p` of a node around it, which may come later in the text. So each
/// template gets a place in `statics`; those that wait for a `p` are on `waiting`, and the end of the node that has one
/// serves those that began within it: the nearest `p` counts.
private struct DiffDecoder {
    private var reader: JSONReader
    private var statics: [Statics] = []
    private var waiting: [Waiting] = []
    private var listForm: RenderedDiff.ListForm?

    private struct Waiting {
        var place: Int
        var index: Int
        var offset: Int
    }

    /// The keys of one node, of whichever kind it turns out to be.
    private struct Node {
        var statics: StaticsID?
        var slots: [SlotChange] = []
        var hasSingleRoot = false
        var entries: ListDiff.Entries?
        var stream: StreamOperation?
        var shared: [Int: Statics]?
        /// How many templates were waiting for a `p` when the node began.
        var mark: Int
        /// Where `s` is a number directly under `c`.
        var base = ComponentDiff.Base.own
        var offset: Int
    }

    init(_ range: Range<Int>, limits: JSONLimits) { reader = JSONReader(range, limits: limits) }

    // MARK: - The message

    mutating func message(_ bytes: Span<UInt8>) throws(TreeError) -> RenderedDiff {
        var diff = RenderedDiff(
            root: TemplateDiff(slots: [], hasSingleRoot: false), components: [], statics: [], events: [])
        var node = Node(mark: 0, offset: reader.position)
        try json { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try nextKey(bytes) {
            if key.equals("c", bytes) {
                try under("c") { () throws(TreeError) in diff.components = try components(bytes) }
            } else if key.equals("t", bytes) {
                diff.title = try json { reader throws(JSONError) in try reader.stringOrNull(bytes) }?.string(bytes)
            } else if key.equals("e", bytes) {
                try under("e") { () throws(TreeError) in diff.events = try events(bytes) }
            } else if key.equals("r", bytes), try kind(bytes) != .number {
                diff.reply = try json { reader throws(JSONError) in try reader.skip(bytes) }
            } else {
                try member(key, of: &node, isComponent: false, bytes)
            }
        }
        try json { reader throws(JSONError) in try reader.finish(bytes) }
        diff.root = try template(&node)
        if let missing = waiting.first {
            throw TreeError(offset: missing.offset, expected: "a \"p\" with \"\(missing.index)\"", actual: "none")
        }
        diff.statics = statics
        diff.listForm = listForm
        return diff
    }

    private mutating func components(_ bytes: Span<UInt8>) throws(TreeError) -> [ComponentDiff] {
        var components: [ComponentDiff] = []
        try json { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try nextKey(bytes) {
            guard let number = key.index(bytes) else { throw unexpected(key, "a component's number", bytes) }
            let component = try under("\(number)") { () throws(TreeError) in
                var node = try self.node(isComponent: true, bytes)
                let template = try template(&node)
                return ComponentDiff(id: ComponentID(number), base: node.base, template: template)
            }
            components.append(component)
        }
        return components
    }

    private mutating func events(_ bytes: Span<UInt8>) throws(TreeError) -> [PushedEvent] {
        try json { reader throws(JSONError) in
            var events: [PushedEvent] = []
            try reader.beginArray(bytes)
            while try reader.nextElement(bytes) {
                try reader.beginArray(bytes)
                guard try reader.nextElement(bytes) else {
                    throw JSONError(offset: reader.position - 1, expected: "an event's name", actual: "an empty array")
                }
                let name = try reader.string(bytes).string(bytes)
                guard try reader.nextElement(bytes) else {
                    throw JSONError(offset: reader.position - 1, expected: "a payload", actual: "the array's end")
                }
                var event = PushedEvent(name: name, payload: try reader.skip(bytes), isEarly: false)
                if try reader.nextElement(bytes) {
                    event.isEarly = try reader.boolean(bytes)
                    try reader.skipRestOfArray(bytes)
                }
                events.append(event)
            }
            return events
        }
    }

    // MARK: - Nodes

    private mutating func node(isComponent: Bool, _ bytes: Span<UInt8>) throws(TreeError) -> Node {
        var node = Node(mark: waiting.count, offset: reader.position)
        try json { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try nextKey(bytes) { try member(key, of: &node, isComponent: isComponent, bytes) }
        return node
    }

    private mutating func member(
        _ key: JSONText, of node: inout Node, isComponent: Bool, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        if let slot = key.index(bytes) {
            let value = try under("\(slot)") { () throws(TreeError) in try slotDiff(bytes) }
            node.slots.append(SlotChange(slot: slot, value: value))
        } else if key.equals("s", bytes) {
            try statics(of: &node, isComponent: isComponent, bytes)
        } else if key.equals("p", bytes) {
            node.shared = try under("p") { () throws(TreeError) in try shared(bytes) }
        } else if key.equals("k", bytes) {
            listForm = .keyed
            node.entries = try under("k") { () throws(TreeError) in try keyed(bytes) }
        } else if key.equals("d", bytes) {
            listForm = .rows
            node.entries = try under("d") { () throws(TreeError) in .rows(try rows(bytes)) }
        } else if key.equals("r", bytes) {
            node.hasSingleRoot = try json { reader throws(JSONError) in try reader.integer(bytes) } == 1
        } else if key.equals("stream", bytes) {
            node.stream = try under("stream") { () throws(TreeError) in
                try json { reader throws(JSONError) in try StreamOperation(&reader, bytes) }
            }
        } else {
            throw unexpected(key, "a slot's number or one of s, p, k, d, r, stream", bytes)
        }
    }

    private mutating func slotDiff(_ bytes: Span<UInt8>) throws(TreeError) -> SlotDiff {
        switch try kind(bytes) {
        case .string:
            let text = try json { reader throws(JSONError) in try reader.string(bytes) }
            return .text(Markup(utf8: text.utf8(bytes)))
        case .number:
            return .component(ComponentID(try json { reader throws(JSONError) in try reader.integer(bytes) }))
        case .object:
            var node = try self.node(isComponent: false, bytes)
            if node.entries != nil || node.stream != nil { return .list(try list(&node)) }
            return .template(try template(&node))
        case .array, .boolean, .null:
            throw TreeError(offset: reader.position, expected: "a text, a component or a node", actual: "other JSON")
        }
    }

    private mutating func template(_ node: inout Node) throws(TreeError) -> TemplateDiff {
        guard node.entries == nil, node.stream == nil else {
            throw TreeError(offset: node.offset, expected: "a template", actual: "a list")
        }
        try serve(&node)
        return TemplateDiff(statics: node.statics, slots: node.slots, hasSingleRoot: node.hasSingleRoot)
    }

    private mutating func list(_ node: inout Node) throws(TreeError) -> ListDiff {
        guard node.slots.isEmpty else {
            throw TreeError(offset: node.offset, expected: "a list or a template", actual: "a mixture of both")
        }
        try serve(&node)
        return ListDiff(statics: node.statics, entries: node.entries ?? .unchanged, stream: node.stream)
    }

    // MARK: - Lists

    private mutating func rows(_ bytes: Span<UInt8>) throws(TreeError) -> [[SlotDiff]] {
        var rows: [[SlotDiff]] = []
        try json { reader throws(JSONError) in try reader.beginArray(bytes) }
        while try nextElement(bytes) {
            var row: [SlotDiff] = []
            try under("\(rows.count)") { () throws(TreeError) in
                try json { reader throws(JSONError) in try reader.beginArray(bytes) }
                while try nextElement(bytes) {
                    row.append(try under("\(row.count)") { () throws(TreeError) in try slotDiff(bytes) })
                }
            }
            rows.append(row)
        }
        return rows
    }

    private mutating func keyed(_ bytes: Span<UInt8>) throws(TreeError) -> ListDiff.Entries {
        let start = reader.position
        var count: Int?
        var changes: [ListDiff.EntryChange] = []
        var hasMoves = false
        try json { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try nextKey(bytes) {
            if let index = key.index(bytes) {
                let kind = try under("\(index)") { () throws(TreeError) in try entry(bytes) }
                changes.append(ListDiff.EntryChange(index: index, kind: kind))
            } else if key.equals("kc", bytes) {
                count = try json { reader throws(JSONError) in try reader.integer(bytes) }
            } else if key.equals("km", bytes) {
                hasMoves = try json { reader throws(JSONError) in try reader.boolean(bytes) }
            } else {
                throw unexpected(key, "an entry's number or one of kc, km", bytes)
            }
        }
        guard let count, count >= 0 else {
            throw TreeError(offset: start, expected: "a count in \"kc\"", actual: count.map { "\($0)" } ?? "none")
        }
        return .keyed(count: count, changes: changes, hasMoves: hasMoves)
    }

    private mutating func entry(_ bytes: Span<UInt8>) throws(TreeError) -> ListDiff.EntryChange.Kind {
        switch try kind(bytes) {
        case .number:
            return .moved(from: try json { reader throws(JSONError) in try reader.integer(bytes) }, [])
        case .object:
            return .changed(try entrySlots(bytes))
        case .array:
            try json { reader throws(JSONError) in try reader.beginArray(bytes) }
            guard try nextElement(bytes) else { throw shortMove() }
            let from = try json { reader throws(JSONError) in try reader.integer(bytes) }
            guard try nextElement(bytes) else { throw shortMove() }
            let slots = try entrySlots(bytes)
            guard try !nextElement(bytes) else { throw shortMove() }
            return .moved(from: from, slots)
        case .string, .boolean, .null:
            throw TreeError(offset: reader.position, expected: "an entry, an index or both", actual: "other JSON")
        }
    }

    private func shortMove() -> TreeError {
        TreeError(offset: reader.position, expected: "an index and changes", actual: "an array of another length")
    }

    private mutating func entrySlots(_ bytes: Span<UInt8>) throws(TreeError) -> [SlotChange] {
        var slots: [SlotChange] = []
        try json { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try nextKey(bytes) {
            guard let slot = key.index(bytes) else { throw unexpected(key, "a slot's number", bytes) }
            let value = try under("\(slot)") { () throws(TreeError) in try slotDiff(bytes) }
            slots.append(SlotChange(slot: slot, value: value))
        }
        return slots
    }

    // MARK: - Statics

    private mutating func statics(
        of node: inout Node, isComponent: Bool, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        guard try kind(bytes) == .number else {
            node.statics = StaticsID(index: statics.count)
            statics.append(try parts(bytes))
            return
        }
        let offset = reader.position
        let number = try json { reader throws(JSONError) in try reader.integer(bytes) }
        if isComponent {
            guard number != 0, number > Int.min else {
                throw TreeError(offset: offset, expected: "a component's number, or its negative", actual: "\(number)")
            }
            node.base = number < 0 ? .copyBefore(ComponentID(-number)) : .copyAfter(ComponentID(number))
        } else {
            node.statics = StaticsID(index: statics.count)
            waiting.append(Waiting(place: statics.count, index: number, offset: offset))
            statics.append([])
        }
    }

    private mutating func parts(_ bytes: Span<UInt8>) throws(TreeError) -> Statics {
        try json { reader throws(JSONError) in
            var text: [UInt8] = []
            var ends: [Int] = []
            try reader.beginArray(bytes)
            while try reader.nextElement(bytes) {
                try reader.string(bytes).append(bytes, to: &text)
                ends.append(text.count)
            }
            return Statics(text: text, ends: ends)
        }
    }

    private mutating func shared(_ bytes: Span<UInt8>) throws(TreeError) -> [Int: Statics] {
        var shared: [Int: Statics] = [:]
        try json { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try nextKey(bytes) {
            guard let index = key.index(bytes) else { throw unexpected(key, "a number", bytes) }
            shared[index] = try parts(bytes)
        }
        return shared
    }

    /// Gives the templates that began within the node their parts, if the node has a `p`.
    private mutating func serve(_ node: inout Node) throws(TreeError) {
        guard let shared = node.shared else { return }
        for template in waiting[node.mark...] {
            guard let found = shared[template.index] else {
                throw TreeError(
                    offset: template.offset, expected: "one of \(shared.keys.sorted()) of \"p\"",
                    actual: "\(template.index)")
            }
            statics[template.place] = found
        }
        waiting.removeSubrange(node.mark...)
    }

    // MARK: -

    private mutating func kind(_ bytes: Span<UInt8>) throws(TreeError) -> JSONKind {
        try json { reader throws(JSONError) in try reader.kind(bytes) }
    }

    private mutating func nextKey(_ bytes: Span<UInt8>) throws(TreeError) -> JSONText? {
        try json { reader throws(JSONError) in try reader.nextKey(bytes) }
    }

    private mutating func nextElement(_ bytes: Span<UInt8>) throws(TreeError) -> Bool {
        try json { reader throws(JSONError) in try reader.nextElement(bytes) }
    }

    @inline(__always)
    private mutating func json<Result>(
        _ read: (inout JSONReader) throws(JSONError) -> Result
    ) throws(TreeError) -> Result {
        do throws(JSONError) {
            return try read(&reader)
        } catch {
            throw TreeError(error)
        }
    }

    private func unexpected(_ key: JSONText, _ expected: String, _ bytes: Span<UInt8>) -> TreeError {
        TreeError(
            offset: key.content.lowerBound, expected: expected, actual: "\"\(key.string(bytes).prefix(40))\"")
    }
}
