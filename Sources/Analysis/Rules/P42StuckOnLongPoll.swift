internal import RecordingStore
package import Sessions
internal import WebSocketWire

/// P42: a client that polls, though it could have a WebSocket.
package struct StuckOnLongPoll: Rule {
    package static let facts = RuleFacts(
        id: "P42", name: "stuck-on-long-poll", title: "Stuck on long poll", severity: .warning,
        advice: """
            After one slow start the client remembers for the tab that WebSockets do not work, and polls from then on. \
            Give it more time before it falls back, and forget what it remembered.
            """,
        before: "new LiveSocket(\"/live\", Socket, {longPollFallbackMs: 500})",
        after: "new LiveSocket(\"/live\", Socket, {longPollFallbackMs: 5000})",
        source: "phoenix #6075")

    package struct Thresholds: Hashable, Sendable {
        /// Polls of one socket's path. Default: 5.
        package var polls = 5

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var polls = 0
        var headBytes = 0
        var bytes = 0
        var connection: UInt64
    }

    /// By the socket's path, without `/longpoll`.
    private var seen: [String: Seen] = [:]
    private var sockets: [String: Int] = [:]
    private static let pathLimit = 100

    package init() {}

    package static let observes: StepKinds = [.http, .socketOpened]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .http(let exchange): take(exchange)
        case .socketOpened(let info):
            let path = RequestPath.path(of: info.facts.target)
            guard path.hasSuffix("/websocket"), sockets.count < Self.pathLimit else { return }
            sockets[String(path.dropLast(10)), default: 0] += 1
        default: break
        }
    }

    private mutating func take(_ exchange: HTTPExchange) {
        guard let request = exchange.request, let response = exchange.response else { return }
        let path = RequestPath.path(of: request.target)
        guard path.hasSuffix("/longpoll"), (200...299).contains(response.status) else { return }
        let base = String(path.dropLast(9))
        guard seen[base] != nil || seen.count < Self.pathLimit else { return }
        var sum = seen[base] ?? Seen(connection: exchange.connection)
        sum.polls += 1
        let heads = request.bytes.count + response.bytes.count
        sum.headBytes += heads
        sum.bytes +=
            heads + Int(clamping: exchange.requestBody.wireSize) + Int(clamping: exchange.responseBody.wireSize)
        seen[base] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.polls >= thresholds.polls }.sorted { $0.key < $1.key }.map { base, sum in
            var place = context.place(nil)
            place.route = base + "/longpoll"
            place.connection = sum.connection
            let others = sockets[base] ?? 0
            return Finding(
                // The server may have no WebSockets, or something between the two lets none through.
                Self.facts, severity: others > 0 ? nil : .info, place: place,
                evidence: Finding.Evidence(
                    "\(sum.polls) polls, \(sum.headBytes / max(1, sum.polls)) bytes of heads each; "
                        + (others > 0 ? "\(others) WebSockets were opened there" : "no WebSocket was opened there"),
                    bytes: sum.bytes, count: sum.polls),
                savedBytes: sum.headBytes, ofBytes: sum.bytes)
        }
    }
}
