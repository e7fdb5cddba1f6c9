package import Sessions

/// P28: the server takes long to answer a join or an event.
package struct SlowHandler: Rule {
    package static let facts = RuleFacts(
        id: "P28", name: "slow-handler", title: "A slow mount or handler", severity: .warning,
        advice: """
            One process does all of a view's work in order: while it is busy, clicks wait and nothing is rendered. \
            Give what takes long to assign_async or start_async, and show that it loads.
            """,
        before: "def mount(_, _, socket), do: {:ok, assign(socket, :report, Reports.build())}",
        after: "assign_async(socket, :report, fn -> {:ok, %{report: Reports.build()}} end)",
        source: "phoenix_live_view #3668, #1986, #2092")

    package struct Thresholds: Hashable, Sendable {
        /// Nanoseconds from a join to its reply: more than this. Default: 2 s.
        package var join: UInt64 = 2_000_000_000
        /// Nanoseconds from an event, or a patch, to its reply: more than this. Default: 500 ms.
        package var event: UInt64 = 500_000_000
        /// Slow ones of an event. Default: 2; one that took as long as a slow join is enough.
        package var events = 2

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var route: String
        /// Empty for a join.
        var event: String
        var isPatch = false
    }

    private struct Seen {
        var view: ViewID?
        var topic = ""
        var count = 0
        var slow = 0
        var slowest: UInt64 = 0
        var waited = 0
        var unanswered = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]
    private static let keyLimit = 10_000

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step else { return }
        switch exchange.kind {
        case .event(let event):
            take(exchange, Key(route: exchange.route, event: event.name), limit: thresholds.event)
        case .patch:
            take(exchange, Key(route: exchange.route, event: "", isPatch: true), limit: thresholds.event)
        case .join(let join):
            let route = join.url.isEmpty ? exchange.topic : RequestPath.path(of: join.url)
            take(exchange, Key(route: route, event: ""), limit: thresholds.join)
        case .leave, .heartbeat, .uploadBegin, .uploadChunk, .uploadProgress, .uploadJoin, .componentsWillDestroy,
            .componentsDestroyed, .other:
            break
        }
    }

    private mutating func take(_ exchange: Exchange, _ key: Key, limit: UInt64) {
        guard seen[key] != nil || seen.count < Self.keyLimit else { return }
        var sum = seen.removeValue(forKey: key) ?? Seen()
        defer { seen[key] = sum }
        sum.count += 1
        if let latency = exchange.latency {
            guard latency > limit else { return }
            sum.slow += 1
            sum.slowest = max(sum.slowest, latency)
            if exchange.waitingBefore > 0 { sum.waited += 1 }
        } else {
            // The client gives a join up by leaving.
            guard exchange.join != nil, exchange.ending == .left else { return }
            sum.unanswered += 1
        }
        sum.view = sum.view ?? exchange.view
        sum.topic = exchange.topic
        sum.messages.keep(exchange.request)
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        let found = seen.filter { key, sum in
            if key.event.isEmpty, !key.isPatch { return sum.slow > 0 || sum.unanswered > 0 }
            return sum.slow >= thresholds.events || sum.slowest > thresholds.join
        }
        return found.sorted { ($0.key.route, $0.key.event) < ($1.key.route, $1.key.event) }.map { key, sum in
            var place = context.place(
                sum.view.flatMap { context.views[$0] }, event: key.event.isEmpty ? nil : key.event,
                facts: sum.messages.first)
            place.route = key.route
            place.topic = sum.topic
            let what = key.isPatch ? "patches" : key.event.isEmpty ? "joins" : "events"
            var text = "\(sum.slow) of \(sum.count) \(what) took long, the longest \(sum.slowest.asDuration)"
            if sum.unanswered > 0 {
                text = "\(sum.unanswered) of \(sum.count) \(what) were given up, \(sum.slow) took long"
            }
            if sum.waited > 0 { text += "; \(sum.waited) waited behind others" }
            return Finding(
                Self.facts, severity: sum.unanswered > 0 ? .error : nil, place: place,
                evidence: Finding.Evidence(
                    text, count: sum.slow + sum.unanswered,
                    ratio: Double(sum.slow + sum.unanswered) / Double(sum.count), messages: sum.messages))
        }
    }
}
