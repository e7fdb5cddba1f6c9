package import Sessions

/// P1: a list known by its indices, in which something was put in, taken out or moved: the entries behind it are sent.
package struct ListWithoutKeys: Rule {
    package static let facts = RuleFacts(
        id: "P1", name: "list-without-keys", title: "A list resent because its entries have no key",
        severity: .warning,
        advice: """
            Without a key an entry is its index, so what is put in at the front changes all the others. \
            Give the entries a `:key`, or make the list a stream.
            """,
        before: "<tr :for={row <- @rows}><td>{row.name}</td></tr>",
        after: "<tr :for={row <- @rows} :key={row.id}><td>{row.name}</td></tr>",
        source: "guide assigns-eex \"Comprehensions\"; CHANGELOG 1.1 \"Change tracking in comprehensions\"")

    package struct Thresholds: Hashable, Sendable {
        /// Entries that the list had. Default: 5.
        package var entries = 5
        /// The share of the old entries that a diff sends as changes. Default: 0.5.
        package var sent = 0.5
        /// The share of those that were at another index before. Default: 0.5.
        package var moved = 0.5

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var session: SessionID
        var path: PathID
    }

    private struct Seen {
        var view: ViewID
        var diffs = 0
        var entries = 0
        var shifted = 0
        var largest = 0
        var saved = 0
        /// Of the diffs that have it.
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step, !diff.isJoin else { return }
        for list in diff.account.lists where list.form == .keyed && !list.isStream && list.knownCount > 0 {
            guard list.moved == 0, list.oldCount >= thresholds.entries,
                Double(list.updated) >= thresholds.sent * Double(list.oldCount),
                Double(list.knownCount) >= thresholds.moved * Double(list.updated)
            else { continue }
            let key = Key(session: diff.view.session, path: list.path)
            var counts = seen[key] ?? Seen(view: diff.view.id)
            counts.diffs += 1
            counts.entries += list.knownCount
            if list.shiftedCount * 2 >= list.knownCount { counts.shifted += 1 }
            counts.largest = max(counts.largest, list.oldCount)
            counts.saved += max(0, list.knownBytes - list.knownCount * Self.bytesOfMove)
            counts.bytes += diff.account.byteCount
            counts.messages.keep(diff.facts)
            seen[key] = counts
        }
    }

    /// An entry that moved is its old index, of a few digits.
    package static let bytesOfMove = 3

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, counts in
            let how =
                counts.shifted == counts.diffs
                ? "all moved by as much"
                : counts.shifted == 0 ? "in another order" : "moved by as much or in another order"
            return Finding(
                Self.facts,
                place: context.place(context.views[counts.view], path: key.path, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    """
                    \(counts.diffs.of("diff")) of a list of up to \(counts.largest) sent \(counts.entries.of("entry", "entries")) that were \
                    there at another index, \(how)
                    """,
                    bytes: counts.saved, count: counts.diffs, messages: counts.messages),
                savedBytes: counts.saved, ofBytes: counts.bytes)
        }
    }
}
