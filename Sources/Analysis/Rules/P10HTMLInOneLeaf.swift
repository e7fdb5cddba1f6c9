package import Sessions

/// P10: a leaf that is a piece of HTML by itself: statics and dynamics in one text, sent whole for any change in it.
package struct HTMLInOneLeaf: Rule {
    package static let facts = RuleFacts(
        id: "P10", name: "html-in-one-leaf", title: "HTML built as a string", severity: .warning,
        advice: """
            Markup that is built as a string is one dynamic: all of it is sent again when a letter of it changes. \
            Build it with ~H, function components and :for, so that its tags are statics.
            """,
        before: "{raw(Enum.map_join(@rows, &\"<tr><td>#{&1.name}</td></tr>\"))}",
        after: "<tr :for={row <- @rows} :key={row.id}><td>{row.name}</td></tr>",
        source: "engine docs \"Comprehensions\"; liveview-wire section 4")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of a leaf. Default: 500.
        package var bytes = 500
        /// Start tags in it. Default: 5.
        package var tags = 5

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Slot {
        var view: ViewID
        var count = 0
        var bytes = 0
        var largest = 0
        var messages: [MessageFacts] = []
        /// Its bytes in diffs, which a template of its own would not send again.
        var diffBytes = 0
    }

    private struct Key: Hashable {
        var session: SessionID
        var path: PathID
    }

    private var slots: [Key: Slot] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step else { return }
        // By path: most have no leaf that is long enough.
        for tally in diff.account.paths where tally.bytes >= thresholds.bytes {
            guard let leaf = largest(tally, diff.account), isMarkup(diff.text(of: leaf)) else { continue }
            var slot = slots[Key(session: diff.view.session, path: tally.path)] ?? Slot(view: diff.view.id)
            slot.count += tally.count
            slot.bytes += tally.bytes
            if !diff.isJoin { slot.diffBytes += tally.bytes }
            slot.largest = max(slot.largest, leaf.byteCount)
            if slot.messages.count < 3 { slot.messages.append(diff.facts) }
            slots[Key(session: diff.view.session, path: tally.path)] = slot
        }
    }

    /// The largest of a path's first leaves: of a list's, ten tell enough.
    private func largest(_ tally: DiffAccount.PathTally, _ account: DiffAccount) -> DiffAccount.Leaf? {
        guard tally.count > 1 else { return account.leaves[tally.firstLeaf] }
        return account.leaves[tally.firstLeaf...].lazy.filter { $0.path == tally.path }.prefix(10)
            .max { $0.byteCount < $1.byteCount }
    }

    private func isMarkup(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= thresholds.bytes else { return false }
        var tags = 0
        var isNested = false
        var previous: UInt8 = 0
        for byte in text {
            if previous == UInt8(ascii: "<"), (0x61...0x7a).contains(byte) { tags += 1 }
            previous = byte
        }
        // A nested view's container holds a session token, and no more.
        if tags < 8 { isNested = text.contains("data-phx-session") }
        return tags >= thresholds.tags && !isNested
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        slots.sorted { $0.key.path < $1.key.path }.map { key, slot in
            Finding(
                Self.facts, place: context.place(context.views[slot.view], path: key.path, facts: slot.messages.first),
                evidence: Finding.Evidence(
                    "sent \(slot.count) times as one text of HTML, up to \(slot.largest) bytes",
                    bytes: slot.bytes, count: slot.count, messages: slot.messages),
                savedBytes: slot.diffBytes, ofBytes: slot.bytes)
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether the text has the word.
    func contains(_ word: StaticString) -> Bool {
        let letters = Array("\(word)".utf8)
        guard let first = letters.first, count >= letters.count else { return false }
        var start = startIndex
        while let found = self[start...].firstIndex(of: first), found <= endIndex - letters.count {
            if self[found..<(found + letters.count)].elementsEqual(letters) { return true }
            start = found + 1
        }
        return false
    }
}
