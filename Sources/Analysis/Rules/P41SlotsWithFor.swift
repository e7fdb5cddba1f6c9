package import Sessions

/// P41: lists in the rows of a list come again with each change, because slots made by `:for` are not tracked.
package struct SlotsWithFor: Rule {
    package static let facts = RuleFacts(
        id: "P41", name: "slots-with-for", title: "Slots made by :for", severity: .warning,
        advice: """
            Slots that `:for` makes are new on each render, and every row that shows them is sent again. Write the slots \
            out, or give the component the columns as data and let it loop with keys.
            """,
        before: "<.table rows={@rows}><:col :for={c <- @columns} :let={row}>{row[c]}</:col></.table>",
        after: "<.table rows={@rows} columns={@columns} />  <%!-- with :for and :key inside --%>",
        source: "Phoenix.Component \"Change tracking\", \":for on slots\"")

    package struct Thresholds: Hashable, Sendable {
        /// Rows that came again in one diff. Default: 10.
        package var rows = 10
        /// The share of the leaves of their lists that were there. Default: 0.8.
        package var redundant = 0.8
        /// Such diffs. Default: 2.
        package var diffs = 2

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
        var leaves = 0
        var wasted = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private struct Cells {
        var redundant = 0
        var count = 0
        var bytes = 0
    }

    /// The outer list of paths in a list of a list; nil for others.
    private var outer: [PathID: PathID?] = [:]
    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step, !diff.isJoin, diff.account.lists.count > thresholds.rows else { return }
        var cells: [PathID: Cells] = [:]
        for tally in diff.account.paths {
            guard let list = outerList(of: tally.path, context) else { continue }
            var sum = cells[list] ?? Cells()
            sum.redundant += Int(tally.redundantCount)
            sum.count += tally.count
            sum.bytes += tally.redundantBytes
            cells[list] = sum
        }
        for (path, sum) in cells where Double(sum.redundant) >= thresholds.redundant * Double(sum.count) {
            guard diff.account.lists.contains(where: { isWhole($0, path) }) else { continue }
            let key = Key(session: diff.view.session, path: path)
            var all = seen[key] ?? Seen(view: diff.view.id)
            all.diffs += 1
            all.leaves += sum.redundant
            all.wasted += sum.bytes
            all.bytes += diff.account.byteCount
            all.messages.keep(diff.facts)
            seen[key] = all
        }
    }

    /// Whether it is the list at the path, and most of its rows came though few changed.
    private func isWhole(_ list: DiffAccount.SentList, _ path: PathID) -> Bool {
        guard list.path == path, list.updated >= thresholds.rows else { return false }
        switch list.form {
        case .keyed: return Double(list.equal) >= thresholds.redundant * Double(list.updated)
        // Up to 1.0 no list is tracked: that is P2.
        case .rows: return false
        }
    }

    private mutating func outerList(of path: PathID, _ context: RuleContext) -> PathID? {
        if let known = outer[path] { return known }
        var lists: [PathID] = []
        var next: PathID? = path
        while let place = next {
            let template = context.paths.template(of: place)
            if case .entries(let list) = template.place { lists.append(list) }
            next = template.place.path
        }
        let found = lists.count > 1 ? lists.last : nil
        outer[path] = .some(found)
        return found
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.diffs >= thresholds.diffs }
            .sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, sum in
                Finding(
                    Self.facts,
                    place: context.place(context.views[sum.view], path: key.path, facts: sum.messages.first),
                    evidence: Finding.Evidence(
                        "\(sum.diffs.of("diff")) brought all rows' lists again: \(sum.leaves) leaves that were there",
                        bytes: sum.wasted, count: sum.diffs, messages: sum.messages),
                    savedBytes: sum.wasted, ofBytes: sum.bytes)
            }
    }
}
