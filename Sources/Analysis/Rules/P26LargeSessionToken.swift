package import Sessions

/// P26: the signed session of a view is large, and travels with its page and each of its joins.
package struct LargeSessionToken: Rule {
    package static let facts = RuleFacts(
        id: "P26", name: "large-session-token", title: "A session token that carries data", severity: .warning,
        advice: """
            What is put into a view's session is signed into the page and sent back with each join. Put ids there, and \
            load the rest in mount.
            """,
        before: "live_render(conn, CartLive, session: %{\"cart\" => cart})",
        after: "live_render(conn, CartLive, session: %{\"cart_id\" => cart.id})",
        source: "guide security-model; phoenix_live_view #1488, #201")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of the token: more than this. Default: 2 kB.
        package var bytes = 2_000
        /// Bytes of the token of an empty session: what stays. Default: 350.
        package var emptyBytes = 350

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var session: SessionID
        var topic: String
    }

    private struct Seen {
        var view: ViewID?
        var route = ""
        var joins = 0
        var largest = 0
        var bytes = 0
        var saved = 0
        var ofBytes = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let join = exchange.join,
            join.sessionByteCount > thresholds.bytes, let session = exchange.session
        else { return }
        let key = Key(session: session, topic: exchange.topic)
        var sum = seen[key] ?? Seen()
        sum.view = sum.view ?? exchange.view
        if sum.route.isEmpty { sum.route = exchange.route }
        sum.joins += 1
        sum.largest = max(sum.largest, join.sessionByteCount)
        sum.bytes += join.sessionByteCount
        sum.saved += join.sessionByteCount - thresholds.emptyBytes
        sum.ofBytes += Int(clamping: exchange.request.byteCount)
        if let carrier = carrierBytes(of: join, exchange, context) {
            sum.bytes += join.sessionByteCount
            sum.saved += join.sessionByteCount - thresholds.emptyBytes
            sum.ofBytes += carrier
        }
        sum.messages.keep(exchange.request)
        seen[key] = sum
    }

    /// What brought the token, if that is recorded: of a nested view the parent's tree, as far as it is the token, else
    /// the page.
    private func carrierBytes(of join: JoinRequest, _ exchange: Exchange, _ context: RuleContext) -> Int? {
        if exchange.view.flatMap({ context.views[$0] })?.parent != nil { return join.sessionByteCount }
        guard let page = join.page, page.views.contains(where: { "lv:" + $0.id == exchange.topic }) else { return nil }
        return page.html.count
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.session, $0.key.topic) < ($1.key.session, $1.key.topic) }.map { key, sum in
            var place = context.place(sum.view.flatMap { context.views[$0] }, facts: sum.messages.first)
            place.session = key.session
            place.topic = key.topic
            if place.route.isEmpty { place.route = sum.route }
            return Finding(
                Self.facts, place: place,
                evidence: Finding.Evidence(
                    "a token of \(sum.largest) bytes, sent with \(sum.joins) join\(sum.joins == 1 ? "" : "s")",
                    bytes: sum.bytes, count: sum.joins, messages: sum.messages),
                savedBytes: sum.saved, ofBytes: sum.ofBytes)
        }
    }
}
