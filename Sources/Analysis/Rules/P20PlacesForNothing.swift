package import Sessions

/// P20: components whose parent asks them to update, and nothing in them changes.
package struct PlacesForNothing: Rule {
    package static let facts = RuleFacts(
        id: "P20", name: "places-for-nothing", title: "Live components updated for nothing", severity: .info,
        advice: """
            The parent renders the components' places again, which runs `update` in each, and none of them changes. \
            Give them only what changes, or tell the one that does with send_update.
            """,
        before: "<.live_component :for={row <- @rows} module={Row} id={row.id} row={row} all={@rows} />",
        after: "<.live_component :for={row <- @rows} :key={row.id} module={Row} id={row.id} row={row} />",
        source: "LiveComponent docs \"Managing state\"; liveview-wire section 4")

    package struct Thresholds: Hashable, Sendable {
        /// Components of a diff whose number was there. Default: 5.
        package var components = 5
        /// The share of them that changed, at most. Default: 0.2.
        package var changed = 0.2
        /// Diffs of one view. Default: 2.
        package var diffs = 2

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var diffs = 0
        var components = 0
        var changed = 0
        var saved = 0
        var bytes = 0
        var path: PathID?
        var messages: [MessageFacts] = []
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.isJoin && diff.account.places.count >= thresholds.components: take(diff)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        let account = diff.account
        let places = account.places.filter(\.isRedundant)
        guard places.count >= thresholds.components else { return }
        let sent = Set(account.components.map(\.component))
        let changed = places.count { sent.contains(Int($0.component)) }
        guard Double(changed) <= thresholds.changed * Double(places.count) else { return }
        var seen = views[diff.view.id] ?? Seen()
        seen.diffs += 1
        seen.components += places.count
        seen.changed += changed
        seen.saved += account.bytes.places * places.count / account.places.count
        seen.bytes += account.byteCount
        seen.path = seen.path ?? places.first?.path
        seen.messages.keep(diff.facts)
        views[diff.view.id] = seen
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.diffs >= thresholds.diffs else { return [] }
        return [
            Finding(
                Self.facts, place: context.place(view, path: seen.path, facts: seen.messages.first),
                evidence: Finding.Evidence(
                    """
                    \(seen.diffs.of("diff")) have \(seen.components) places of components that were there, of which \
                    \(seen.changed) changed
                    """,
                    bytes: seen.saved, count: seen.components,
                    ratio: Double(seen.components - seen.changed) / Double(seen.components), messages: seen.messages),
                savedBytes: seen.saved, ofBytes: seen.bytes)
        ]
    }
}
