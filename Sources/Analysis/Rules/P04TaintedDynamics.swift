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
        /// Bytes of JSON that it has when it is redundant, in the mean. Default: 3: an `if` that stays empty is not said.
        package var bytes = 3

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Slot {
        var diffs = 0
        var redundantDiffs = 0
        var redundantBytes = 0
        /// The event that came with it last, and how often that was another one.
        var cause = ""
        var causes = 1
        var first: MessageFacts

        mutating func take(_ tally: DiffAccount.PathTally, isRedundant: Bool, _ newCause: String) {
            diffs += 1
            if isRedundant { redundantDiffs += 1 }
            redundantBytes += tally.redundantBytes
            guard cause != newCause else { return }
            cause = newCause
            causes += 1
        }
    }

    private struct Seen {
        var diffs = 0
        var bytes = 0
        var slots: [PathID: Slot] = [:]
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.isJoin: take(diff)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        // Out of the dictionary while it changes.
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        seen.diffs += 1
        seen.bytes += diff.account.byteCount
        let cause = diff.event?.name ?? ""
        for tally in diff.account.paths {
            let isRedundant = tally.changedCount == 0 && tally.newCount == 0
            if let index = seen.slots.index(forKey: tally.path) {
                seen.slots.values[index].take(tally, isRedundant: isRedundant, cause)
            } else if isRedundant {
                // It was not in earlier diffs, or changed in them.
                var slot = Slot(cause: cause, first: diff.facts)
                slot.take(tally, isRedundant: true, cause)
                seen.slots[tally.path] = slot
            }
        }
        views[diff.view.id] = seen
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.diffs >= thresholds.diffs else { return [] }
        let found = seen.slots.filter { _, slot in
            Double(slot.diffs) >= thresholds.presence * Double(seen.diffs) && slot.causes > 1
                && Double(slot.redundantDiffs) >= thresholds.redundant * Double(slot.diffs)
                && slot.redundantBytes >= thresholds.bytes * slot.redundantDiffs
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
