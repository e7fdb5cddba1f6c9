package import Sessions

/// P4: a slot that comes with nearly every diff of its view, whatever the event, and mostly is the same.
package struct TaintedDynamics: Rule {
    package static let facts = RuleFacts(
        id: "P4", name: "tainted-dynamics", title: "Sent on every render, changed or not", severity: .warning,
        advice: """
            An expression that uses a local variable, or `assigns` itself, is evaluated and sent on every render. \
            Compute it with assign/3 before the template, or call a function on assigns in the template.
            """,
        before: "<% total = length(@items) %>\n<p>{total} items</p>",
        after: "# in the callback: assign(socket, :total, length(items))\n<p>{@total} items</p>",
        source: "guide assigns-eex \"Variables\", \"The assigns variable\"; phoenix_live_view #507, petal #3")

    package struct Thresholds: Hashable, Sendable {
        /// Diffs that a view must have. Default: 5.
        package var diffs = 5
        /// The share of the view's diffs that the slot is in. Default: 0.8.
        package var presence = 0.8
        /// The share of those in which it is redundant. Default: 0.5.
        package var redundant = 0.5

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Slot {
        var diffs = 0
        var redundantDiffs = 0
        var redundantBytes = 0
        var causes: Set<String> = []
        var first: MessageFacts
    }

    private struct Seen {
        var diffs = 0
        var bytes = 0
        var slots: [PathID: Slot] = [:]
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.isJoin: take(diff)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        views[diff.view.id, default: Seen()].diffs += 1
        views[diff.view.id]?.bytes += diff.account.byteCount
        let cause = diff.event?.name ?? ""
        for tally in diff.account.paths {
            var slot = views[diff.view.id]?.slots[tally.path] ?? Slot(first: diff.facts)
            slot.diffs += 1
            if tally.changedCount == 0, tally.newCount == 0 { slot.redundantDiffs += 1 }
            slot.redundantBytes += tally.redundantBytes
            if slot.causes.count < 8 { slot.causes.insert(cause) }
            views[diff.view.id]?.slots[tally.path] = slot
        }
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        done
            + views.keys.sorted().flatMap { id in
                views[id].flatMap { seen in context.views[id].map { findings(seen, $0, context) } } ?? []
            }
    }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.diffs >= thresholds.diffs else { return [] }
        let found = seen.slots.filter { _, slot in
            Double(slot.diffs) >= thresholds.presence * Double(seen.diffs) && slot.causes.count > 1
                && Double(slot.redundantDiffs) >= thresholds.redundant * Double(slot.diffs)
        }
        return found.sorted { $0.key < $1.key }.map { path, slot in
            Finding(
                Self.facts, place: context.place(view, path: path, facts: slot.first),
                evidence: Finding.Evidence(
                    "in \(slot.diffs) of \(seen.diffs) diffs, in \(slot.redundantDiffs) of them as it was already there",
                    bytes: slot.redundantBytes, count: slot.redundantDiffs,
                    ratio: Double(slot.redundantDiffs) / Double(slot.diffs), messages: [slot.first]),
                savedBytes: slot.redundantBytes, ofBytes: seen.bytes)
        }
    }
}
