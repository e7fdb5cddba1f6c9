package import Sessions

/// P29: live navigation to a page of another `live_session`, which the server refuses.
package struct NavigationAcrossSessions: Rule {
    package static let facts = RuleFacts(
        id: "P29", name: "navigation-across-sessions", title: "Live navigation that is refused", severity: .warning,
        advice: """
            A view of another live_session cannot be joined over the same socket: the client leaves, asks in vain, and \
            then loads the page. Put both routes into one live_session, or make it a plain link.
            """,
        before: "<.link navigate={~p\"/admin\"}>Admin</.link>",
        after: "<.link href={~p\"/admin\"}>Admin</.link>",
        source: "guide security-model \"live_session\"; phoenix_live_view #1627")

    package struct Thresholds: Hashable, Sendable {
        /// Refused joins to one page. Default: 1.
        package var joins = 1

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var session: SessionID?
        var topic = ""
        var count = 0
        var bytes = 0
        var time: UInt64 = 0
        var messages: [MessageFacts] = []
    }

    /// By the route that was wanted.
    private var seen: [String: Seen] = [:]
    private var joinBytes = 0
    private static let routeLimit = 10_000

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let join = exchange.join else { return }
        joinBytes += Int(clamping: exchange.byteCount)
        guard join.isNavigation, exchange.answer == .error(reason: "unauthorized") else { return }
        let route = RequestPath.path(of: join.url)
        guard seen[route] != nil || seen.count < Self.routeLimit else { return }
        var sum = seen[route] ?? Seen()
        sum.session = exchange.session
        sum.topic = exchange.topic
        sum.count += 1
        sum.bytes += Int(clamping: exchange.byteCount)
        sum.time &+= exchange.latency ?? 0
        sum.messages.keep(exchange.request)
        seen[route] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.count >= thresholds.joins }.sorted { $0.key < $1.key }.map { route, sum in
            var place = context.place(nil, facts: sum.messages.first)
            place.session = sum.session
            place.route = route
            place.topic = sum.topic
            return Finding(
                Self.facts, place: place,
                evidence: Finding.Evidence(
                    "\(sum.count) join\(sum.count == 1 ? "" : "s") by live navigation refused as unauthorized, "
                        + "\(sum.time.asDuration) for nothing",
                    bytes: sum.bytes, count: sum.count, messages: sum.messages),
                savedBytes: sum.bytes, ofBytes: joinBytes)
        }
    }
}
