package import Sessions

/// P24: each row of a list carries the same JS command, or one that differs in an id only.
package struct CommandsInRows: Rule {
    package static let facts = RuleFacts(
        id: "P24", name: "commands-in-rows", title: "JS commands repeated in rows", severity: .info,
        advice: """
            A command that depends on the row is a dynamic, and travels with each row. Put the id into `phx-value-id` \
            and keep the command the same for all, or handle the click on the container.
            """,
        before: "<tr :for={row <- @rows} phx-click={JS.push(\"show\", value: %{id: row.id})}>",
        after: "<tr :for={row <- @rows} phx-click=\"show\" phx-value-id={row.id}>",
        source: "phoenix_live_view #1744, #2600")

    package struct Thresholds: Hashable, Sendable {
        /// Rows with the command in one message. Default: 10.
        package var rows = 10
        /// The part of its text that a row's command has in common with the first row's. Default: 0.7.
        package var common = 0.7

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var session: SessionID
        var path: PathID
    }

    private struct Seen {
        var view: ViewID
        var rows = 0
        var bytes = 0
        var wasted = 0
        var ofBytes = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step else { return }
        for tally in diff.account.paths where tally.count >= thresholds.rows && tally.bytes >= 24 * tally.count {
            let first = diff.account.leaves[tally.firstLeaf]
            guard first.entry >= 0 || first.component != 0, Self.isCommand(diff.text(of: first)) else { continue }
            take(tally, diff)
        }
    }

    private mutating func take(_ tally: DiffAccount.PathTally, _ diff: DiffStep) {
        let text = diff.text(of: diff.account.leaves[tally.firstLeaf])
        var rows = 0
        var bytes = 0
        var isSame = true
        for leaf in diff.account.leaves[tally.firstLeaf...] where leaf.path == tally.path {
            let other = diff.text(of: leaf)
            let prefix = text.commonPrefix(other)
            let common = prefix + text.commonSuffix(other, after: prefix)
            guard Double(common) >= thresholds.common * Double(max(text.count, other.count)) else { continue }
            isSame = isSame && common == text.count && common == other.count
            rows += 1
            bytes += leaf.byteCount
        }
        guard rows >= thresholds.rows else { return }
        let key = Key(session: diff.view.session, path: tally.path)
        var sum = seen[key] ?? Seen(view: diff.view.id)
        sum.rows += rows
        sum.bytes += bytes
        // The id stays a dynamic of each row: ` phx-value-id="1234"`.
        sum.wasted += max(0, bytes - bytes / rows - (isSame ? 0 : 24 * rows))
        sum.ofBytes += diff.account.byteCount
        sum.messages.keep(diff.facts)
        seen[key] = sum
    }

    /// `[["push",…` as HTML in JSON has it, or as JSON in JSON.
    private static func isCommand(_ text: ArraySlice<UInt8>) -> Bool {
        text.contains("[[&quot;") || text.contains("[[\\\"")
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, sum in
            Finding(
                Self.facts, place: context.place(context.views[sum.view], path: key.path, facts: sum.messages.first),
                evidence: Finding.Evidence(
                    "\(sum.rows) rows carry the same command, \(sum.bytes / max(1, sum.rows)) bytes each",
                    bytes: sum.bytes, count: sum.rows, messages: sum.messages),
                savedBytes: sum.wasted, ofBytes: sum.ofBytes)
        }
    }
}
