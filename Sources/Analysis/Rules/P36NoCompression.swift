internal import RecordingFormat
internal import RecordingStore
package import Sessions
internal import WebSocketWire

/// P36: a socket without compression, whose messages would become much smaller.
///
/// The ratio is measured: messages are deflated as a server would do it, with the context kept. In recordings whose
/// texts were redacted it is too good: what takes their place repeats itself.
package struct NoCompression: Rule {
    package static let facts = RuleFacts(
        id: "P36", name: "no-compression", title: "No compression", severity: .info,
        advice: """
            Diffs and trees repeat themselves, and deflate well. Turn compression on for the socket, if the server has \
            about 300 kB of memory to spare for each connection.
            """,
        before: "socket \"/live\", Phoenix.LiveView.Socket",
        after: "socket \"/live\", Phoenix.LiveView.Socket, websocket: [compress: true]",
        source: "hexpm #1742, vutuv #1952, phoenix #5015")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of a socket's texts from the server: more than this. Default: 200 kB.
        package var bytes = 200_000
        /// What they deflate to: less than this share. Default: 0.3.
        package var ratio = 0.3
        /// Bytes that are deflated to measure it, of one socket, and of all. Default: 2 MB, then an eighth of what comes,
        /// and 8 MB; the others are taken to be like those.
        package var socketSample = 2_000_000
        package var sample = 8_000_000
        /// Sockets that are measured at the same time; 256 KiB of memory each. Default: 16.
        package var sockets = 16

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Socket {
        var route: String
        var texts = 0
        /// While it is measured.
        var deflater: Deflater?
        var sampled = 0
        var deflated = 0
        var first: MessageFacts?
        var session: SessionID?
    }

    private struct Route {
        var sockets = 0
        var bytes = 0
        var sampled = 0
        var deflated = 0
        var session: SessionID?
        var messages: [MessageFacts] = []
    }

    private var sockets: [UInt64: Socket] = [:]
    private var routes: [String: Route] = [:]
    private var sampled = 0
    private var measuredSockets = 0
    private var room: [UInt8] = []
    private static let routeLimit = 1_000

    package init() {}

    package static let observes: StepKinds = [.socketOpened, .socketClosed, .message]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .message(let message):
            guard message.facts.sender == .server, let socket = sockets.index(forKey: message.facts.connection) else {
                return
            }
            take(message, socket)
        case .socketOpened(let info):
            guard !info.isCompressed, info.facts.isOpeningRecorded, info.facts.isRecorded else { return }
            var socket = Socket(route: RequestPath.path(of: info.facts.target))
            if measuredSockets < thresholds.sockets, sampled < thresholds.sample {
                socket.deflater = Deflater()
                measuredSockets += 1
            }
            sockets[info.connection] = socket
        case .socketClosed(let closing):
            guard let socket = sockets.removeValue(forKey: closing.stamp.connection) else { return }
            if socket.deflater != nil { measuredSockets -= 1 }
            Self.add(socket, &routes, thresholds)
        default: break
        }
    }

    private mutating func take(_ message: MessageStep, _ index: Dictionary<UInt64, Socket>.Index) {
        switch message.kind {
        case .control, .binary: return
        default: break
        }
        sockets.values[index].texts += message.payload.count
        if sockets.values[index].first == nil { sockets.values[index].first = message.facts }
        if sockets.values[index].session == nil { sockets.values[index].session = message.session }
        guard sockets.values[index].deflater != nil else { return }
        guard sampled < thresholds.sample else {
            sockets.values[index].deflater = nil
            measuredSockets -= 1
            return
        }
        let limit = max(thresholds.socketSample, sockets.values[index].texts / 8)
        guard sockets.values[index].sampled < limit else { return }
        room.removeAll(keepingCapacity: true)
        let payload = message.payload
        let isDone = sockets.values[index].deflater?.append(message: payload.span, to: &room) ?? false
        guard isDone else { return }
        sampled += payload.count
        sockets.values[index].sampled += payload.count
        sockets.values[index].deflated += room.count
    }

    private static func add(_ socket: Socket, _ routes: inout [String: Route], _ thresholds: Thresholds) {
        guard socket.texts > thresholds.bytes, routes[socket.route] != nil || routes.count < routeLimit else { return }
        var sum = routes[socket.route] ?? Route()
        sum.sockets += 1
        sum.bytes += socket.texts
        sum.sampled += socket.sampled
        sum.deflated += socket.deflated
        sum.session = sum.session ?? socket.session
        if let first = socket.first { sum.messages.keep(first) }
        routes[socket.route] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        var routes = routes
        for (_, socket) in sockets.sorted(by: { $0.key < $1.key }) { Self.add(socket, &routes, thresholds) }
        return routes.sorted { $0.key < $1.key }.compactMap { route, sum in
            let ratio = Double(sum.deflated) / Double(max(1, sum.sampled))
            guard sum.sampled > 0, ratio < thresholds.ratio else { return nil }
            var place = context.place(nil, facts: sum.messages.first)
            place.session = sum.session
            place.route = route
            return Finding(
                Self.facts, place: place,
                evidence: Finding.Evidence(
                    "\(sum.bytes) bytes from the server on \(sum.sockets) socket\(sum.sockets == 1 ? "" : "s") would "
                        + "deflate to about \(Int(Double(sum.bytes) * ratio))",
                    bytes: sum.bytes, count: sum.sockets, ratio: ratio, messages: sum.messages),
                savedBytes: Int(Double(sum.bytes) * (1 - ratio)), ofBytes: sum.bytes)
        }
    }
}
