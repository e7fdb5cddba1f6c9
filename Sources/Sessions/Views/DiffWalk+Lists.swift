internal import LiveViewWire

extension DiffWalk {
    mutating func list(
        _ index: Int, _ members: Members, _ slot: inout TreeSlot, _ path: PathID, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        guard members.slotCount == 0 else { throw error(index, "a list or a template", "a mixture of both") }
        let isStream = members.stream != nil
        var old: ListNode?
        if case .list(let node) = slot { old = node }
        slot = .missing
        let list: ListNode
        if let statics = members.statics {
            let text = try self.text(statics, shared: shared, bytes)
            let template = try paths.template(text, in: .entries(path))
            list = ListNode(template, first: paths[template].first, width: paths[template].slotCount)
            // The same list again, whole: compared with what is there.
            if let old, old.template == template, !isCopy { (list.count, list.slots) = (old.count, old.slots) }
        } else if old != nil {
            if !isKnownUniquelyReferenced(&old) { old = old?.copy() }
            list = old ?? ListNode(nil, first: path, width: 0)
        } else {
            list = ListNode(nil, first: path, width: 0)
        }
        var facts = DiffAccount.SentList(
            path: path, template: list.template, component: component, form: members.rows == nil ? .keyed : .rows,
            isWhole: members.statics != nil, byteCount: tape.tokens[index].byteCount)
        facts.oldCount = list.count
        facts.isStream = isStream
        let outer = entry
        let place = account.lists.count
        account.lists.append(facts)
        let firstStreamed = try stream(members.stream, path, bytes)
        if let keyed = members.keyed {
            try self.keyed(keyed, list, &facts, streamed: firstStreamed, shared: shared, bytes)
        } else if let rows = members.rows {
            try self.rows(rows, list, &facts, streamed: firstStreamed, shared: shared, bytes)
        }
        entry = outer
        account.lists[place] = facts
        if isStream { (list.count, list.slots) = (0, []) }
        slot = .list(list)
    }

    /// - Returns: which of the account's streams it is; nil if there is none.
    private mutating func stream(_ index: Int?, _ path: PathID, _ bytes: Span<UInt8>) throws(TreeError) -> Int? {
        guard let index else { return nil }
        account.bytes.streams += tape.tokens[index].byteCount
        var reader = JSONReader(tape.tokens[index].range)
        do throws(JSONError) {
            let operation = try StreamOperation(&reader, bytes)
            account.streams.append(DiffAccount.SentStream(path: path, operation: operation, entries: []))
            return account.streams.count - 1
        } catch {
            throw TreeError(offset: error.offset, expected: error.expected, actual: error.actual)
        }
    }

    // MARK: - Entries

    /// Fills the slots of one entry, and says where its leaves are.
    private mutating func fill(
        _ index: Int, _ list: ListNode, _ slots: inout [TreeSlot], at position: Int, streamed: Int?, shared: Int?,
        _ bytes: Span<UInt8>
    ) throws(TreeError) {
        let firstLeaf = account.leaves.count
        entry = Int32(truncatingIfNeeded: position)
        let token = tape.tokens[index]
        let isArray = !isObject(index)
        var member = index &+ 1
        var number = 0
        while member < Int(token.next) {
            // An entry of `k` is an object, one of `d` an array.
            let key = isArray ? number : Int(tape.tokens[member].key.code)
            guard key >= 0, key < list.width else {
                throw error(member, "a slot below \(list.width)", key < 0 ? "another key" : "\(key)")
            }
            try slot(member, &slots[position &* list.width &+ key], list.first + key, shared: shared, bytes)
            // A list within may have set it.
            entry = Int32(truncatingIfNeeded: position)
            number &+= 1
            member = Int(tape.tokens[member].next)
        }
        guard let streamed else { return }
        account.streams[streamed].entries.append(
            DiffAccount.SentStream.Entry(byteCount: token.byteCount, leaves: firstLeaf..<account.leaves.count))
    }

    /// What tells whether an entry brought anything.
    private var newsCount: Int {
        account.bytes.new &+ account.bytes.changed &+ placeNews
    }

    private func clear(_ slots: inout [TreeSlot], at position: Int, width: Int) {
        for slot in 0..<width { slots[position &* width &+ slot] = .missing }
    }

    // MARK: - All entries (up to 1.0)

