internal import LiveViewWire
internal import RecordingFormat
package import RecordingStore
internal import WebSocketWire

/// Follows a recording: from what ``ConversationReader`` tells to sessions, views, diffs and exchanges.
///
/// Memory is bounded by ``SessionSettings``. No text is kept after its step.
package struct SessionTracker {
    private final class Socket {
        var info: SocketInfo
        var dialect: (any Dialect)?
        init(_ info: SocketInfo) { self.info = info }
    }

    private var registry: SessionRegistry
    private var sockets: [UInt64: Socket] = [:]
    private var last = RecordStamp(connection: 0, sequence: 0, wallNanoseconds: 0, monotonicNanoseconds: 0)

    package init(settings: SessionSettings = SessionSettings()) { registry = SessionRegistry(settings: settings) }

    /// Names for the numbers in the steps.
    package var paths: PathTable { registry.paths }

    package var sessions: [SessionID: Session] { registry.sessions }

    /// Takes what happened next, and gives the steps that come of it, which are to be used before the next call.
    package mutating func receive(_ event: ConversationEvent, _ use: (SessionStep) -> Void) {
        receive(event)
        for step in registry.steps { use(step) }
        registry.steps.removeAll(keepingCapacity: true)
    }

    /// The same, with the steps put behind those in the array: fastest, if that is empty.
    package mutating func receive(_ event: ConversationEvent, into steps: inout [SessionStep]) {
        receive(event)
        if steps.isEmpty {
            swap(&steps, &registry.steps)
        } else {
            steps += registry.steps
            registry.steps.removeAll(keepingCapacity: true)
        }
    }

    /// Nothing more comes.
    package mutating func end(_ use: (SessionStep) -> Void) {
        for connection in sockets.keys.sorted() {
            sockets[connection]?.dialect?.end(last, isSocketClosed: false, &registry)
        }
        sockets = [:]
        for step in registry.steps { use(step) }
        registry.steps.removeAll(keepingCapacity: true)
    }

    /// Bytes of the recording that could not be read. Whose records they were shows as ``missing(_:_:)``.
    package mutating func skipped(_ bytes: SkippedBytes, _ use: (SessionStep) -> Void) {
        use(
            .note(
                SessionNote(
                    stamp: last, connection: 0, place: bytes.path, text: "\(bytes)", byteCount: bytes.byteCount)))
    }

    /// A page that a tracker of other connections has seen: its view may join here.
    package mutating func keep(_ page: DeadPage) { registry.keep(page) }

    package mutating func missing(_ records: MissingRecords, _ use: (SessionStep) -> Void) {
        use(
            .note(
                SessionNote(
                    stamp: records.stamp, connection: records.connection, place: records.path, text: "\(records)",
                    byteCount: 0)))
        lostMessages(of: records.connection)
    }

    private mutating func lostMessages(of connection: UInt64) {
        sockets[connection]?.dialect?.lostMessages(last, &registry)
    }

    private mutating func receive(_ event: ConversationEvent) {
        switch event {
        case .socketOpened(let facts):
            let info = SocketInfo(facts: facts)
            sockets[facts.connection] = Socket(info)
            registry.steps.append(.socketOpened(info))
        case .message(let message): receive(message)
        case .socketClosed(let closing):
            last = closing.stamp
            if let socket = sockets.removeValue(forKey: closing.stamp.connection) {
                socket.dialect?.end(closing.stamp, isSocketClosed: true, &registry)
            }
            registry.steps.append(.socketClosed(closing))
        case .exchange(let exchange): registry.receive(exchange)
        case .gap(let gap):
            registry.note(gap.stamp, "", "a gap in the recording")
            // Of a gap of the whole run, the connections' own numbers tell whom it concerns.
            lostMessages(of: gap.stamp.connection)
        case .violation, .raw, .connection, .note: break
        }
    }

    private mutating func receive(_ message: SocketMessage) {
        last = message.stamp
        guard case .message = message.content else {
            registry.steps.append(
                .message(
                    MessageStep(
                        facts: MessageFacts(message), kind: .control, session: nil, view: nil, payload: [])))
            return
        }
        let socket = self.socket(of: message)
        if let dialect = socket.dialect {
            dialect.receive(message, &registry)
        } else {
            let isPhoenix = PhoenixDialect.recognises(socket.info.facts, message)
            socket.info.kind = isPhoenix ? .phoenix : .general
            let dialect: any Dialect = isPhoenix ? PhoenixDialect(socket.info) : GeneralDialect(socket.info)
            socket.dialect = dialect
            dialect.receive(message, &registry)
        }
        if registry.treeSlots > registry.settings.treeSlotLimit { dropIdleTree() }
    }

    private mutating func socket(of message: SocketMessage) -> Socket {
        if let socket = sockets[message.connection] { return socket }
        var facts = SocketFacts(stamp: message.stamp, target: message.target)
        facts.isOpeningRecorded = false
        let socket = Socket(SocketInfo(facts: facts))
        sockets[message.connection] = socket
        return socket
    }

    private mutating func dropIdleTree() {
        let uses = sockets.values.compactMap { socket in
            socket.dialect.flatMap { dialect in dialect.oldestTreeUse.map { (dialect, $0) } }
        }
        guard let (dialect, _) = uses.min(by: { $0.1 < $1.1 }), dialect.dropIdleTree(&registry) else {
            registry.treeSlots = 0
            return
        }
        registry.note(last, "", "a view's tree was dropped: more than \(registry.settings.treeSlotLimit) slots in all")
    }
}
