package import Sessions

/// P21: many live components that hold next to nothing, and that hardly any event goes to.
package struct ComponentsForPlainMarkup: Rule {
    package static let facts = RuleFacts(
        id: "P21", name: "components-for-plain-markup", title: "Live components for plain markup", severity: .info,
        advice: """
            Each live component has a number, a state on the server and a template on the wire; these use none of it. \
            Make them function components in a list with keys.
            """,
        before: "<.live_component :for={item <- @items} module={Badge} id={item.id} item={item} />",
        after: "<.badge :for={item <- @items} :key={item.id} item={item} />",
        source: "Phoenix.LiveComponent \"Cost of live components\"; phoenix_live_view #912")

    package struct Thresholds: Hashable, Sendable {
        /// Components of one template in a join. Default: 50.
        package var components = 50
        /// Leaves of each, at most. Default: 3.
        package var leaves = 3
        /// The share of the events with a target that go to them: less than this. Default: 0.1.
        package var events = 0.1
        /// Events of the view, to any target, that tell how the page is used. Default: 5.
        package var eventCount = 5

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Kind {
        var count = 0
        var bytes = 0
        /// What is no leaf: numbers, statics, keys.
        var overhead = 0
    }

    private struct Seen {
        var kinds: [TemplateID: Kind] = [:]
        var joinBytes: Int
        var facts: MessageFacts
        /// The components of these kinds: an event to another small one says nothing of them.
        var plain: Set<Int> = []
        var events = 0
        var targeted = 0
        var toPlain = 0
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff, .exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where diff.isJoin && diff.account.components.count >= thresholds.components:
            take(diff)
        case .exchange(let exchange):
            guard !views.isEmpty, let view = exchange.view, let event = exchange.event else { return }
            views[view]?.events += 1
            guard let component = event.component else { return }
            views[view]?.targeted += 1
            if views[view]?.plain.contains(component) ?? false { views[view]?.toPlain += 1 }
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        var seen = Seen(joinBytes: diff.account.byteCount, facts: diff.facts)
        for component in diff.account.components where component.leaves.count <= thresholds.leaves {
            var leafBytes = 0
            for leaf in component.leaves { leafBytes += diff.account.leaves[leaf].byteCount }
            var kind = seen.kinds[component.template] ?? Kind()
            kind.count += 1
            kind.bytes += component.byteCount
            // An entry of a list has its keys too: `"0":`.
            if kind.count > 1 { kind.overhead += max(0, component.byteCount - leafBytes - 4 * component.leaves.count) }
            seen.kinds[component.template] = kind
        }
        seen.kinds = seen.kinds.filter { $0.value.count >= thresholds.components }
        guard !seen.kinds.isEmpty else { return }
        for component in diff.account.components where component.leaves.count <= thresholds.leaves {
            if seen.kinds[component.template] != nil { seen.plain.insert(component.component) }
        }
        views[diff.view.id] = seen
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.events >= thresholds.eventCount,
            Double(seen.toPlain) < thresholds.events * Double(max(1, seen.targeted))
        else { return [] }
        return seen.kinds.sorted { $0.key.number < $1.key.number }.map { template, kind in
            let first = context.paths[template].slotCount > 0 ? context.paths[template].first : nil
            return Finding(
                Self.facts, place: context.place(view, path: first, facts: seen.facts),
                evidence: Finding.Evidence(
                    "\(kind.count) components of at most \(thresholds.leaves) leaves; \(seen.toPlain) of \(seen.events) events go to such",
                    bytes: kind.bytes, count: kind.count, ratio: Double(seen.toPlain) / Double(max(1, seen.events)),
                    messages: [seen.facts]),
                savedBytes: kind.overhead, ofBytes: seen.joinBytes)
        }
    }
}
