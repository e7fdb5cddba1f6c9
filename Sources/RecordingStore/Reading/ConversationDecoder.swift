package import RecordingFormat

/// Decodes the records of a run: frames to messages, heads and bodies to exchanges.
///
/// Feed it all records in order; where some are left out, the checkpoint behind them. Memory is bounded by ``ConversationLimits``, and what a connection needs goes when it
/// closes.
package struct ConversationDecoder {
    let limits: ConversationLimits
    var connections: [UInt64: ConnectionDecoder] = [:]

    package init(limits: ConversationLimits = ConversationLimits()) { self.limits = limits }

    /// - Parameter events: what the record tells, appended in order.
    package mutating func receive(_ record: JournalRecord, into events: inout [ConversationEvent]) {
        let limits = limits
        switch record {
        case .gap(let gap):
            // A gap of the run (connection 0) says nothing about a single one: there the sequence numbers tell.
            lostRecords(of: gap.stamp.connection, gap.stamp, into: &events)
            connections[gap.stamp.connection]?.last = gap.stamp
            events.append(.gap(gap))
        case .note(let note):
            if !record.isAddition { connections[note.stamp.connection]?.last = note.stamp }
            events.append(.note(note))
        case .checkpoint(let checkpoint): goOn(from: checkpoint, into: &events)
        case .frame(let frame, let payload):
            withConnection(frame.stamp, &events) { $0.receive(frame, payload, limits, &$1) }
        case .http(let http, let bytes):
            withConnection(http.stamp, &events) { $0.receive(http, bytes, limits, &$1) }
        case .socket(let socket):
            if socket.kind == .connectionClosed {
                var connection = connections.removeValue(forKey: socket.stamp.connection)
                connection?.end(socket.stamp, limits, &events)
                events.append(.connection(socket))
            } else {
                withConnection(socket.stamp, &events) { $0.receive(socket, limits, &$1) }
            }
        }
    }

    /// Takes a record as ``receive(_:into:)`` does, for whoever does not want to know what it tells, but where it leads to.
    mutating func follow(_ record: JournalRecord, _ events: inout [ConversationEvent]) {
        // By its index: a connection's decoder is large, and moved to be changed through an optional.
        if case .frame(let frame, let payload) = record,
            let index = connections.index(forKey: frame.stamp.connection),
            connections.values[index].pass(frame, payloadByteCount: payload.count)
        {
            return
        }
        receive(record, into: &events)
        events.removeAll(keepingCapacity: true)
    }

    /// Records of the connection are missing at this place of the run.
    package mutating func lostRecords(
        of connection: UInt64, _ stamp: RecordStamp, into events: inout [ConversationEvent]
    ) {
        connections[connection]?.lostRecords(
            RecordStamp(
                connection: connection, sequence: stamp.sequence, wallNanoseconds: stamp.wallNanoseconds,
                monotonicNanoseconds: stamp.monotonicNanoseconds), into: &events)
    }

    /// The run is over, or is not read any further: what is unfinished comes out as it is.
    package mutating func end(into events: inout [ConversationEvent]) {
        for number in openConnections { end(number, into: &events) }
    }

    /// No more of the connection is read.
    /// - Returns: the newest of its records; nil if nothing of it was unfinished.
    @discardableResult
    mutating func end(_ number: UInt64, into events: inout [ConversationEvent]) -> RecordStamp? {
        guard var connection = connections.removeValue(forKey: number) else { return nil }
        connection.end(connection.last, limits, &events)
        return connection.last
    }

    private mutating func withConnection(
        _ stamp: RecordStamp, _ events: inout [ConversationEvent],
        _ body: (inout ConnectionDecoder, inout [ConversationEvent]) -> Void
    ) {
        // One look-up: a connection's decoder is large, and moved to be changed in any other way.
        func change(_ connection: inout ConnectionDecoder) {
            body(&connection, &events)
            connection.last = stamp
        }
        change(&connections[stamp.connection, default: ConnectionDecoder(last: stamp)])
        guard connections.count > limits.connections, let oldest = connections.keys.min(),
            var connection = connections.removeValue(forKey: oldest)
        else { return }
        connection.end(connection.last, limits, &events)
    }
}
