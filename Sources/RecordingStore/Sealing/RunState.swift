package import RecordingFormat
internal import WebSocketWire

/// What is known of a run's connections at one place of it: what has to be known to take the masks off, and to make
/// checkpoints, from there on. It goes from each file of the run to the next.
package struct RunState: Sendable {
    private var decoder: ConversationDecoder
    private var nextSequence: [UInt64: UInt64] = [:]
    private var unmasker: FrameUnmasker
    private var events: [ConversationEvent] = []
    private let connectionLimit: Int

    package init(connectionLimit: Int = SealingSettings().connectionLimit) {
        var limits = ConversationLimits()
        // Only what is open counts here, not what messages and bodies hold.
        limits.messages.messageBytes = 0
        limits.messages.checksText = false
        limits.bodyBytes = 0
        limits.connections = connectionLimit
        decoder = ConversationDecoder(limits: limits)
        unmasker = FrameUnmasker(limit: connectionLimit)
        self.connectionLimit = connectionLimit
    }

    /// Takes the run's next record.
    /// - Returns: the record with the mask of its payload off; and the sequence number that its connection's next record
    ///   should have had, if that is another.
    package mutating func receive(_ record: consuming JournalRecord) -> (record: JournalRecord, expected: UInt64?) {
        let stamp = record.stamp
        if record.isAddition { return (record, nil) }
        let expected = follow(record)
        if expected != nil {
            unmasker.forget(stamp.connection)
            decoder.lostRecords(of: stamp.connection, stamp, into: &events)
        }
        switch consume record {
        case .frame(var frame, var payload):
            unmasker.unmask(&frame, &payload)
            record = .frame(frame, payload: payload)
        case .socket(let socket):
            if socket.kind == .socketClosed || socket.kind == .connectionClosed { unmasker.forget(stamp.connection) }
            record = .socket(socket)
        case let other: record = other
        }
        decoder.follow(record, &events)
        return (record, expected)
    }

    /// Compares the record's sequence number with the one that is expected, as a reader of the run does.
    private mutating func follow(_ record: borrowing JournalRecord) -> UInt64? {
        let stamp = record.stamp
        let expected = nextSequence[stamp.connection] ?? 0
        if record.endsConnection {
            nextSequence[stamp.connection] = nil
        } else {
            nextSequence[stamp.connection] = stamp.sequence &+ 1
            if nextSequence.count > connectionLimit, let oldest = nextSequence.keys.min() { nextSequence[oldest] = nil }
        }
        return stamp.sequence == expected ? nil : expected
    }

    /// The number that the connection's next record should have.
    package func nextSequence(of connection: UInt64) -> UInt64 { nextSequence[connection] ?? 0 }

    /// Connections with a socket, or with anything else that is not finished, rising.
    package var openConnections: [UInt64] { decoder.openConnections }

    /// - Returns: nil if the connection has no open socket, or is within a message of it.
    package func checkpoint(of connection: UInt64) -> CheckpointRecord? { decoder.checkpoint(of: connection) }
}

extension JournalRecord {
    var endsConnection: Bool {
        if case .socket(let socket) = self { socket.kind == .connectionClosed } else { false }
    }
}