    private mutating func rows(
        _ index: Int, _ list: ListNode, _ facts: inout DiffAccount.SentList, streamed: Int?, shared: Int?,
        _ bytes: Span<UInt8>
    ) throws(TreeError) {
        guard tape.tokens[index].kind == .array else { throw error(index, "an array of entries", "other JSON") }
        var count = 0
        var row = index &+ 1
        while row < Int(tape.tokens[index].next) {
            guard tape.tokens[row].kind == .array else { throw error(row, "an entry's slots", "other JSON") }
            count += 1
            row = Int(tape.tokens[row].next)
        }
        try make(count &* list.width)
        let known: [UInt64: Int] =
            streamed != nil ? [:] : Self.counts(ListNode.hashes(of: list.slots, count: list.count, width: list.width))
        // Out of the node while they change: one access to it for all. After an error the tree goes anyway.
        var slots = list.slots
        list.slots = []
        list.hashes = nil
        resize(&slots, to: count &* list.width)
        row = index &+ 1
        for position in 0..<count {
            let news = newsCount
            try fill(row, list, &slots, at: position, streamed: streamed, shared: shared, bytes)
            facts.entryBytes += tape.tokens[row].byteCount
            if position < facts.oldCount {
                facts.updated += 1
                if newsCount == news { facts.equal += 1 }
            } else {
                facts.inserted += 1
            }
            row = Int(tape.tokens[row].next)
        }
        facts.count = count
        (list.count, list.slots) = (count, slots)
        compare(list, with: known, index, &facts)
    }

    private mutating func compare(
        _ list: ListNode, with known: [UInt64: Int], _ index: Int, _ facts: inout DiffAccount.SentList
    ) {
        guard !known.isEmpty else { return }
        var known = known
        var row = index &+ 1
        for hash in ListNode.hashes(of: list.slots, count: list.count, width: list.width) {
            if let left = known[hash], left > 0 {
                known[hash] = left - 1
                facts.knownCount += 1
                facts.knownBytes += tape.tokens[row].byteCount
            }
            row = Int(tape.tokens[row].next)
        }
    }

    private static func counts(_ hashes: [UInt64]) -> [UInt64: Int] {
        var counts: [UInt64: Int] = [:]
        for hash in hashes { counts[hash, default: 0] += 1 }
        return counts
    }

    private func resize(_ slots: inout [TreeSlot], to size: Int) {
        if size < slots.count {
            slots.removeSubrange(size...)
        } else {
            slots.reserveCapacity(size)
            for _ in slots.count..<size { slots.append(.missing) }
        }
    }

    // MARK: - What changed (since 1.1)

    /// What a `k` is made of.
    private struct KeyedShape {
        var count = 0
        var plain = 0
        var moves = 0
        var saysMoves = false
    }

