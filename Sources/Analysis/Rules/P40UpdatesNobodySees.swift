package import Sessions

/// P40: changes of what is ignored by the client, or hidden.
package struct UpdatesNobodySees: Rule {
    package static let facts = RuleFacts(
        id: "P40", name: "updates-nobody-sees", title: "Diffs for ignored content", severity: .warning,
        advice: """
            Under `phx-update="ignore"` the client throws every change away but those of `data-` attributes. Do not \
            render there what changes; send it to the hook with push_event.
            """,
        before: "<div id=\"chart\" phx-update=\"ignore\"><pre>{inspect(@points)}</pre></div>",
        after: "push_event(socket, \"points\", %{points: points})",
        source: "guides js-interop, bindings \"DOM patching\"")

    package struct Thresholds: Hashable, Sendable {
        /// Changes under one path. Default: 2.
        package var changes = 2
        /// Bytes of changes of what is hidden (`hidden`, `display:none`): it may be shown in a moment. Default: 2 kB.
        package var hiddenBytes = 2_000

        package init() {}
    }

    package var thresholds = Thresholds()

    private enum Fate: Equatable {
        case seen, ignored, hidden
    }

    private struct Key: Hashable {
        var session: SessionID
        var path: PathID
    }

    private struct Seen {
        var view: ViewID
        var count = 0
        var bytes = 0
        var ofBytes = 0
        var messages: [MessageFacts] = []
    }

    private var fates: [PathID: Fate] = [:]
    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step, !diff.isJoin else { return }
        // What is new has to come once, ignored or not.
        for tally in diff.account.paths where tally.changedCount > 0 {
            guard fate(tally.path, context) != .seen else { continue }
            let key = Key(session: diff.view.session, path: tally.path)
            var sum = seen[key] ?? Seen(view: diff.view.id)
            sum.count += Int(tally.changedCount)
            sum.bytes += tally.changedBytes + tally.redundantBytes
            sum.ofBytes += diff.account.byteCount
            sum.messages.keep(diff.facts)
            seen[key] = sum
        }
    }

    private mutating func fate(_ path: PathID, _ context: RuleContext) -> Fate {
        if let known = fates[path] { return known }
        let name = PathName(path, in: context.paths)
        var around = name.enclosing[...]
        // The element whose attribute it is: `data-` attributes are kept.
        if name.attribute != nil || name.isInTag { around = around.dropLast() }
        var fate = Fate.seen
        if around.contains(where: { $0["phx-update"] == "ignore" }) {
            fate = .ignored
        } else if around.contains(where: { tag in
            tag["hidden"] != nil || (tag["style"]?.replacing(" ", with: "").contains("display:none") ?? false)
        }) {
            fate = .hidden
        }
        fates[path] = fate
        return fate
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { key, sum in
            guard sum.count >= thresholds.changes else { return false }
            return fates[key.path] == .ignored || sum.bytes >= thresholds.hiddenBytes
        }.sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, sum in
            let isIgnored = fates[key.path] == .ignored
            return Finding(
                Self.facts, severity: isIgnored ? nil : .info,
                place: context.place(context.views[sum.view], path: key.path, facts: sum.messages.first),
                evidence: Finding.Evidence(
                    "\(sum.count) changes of what \(isIgnored ? "the client ignores" : "was rendered as hidden")",
                    bytes: sum.bytes, count: sum.count, messages: sum.messages),
                savedBytes: sum.bytes, ofBytes: sum.ofBytes)
        }
    }
}
