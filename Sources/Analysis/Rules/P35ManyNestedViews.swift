package import Sessions

/// P35: a page with many nested live views, each a channel, a process and a token.
package struct ManyNestedViews: Rule {
    package static let facts = RuleFacts(
        id: "P35", name: "many-nested-views", title: "Many nested live views", severity: .warning,
        advice: """
            Each nested view has a process, a mount, a signed token and a join of its own, and a socket has at most 100 \
            channels. Live components keep state too, and need none of that.
            """,
        before: "<%= for room <- @rooms do %>{live_render(@socket, RoomLive, id: room.id)}<% end %>",
        after: "<.live_component :for={room <- @rooms} module={RoomComponent} id={room.id} />",
        source: "guide welcome \"live_render/3 to encapsulate state\"; phoenix_live_view #117")

    package struct Thresholds: Hashable, Sendable {
        /// Joins of nested views: more than this. Default: 5.
        package var joins = 5
        /// The time in which they are, in nanoseconds. Default: 1 s.
        package var window: UInt64 = 1_000_000_000

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        /// The last joins, and their topics.
        var recent: [(time: UInt64, topic: String)] = []
        var most = 0
        var joins = 0
        var overhead = 0
        var bytes = 0
        var view: ViewID?
        var messages: [MessageFacts] = []
    }

    private var seen: [SessionID: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let join = exchange.join, join.url.isEmpty, !join.isSticky,
            let session = exchange.session
        else { return }
        var sum = seen.removeValue(forKey: session) ?? Seen()
        let time = exchange.request.time
        sum.recent.removeAll { time &- min($0.time, time) > thresholds.window || $0.topic == exchange.topic }
        sum.recent.append((time, exchange.topic))
        if sum.recent.count > sum.most {
            sum.most = sum.recent.count
            sum.view = exchange.view.flatMap { context.views[$0]?.parent } ?? sum.view
        }
        sum.joins += 1
        let all = Int(clamping: exchange.request.byteCount + (exchange.reply?.byteCount ?? 0))
        sum.bytes += all
        // A component's content would come with its parent's tree.
        sum.overhead += max(0, all - exchange.bytes.total)
        sum.messages.keep(exchange.request)
        seen[session] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.most > thresholds.joins }.sorted { $0.key < $1.key }.map { session, sum in
            var place = context.place(sum.view.flatMap { context.views[$0] }, facts: sum.messages.first)
            place.session = session
            return Finding(
                Self.facts, place: place,
                evidence: Finding.Evidence(
                    "\(sum.most) nested views joined within a second", bytes: sum.bytes, count: sum.most,
                    messages: sum.messages),
                savedBytes: sum.overhead, ofBytes: sum.bytes)
        }
    }
}