    private func shape(_ index: Int, _ oldCount: Int, _ bytes: Span<UInt8>) throws(TreeError) -> KeyedShape {
        guard tape.tokens[index].kind == .object else { throw error(index, "entries by index", "other JSON") }
        var shape = KeyedShape()
        var count: Int?
        var member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            let token = tape.tokens[member]
            switch token.key.code {
            case Keys.count: count = tape.integer(member, bytes)
            case Keys.moves: shape.saysMoves = true
            default:
                guard token.key.index != nil else { throw error(member, "an entry's number or kc, km", "another key") }
                if isObject(member) { shape.plain += 1 } else { shape.moves += 1 }
            }
            member = Int(token.next)
        }
        guard let count, count >= 0, count <= oldCount &+ shape.plain &+ shape.moves else {
            throw error(index, "a count in \"kc\"", count.map { "\($0)" } ?? "none")
        }
        shape.count = count
        return shape
    }

    private mutating func keyed(
        _ index: Int, _ list: ListNode, _ facts: inout DiffAccount.SentList, streamed: Int?, shared: Int?,
        _ bytes: Span<UInt8>
    ) throws(TreeError) {
        let shape = try shape(index, list.count, bytes)
        facts.saysMoves = shape.saysMoves
        facts.count = shape.count
        let oldCount = list.count
        // Moves read the entries as they were before any of the changes.
        let comparesAll = shape.moves == 0 && shape.plain > 2 && shape.plain * 2 >= oldCount && oldCount > 2
        var slots = list.slots
        list.slots = []
        // Hashes, not the slots: nodes that something else holds too would be copied before they change.
        let hashes =
            comparesAll ? list.hashes ?? ListNode.hashes(of: slots, count: oldCount, width: list.width) : []
        list.hashes = nil
        let before = shape.moves > 0 ? slots : []
        let left = shape.moves > 0 ? try movedAway(index, oldCount, bytes) : []
        try make(max(0, shape.count &- oldCount) &* list.width)
        resize(&slots, to: shape.count &* list.width)
        var member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            let position = Int(tape.tokens[member].key.code)
            if position >= 0 {
                guard position < shape.count else {
                    throw error(member, "an index below \(shape.count)", "\(position)")
                }
                facts.entryBytes += tape.tokens[member].byteCount
                if isObject(member) {
                    let isNew =
                        position >= oldCount || (!left.isEmpty && left[position] && isComplete(member, list.width))
                    if isNew { clear(&slots, at: position, width: list.width) }
                    let news = newsCount
                    try fill(member, list, &slots, at: position, streamed: streamed, shared: shared, bytes)
                    if isNew { facts.inserted += 1 } else { facts.updated += 1 }
                    if !isNew, newsCount == news { facts.equal += 1 }
                } else {
                    try move(member, list, &slots, to: position, before, oldCount, &facts, shared: shared, bytes)
                }
            }
            member = Int(tape.tokens[member].next)
        }
        (list.count, list.slots) = (shape.count, slots)
        if comparesAll { findShift(list, from: hashes, index, &facts) }
    }

    private func isComplete(_ index: Int, _ width: Int) -> Bool {
        var count = 0
        var member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            count &+= 1
            member = Int(tape.tokens[member].next)
        }
        return count == width
    }

    /// Which old entries are elsewhere now: a whole entry at their index is another one.
    private func movedAway(_ index: Int, _ oldCount: Int, _ bytes: Span<UInt8>) throws(TreeError) -> [Bool] {
        var isMoved = [Bool](repeating: false, count: oldCount)
        var member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            if tape.tokens[member].key.code >= 0, !isObject(member) {
                isMoved[try origin(member, oldCount, bytes).from] = true
            }
            member = Int(tape.tokens[member].next)
        }
        return isMoved
    }

    /// Where an entry comes from, and the changes to it.
    private func origin(
        _ index: Int, _ oldCount: Int, _ bytes: Span<UInt8>
    ) throws(TreeError) -> (from: Int, changes: Int?) {
        var from = index
        var changes: Int?
        if tape.tokens[index].kind == .array {
            from = index &+ 1
            let end = Int(tape.tokens[index].next)
            guard from < end, Int(tape.tokens[from].next) < end,
                tape.tokens[Int(tape.tokens[from].next)].kind == .object,
                Int(tape.tokens[Int(tape.tokens[from].next)].next) == end
            else { throw error(index, "an index and changes", "another array") }
            changes = Int(tape.tokens[from].next)
        }
        guard let number = tape.integer(from, bytes), (0..<oldCount).contains(number) else {
            throw error(from, "one of \(oldCount) old entries", "another value")
        }
        return (number, changes)
    }

    private mutating func move(
        _ index: Int, _ list: ListNode, _ slots: inout [TreeSlot], to position: Int, _ before: [TreeSlot],
        _ oldCount: Int, _ facts: inout DiffAccount.SentList, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        let (from, changes) = try origin(index, oldCount, bytes)
        try make(list.width)
        for slot in 0..<list.width {
            slots[position &* list.width &+ slot] = before[from &* list.width &+ slot]
        }
        facts.moved += 1
        guard let changes else { return }
        facts.movedAndChanged += 1
        try fill(changes, list, &slots, at: position, streamed: nil, shared: shared, bytes)
    }

    /// Where most entries changed: whether their contents are those of entries at a constant distance.
    private mutating func findShift(
        _ list: ListNode, from old: [UInt64], _ index: Int, _ facts: inout DiffAccount.SentList
    ) {
        let new = ListNode.hashes(of: list.slots, count: list.count, width: list.width)
        list.hashes = new
        // A few entries tell which distances there may be: one that is no chance is that of two of them.
        var distances: [Int: Int] = [:]
        var (looked, moved) = (0, 0)
        for part in 0..<8 {
            let position = part &* max(1, new.count / 8)
            guard position < new.count else { continue }
            looked += 1
            guard let place = old.firstIndex(of: new[position]), place != position else { continue }
            moved += 1
            distances[position - place, default: 0] += 1
        }
        if moved * 2 >= looked { findKnown(new, among: old, index, &facts) }
        for (shift, count) in distances where count > 1 || new.count < 16 {
            var found = (count: 0, bytes: 0)
            var member = index &+ 1
            while member < Int(tape.tokens[index].next) {
                let place = Int(tape.tokens[member].key.code) &- shift
                if tape.tokens[member].key.code >= 0, old.indices.contains(place), old[place] == new[place &+ shift] {
                    found.count += 1
                    found.bytes += tape.tokens[member].byteCount
                }
                member = Int(tape.tokens[member].next)
            }
            guard found.count > facts.shiftedCount || (found.count == facts.shiftedCount && shift > facts.shift) else {
                continue
            }
            (facts.shift, facts.shiftedCount, facts.shiftedBytes) = (shift, found.count, found.bytes)
        }
    }

    /// Of the entries sent, those that were at one other index before.
    private mutating func findKnown(
        _ new: [UInt64], among old: [UInt64], _ index: Int, _ facts: inout DiffAccount.SentList
    ) {
        // Of entries that are alike, none can be told.
        entryPlaces.fill(old)
        var member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            let position = Int(tape.tokens[member].key.code)
            if new.indices.contains(position), let place = entryPlaces.place(of: new[position], in: old),
                place != position
            {
                facts.knownCount += 1
                facts.knownBytes += tape.tokens[member].byteCount
            }
            member = Int(tape.tokens[member].next)
        }
    }
}
