internal import LiveViewWire
internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// Phoenix Channels with LiveView on them: one socket's topics, views, and what is unanswered.
final class PhoenixDialect: Dialect {
    /// One topic, joined or being joined. A class: it is large, and looked up with each message.
    final class Channel {
        var joinRef: String
        var session: SessionID?
        /// nil for channels of the application's own, and before the join's reply.
        var view: View?
        var state = TreeState()
        /// When the tree was used last.
        var lastUse: UInt64 = 0
        /// The newest request that can cause pushes, answered or not.
        var currentRef: String?
        /// The same when it was answered.
        var current: Exchange?
        /// What pushes that nobody asked for looked like.
        var unasked: Set<UInt64> = []
        var waiting = 0

        init(joinRef: String) { self.joinRef = joinRef }
    }

    struct Pending {
        var exchange: Exchange
        /// Of a join: its join_ref.
        var joinRef: String?
    }

    let info: SocketInfo
    let connection: UInt64
    var channels: [String: Channel] = [:]
    var pending: [String: Pending] = [:]
    var session: SessionID?
    /// The newest root view of the socket: nested ones are taken for its own.
    var mainView: ViewID?

    /// How many looks of unasked pushes are remembered of a view.
    static let unaskedLimit = 64

    init(_ info: SocketInfo) {
        self.info = info
        connection = info.connection
    }

    /// Whether the socket speaks Channels: by its URL, else by its first message.
    static func recognises(_ facts: SocketFacts, _ message: SocketMessage) -> Bool {
        if RequestPath.path(of: facts.target).hasSuffix("/websocket"),
            RequestPath.parameter("vsn", of: facts.target) != nil
        {
            return true
        }
        guard message.opcode == .text else { return false }
        let bytes = message.payload
        var tape = JSONTape()
        guard (try? tape.read(bytes.span)) != nil, let head = PhoenixHead(tape, bytes.span) else { return false }
        return head.event.hasPrefix("phx_") || head.topic.hasPrefix("lv:") || head.topic == ChannelEvent.heartbeatTopic
    }

    func receive(_ message: SocketMessage, _ registry: inout SessionRegistry) {
        let facts = MessageFacts(message)
        let payload = message.payload
        guard message.opcode == .text else {
            receiveBinary(message, facts, &registry)
            return
        }
        do throws(JSONError) {
            switch message.completeness {
            case .whole: break
            case .cut, .endedEarly, .undecodable:
                throw JSONError(offset: payload.count, expected: "a whole message", actual: "its beginning")
            }
            try registry.walk.tape.read(payload.span, limits: registry.settings.tapeLimits)
        } catch {
            skip(facts, "skipped: \(error)", payload, &registry)
            lostMessage(from: message.sender, message.stamp, &registry)
            return
        }
        guard let head = PhoenixHead(registry.walk.tape, payload.span) else {
            skip(facts, "skipped: byte 0: expected a Channels message, found other JSON", payload, &registry)
            return
        }
        switch message.sender {
        case .client: receiveRequest(head, facts, payload, &registry)
        case .server: receiveAnswer(head, facts, payload, &registry)
        }
    }

    private func skip(_ facts: MessageFacts, _ text: String, _ payload: [UInt8], _ registry: inout SessionRegistry) {
        step(facts, .text, nil, payload, &registry)
        registry.note(facts.stamp, info.facts.target, text, byteCount: facts.byteCount)
    }

    /// A server's message that could not be read may have been a diff.
    private func lostMessage(from sender: Peer, _ stamp: RecordStamp, _ registry: inout SessionRegistry) {
        if sender == .server { lostMessages(stamp, &registry) }
    }

    private func receiveBinary(_ message: SocketMessage, _ facts: MessageFacts, _ registry: inout SessionRegistry) {
        let payload = message.payload
        guard message.completeness == .whole, message.sender == .client,
            let decoded = try? ChannelMessage(binary: payload.span, from: .client)
        else {
            step(facts, .binary, nil, payload, &registry)
            return
        }
        step(facts, decoded.head.event == "chunk" ? .upload : .binary, nil, payload, &registry)
        let kind: Exchange.Kind =
            decoded.head.event == "chunk"
            ? .uploadChunk(byteCount: decoded.payload.count) : .other(event: decoded.head.event)
        begin(kind, decoded.head.ref, decoded.head.topic, joinRef: nil, facts, &registry)
    }

    func step(
        _ facts: MessageFacts, _ kind: MessageKind, _ topic: String?, _ payload: [UInt8],
        _ registry: inout SessionRegistry
    ) {
        registry.steps.append(
            .message(
                MessageStep(
                    facts: facts, kind: kind, session: session, view: topic.flatMap { channels[$0]?.view?.id },
                    payload: payload)))
    }

    // MARK: - Losses and ends

    func lostMessages(_ stamp: RecordStamp, _ registry: inout SessionRegistry) {
        for channel in channels.values { dropTree(of: channel, &registry) }
    }

    func end(_ stamp: RecordStamp, isSocketClosed: Bool, _ registry: inout SessionRegistry) {
        for topic in channels.keys.sorted() {
            endView(topic, isSocketClosed ? .socketClosed : .recordingEnded, stamp, &registry)
        }
        for ref in pending.keys.sorted() {
            guard let waiting = pending[ref] else { continue }
            waiting.exchange.ending = .cutOff
            registry.steps.append(.exchange(waiting.exchange))
        }
        pending = [:]
        channels = [:]
    }

    /// The view of a topic is over; its tree goes.
    func endView(_ topic: String, _ ending: ViewEnding, _ stamp: RecordStamp, _ registry: inout SessionRegistry) {
        guard let channel = channels[topic] else { return }
        if let current = channel.current { registry.steps.append(.exchange(current)) }
        channel.current = nil
        channel.currentRef = nil
        dropTree(of: channel, &registry)
        guard var view = channel.view else { return }
        channel.view = nil
        view.ended = stamp
        registry.steps.append(.viewEnded(view, ending))
    }

    private func dropTree(of channel: Channel, _ registry: inout SessionRegistry) {
        registry.treeSlots -= channel.state.slotCount
        channel.state = TreeState()
    }

    func dropIdleTree(_ registry: inout SessionRegistry) -> Bool {
        let idle = channels.values.filter { $0.state.tree != nil }.min { $0.lastUse < $1.lastUse }
        guard let idle else { return false }
        dropTree(of: idle, &registry)
        return true
    }

    var oldestTreeUse: UInt64? {
        channels.values.lazy.filter { $0.state.tree != nil }.map(\.lastUse).min()
    }
}
