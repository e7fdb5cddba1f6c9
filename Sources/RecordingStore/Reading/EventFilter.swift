internal import RecordingFormat

/// Leaves out the events that came of records outside of a selection.
struct EventFilter {
    private let selection: RecordingSelection
    /// Open sockets whose opening was left out.
    private var unannounced: [UInt64: SocketFacts] = [:]

    init(_ selection: RecordingSelection) { self.selection = selection }

    /// - Parameters:
    ///   - events: what came of one record.
    ///   - stamp: the record's.
    /// - Returns: whether the record is within the selection.
    @discardableResult
    mutating func choose(from events: inout [ConversationEvent], of stamp: RecordStamp) -> Bool {
        let isWanted =
            selection.contains(connection: stamp.connection) && selection.contains(time: stamp.wallNanoseconds)
        if selection.since == nil {
            if !isWanted { events.removeAll() }
            return isWanted
        }
        var chosen: [ConversationEvent] = []
        for event in events {
            if isWanted, let number = event.socketConnection, let facts = unannounced.removeValue(forKey: number) {
                chosen.append(.socketOpened(facts))
            }
            note(event, isWanted: isWanted)
            if isWanted { chosen.append(event) }
        }
        events = chosen
        return isWanted
    }

    private mutating func note(_ event: ConversationEvent, isWanted: Bool) {
        switch event {
        case .socketOpened(let facts): unannounced[facts.connection] = isWanted ? nil : facts
        case .socketClosed(let closing): unannounced[closing.stamp.connection] = nil
        case .connection(let record):
            if record.kind == .connectionClosed { unannounced[record.stamp.connection] = nil }
        case .message, .violation, .exchange, .raw, .gap, .note: break
        }
    }
}

extension ConversationEvent {
    /// The connection, if the event is one of an open socket.
    fileprivate var socketConnection: UInt64? {
        switch self {
        case .message(let message): message.connection
        case .violation(let violation): violation.stamp.connection
        case .socketClosed(let closing): closing.stamp.connection
        case .socketOpened, .exchange, .raw, .connection, .gap, .note: nil
        }
    }
}
