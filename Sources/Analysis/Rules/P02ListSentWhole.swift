package import Sessions

/// P2: all of a list's rows sent for a change in one: up to LiveView 1.0 always, since then if what is outside of the
/// rows makes each of them render.
package struct ListSentWhole: Rule {
    package static let facts = RuleFacts(
        id: "P2", name: "list-sent-whole", title: "A list whose rows are all sent again", severity: .warning,
        advice: """
            One change sends all rows: up to LiveView 1.0 always, since 1.1 if the rows use an assign from outside that \
            changed. Upgrade and give the rows keys, put into each row what it shows, or make the list a stream.
            """,
        before: "<%= for row <- @rows do %><tr><td><%= row.name %></td></tr><% end %>",
        after:
            "<tbody id=\"rows\" phx-update=\"stream\">\n  <tr :for={{id, row} <- @streams.rows} id={id}>…</tr>\n</tbody>",
        source: "phoenix_live_view #2187, #395; CHANGELOG 1.1")

    package struct Thresholds: Hashable, Sendable {
        /// Rows of a diff. Default: 10.
        package var rows = 10
        /// The share of them that the list had before. Default: 0.8.
        package var known = 0.8

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
        var rows = 0
        var known = 0
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
        for list in diff.account.lists where !list.isStream && list.count >= thresholds.rows {
            let known = list.form == .rows ? list.knownCount : list.equal
            guard Double(known) >= thresholds.known * Double(list.count) else { continue }
            let saved =
                list.form == .rows ? list.knownBytes : redundantBytes(in: list.path, diff.account, context.paths)
            // Rows that are components' numbers are P20's.
            guard saved > 0 else { continue }
            let key = Key(session: diff.view.session, path: list.path)
            var counts = seen[key] ?? Seen(view: diff.view.id)
            counts.diffs += 1
            counts.rows += list.count
            counts.known += known
            counts.saved += saved
            counts.bytes += diff.account.byteCount
            counts.messages.keep(diff.facts)
            seen[key] = counts
        }
    }

    private func redundantBytes(in path: PathID, _ account: DiffAccount, _ paths: PathTable) -> Int {
        account.paths.reduce(0) { sum, tally in
            tally.redundantBytes > 0 && paths.lies(tally.path, in: path) ? sum + tally.redundantBytes : sum
        }
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, counts in
            Finding(
                Self.facts,
                place: context.place(context.views[counts.view], path: key.path, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    "\(counts.known) of \(counts.rows) rows in \(counts.diffs.of("diff")) were there already",
                    bytes: counts.saved, count: counts.known, ratio: Double(counts.known) / Double(counts.rows),
                    messages: counts.messages),
                savedBytes: counts.saved, ofBytes: counts.bytes)
        }
    }
}
