package import Sessions

/// P5: a function component that sends all of its slots with nearly every diff, as they were.
package struct AssignsGivenOn: Rule {
    package static let facts = RuleFacts(
        id: "P5", name: "assigns-given-on", title: "A component that is sent whole on every render",
        severity: .warning,
        advice: """
            A component that gets `{assigns}`, or a map made in the template, is not tracked: all of it is sent whatever \
            changed. Give it its attributes one by one.
            """,
        before: "<.card {assigns} />",
        after: "<.card title={@title} items={@items} />",
        source: "guide assigns-eex \"The assigns variable\"; phoenix_live_view #3923")

    package struct Thresholds: Hashable, Sendable {
        /// Diffs that a view must have. Default: 5.
        package var diffs = 5
        /// The share of the view's diffs that the component is in, whole. Default: 0.8.
        package var presence = 0.8
        /// Slots of its template. Default: 1.
        package var slots = 1
        /// The share of its bytes that is redundant. Default: 0.9.
        package var redundant = 0.9

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Slot {
        var diffs = 0
        var lastDiff = 0
        var slots = 0
        var leafBytes = 0
        var redundantBytes = 0
        /// The event that came with it last, and how often that was another one.
        var cause: String
        var causes = 1
        var messages: [MessageFacts] = []
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
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        seen.diffs += 1
        let cause = diff.event?.name ?? ""
        seen.bytes += diff.account.byteCount
        for template in diff.account.templates where template.kind == .update && template.isComplete {
            guard let path = template.path, template.slotCount >= thresholds.slots, template.leafBytes > 0 else {
                continue
            }
            var slot = seen.slots[path] ?? Slot(cause: cause)
            if slot.lastDiff != seen.diffs {
                slot.lastDiff = seen.diffs
                slot.diffs += 1
                if slot.cause != cause {
                    slot.cause = cause
                    slot.causes += 1
                }
                slot.messages.keep(diff.facts)
            }
            slot.slots = template.slotCount
            slot.leafBytes += template.leafBytes
            slot.redundantBytes += template.redundantBytes
            seen.slots[path] = slot
        }
        views[diff.view.id] = seen
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.diffs >= thresholds.diffs else { return [] }
        let found = seen.slots.filter { _, slot in
            Double(slot.diffs) >= thresholds.presence * Double(seen.diffs) && slot.causes > 1
                && Double(slot.redundantBytes) >= thresholds.redundant * Double(slot.leafBytes)
        }
        // The outermost: what is in it is sent because of it.
        let outermost = found.filter { path, _ in
            !found.keys.contains { $0 != path && context.paths.lies(path, in: $0) }
        }
        return outermost.sorted { $0.key < $1.key }.map { path, slot in
            Finding(
                Self.facts, place: context.place(view, path: path, facts: slot.messages.first),
                evidence: Finding.Evidence(
                    """
                    all \(slot.slots) slots of a template in \(slot.diffs) of \(seen.diffs) diffs, \
                    \(slot.redundantBytes) of \(slot.leafBytes) bytes as they were
                    """,
                    bytes: slot.redundantBytes, count: slot.diffs,
                    ratio: Double(slot.redundantBytes) / Double(slot.leafBytes), messages: slot.messages),
                savedBytes: slot.redundantBytes, ofBytes: seen.bytes)
        }
    }
}
