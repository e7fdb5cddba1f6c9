internal import LiveViewWire
package import Sessions

/// P19: one event that touches slots all over the page, most of which stay as they are.
package struct AssignInManyPlaces: Rule {
    package static let facts = RuleFacts(
        id: "P19", name: "assign-in-many-places", title: "One change that is rendered all over the page",
        severity: .info,
        advice: """
            A large assign that is given to many places makes all of them render when a part of it changes. \
            Give each place the field that it shows (`@user.name` is tracked), and split what changes from what stays.
            """,
        before: "<.header user={@user} /> <.menu user={@user} /> <.card user={@user} />",
        after: "<.header name={@user.name} /> <.menu role={@user.role} /> <.card avatar={@user.avatar} />",
        source: "guide assigns-eex \"Change tracking\"; phoenix_live_view #522")

    package struct Thresholds: Hashable, Sendable {
        /// Paths that a reply touches. Default: 10.
        package var paths = 10
        /// Slots of the view's own template that they are in. Default: 5.
        package var topSlots = 5
        /// The share of their bytes that is redundant. Default: 0.5.
        package var redundant = 0.5
        /// Replies of one event. Default: 2.
        package var replies = 2
        /// A slot that is in so large a share of the view's diffs, whatever the event, is P4's. Default: 0.8.
        package var always = 0.8

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Sums {
        var replies = 0
        var redundant = 0
        var bytes = 0
    }

    private struct Event {
        var replies = 0
        var bytes = 0
        var paths: [PathID: Sums] = [:]
        var messages: [MessageFacts] = []
    }

    private struct Seen {
        var diffs = 0
        var presence: [PathID: Int] = [:]
        var cause = ""
        var causes = 0
        var events: [String: Event] = [:]
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
        let account = diff.account
        guard !account.paths.isEmpty else { return }
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        seen.diffs += 1
        let cause = diff.event?.name ?? ""
        if seen.causes == 0 || seen.cause != cause {
            seen.cause = cause
            seen.causes += 1
        }
        for tally in account.paths { seen.presence[tally.path, default: 0] += 1 }
        // Few diffs come so far.
        if let name = diff.event?.name, account.paths.count >= thresholds.paths,
            Double(account.bytes.redundant) >= thresholds.redundant * Double(account.bytes.leaves)
        {
            var event = seen.events.removeValue(forKey: name) ?? Event()
            event.replies += 1
            event.bytes += account.byteCount
            for tally in account.paths {
                event.paths[tally.path, default: Sums()].replies += 1
                event.paths[tally.path, default: Sums()].redundant += tally.redundantBytes
                event.paths[tally.path, default: Sums()].bytes += tally.bytes
            }
            event.messages.keep(diff.facts)
            seen.events[name] = event
        }
        views[diff.view.id] = seen
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        seen.events.sorted { $0.key < $1.key }.compactMap { name, event in
            guard event.replies >= thresholds.replies else { return nil }
            let paths = event.paths.filter { path, _ in
                seen.causes < 2
                    || Double(seen.presence[path] ?? 0) < thresholds.always * Double(seen.diffs)
            }
            let tops = Set(paths.keys.map { context.paths.topSlot(of: $0) })
            let redundant = paths.values.reduce(0) { $0 + $1.redundant }
            let bytes = paths.values.reduce(0) { $0 + $1.bytes }
            guard paths.count >= thresholds.paths, tops.count >= thresholds.topSlots,
                Double(redundant) >= thresholds.redundant * Double(bytes)
            else { return nil }
            return Finding(
                Self.facts, place: context.place(view, event: name, facts: event.messages.first),
                evidence: Finding.Evidence(
                    """
                    \(event.replies.of("reply", "replies")) with \(paths.count) slots in \(tops.count) parts of the page, \(redundant) of \
                    \(bytes) bytes as they were
                    """,
                    bytes: redundant, count: event.replies, ratio: Double(redundant) / Double(max(1, bytes)),
                    messages: event.messages),
                savedBytes: redundant, ofBytes: event.bytes)
        }
    }
}
