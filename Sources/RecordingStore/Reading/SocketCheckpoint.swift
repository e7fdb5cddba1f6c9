package import RecordingFormat
internal import WebSocketWire

// Where decoding can stop and go on later, by another decoder that knows nothing of what was before.

extension ConversationDecoder {
    /// What a new decoder needs to go on with the connection's socket from here.
    /// - Returns: nil if the connection has no open socket, or is within a frame or a message of it.
    package func checkpoint(of connection: UInt64) -> CheckpointRecord? {
        connections[connection]?.checkpoint
    }

    /// The connections with a socket, or with anything else that is not finished.
    package var openConnections: [UInt64] { connections.keys.sorted() }

    /// Goes on with a socket where records of it are lost or were not read. If that is another socket than the one
    /// before, its opening is told.
    mutating func goOn(from checkpoint: CheckpointRecord, into events: inout [ConversationEvent]) {
        let number = checkpoint.stamp.connection
        lostRecords(of: number, checkpoint.stamp, into: &events)
        let known = connections[number]?.socket?.facts.stamp
        resume(from: checkpoint)
        guard let socket = connections[number]?.socket, socket.facts.stamp != known else { return }
        events.append(.socketOpened(socket.facts))
    }

    /// Goes on with a socket at its checkpoint; what came before it is not given any more.
    package mutating func resume(from checkpoint: CheckpointRecord) {
        connections[checkpoint.stamp.connection] = ConnectionDecoder(resuming: checkpoint, limits)
    }
}

extension ConnectionDecoder {
    var checkpoint: CheckpointRecord? {
        guard var checkpoint = socket?.checkpoint, early == nil else { return nil }
        checkpoint.stamp = last
        checkpoint.stamp.sequence = last.sequence &+ 1
        return checkpoint
    }

    init(resuming checkpoint: CheckpointRecord, _ limits: ConversationLimits) {
        var newest = checkpoint.stamp
        newest.sequence = newest.sequence &- 1
        self.init(last: newest)
        var facts = SocketFacts(
            stamp: checkpoint.opened, target: checkpoint.target, subprotocol: checkpoint.subprotocol,
            extensions: checkpoint.extensions, isRecorded: true, isOpeningRecorded: checkpoint.isOpeningRecorded,
            request: HTTPRequestHead(bytes: checkpoint.request), response: HTTPResponseHead(bytes: checkpoint.response))
        facts.negotiate()
        socket = SocketDecoder(facts, limits, from: checkpoint)
    }
}

extension SocketFacts {
    /// Fills in what the answer's extensions mean.
    mutating func negotiate() {
        do {
            deflate = try PermessageDeflate.negotiated(inResponse: extensions)
        } catch {
            extensionProblem = "\(error)"
        }
    }
}

extension SocketDecoder {
    /// - Returns: nil within a frame or a message, in bytes that came before the 101, or before a violation is told.
    var checkpoint: CheckpointRecord? {
        guard facts.isRecorded, let client = client.checkpoint, let server = server.checkpoint else { return nil }
        var record = CheckpointRecord(stamp: facts.stamp, opened: facts.stamp)
        record.isOpeningRecorded = facts.isOpeningRecorded
        record.target = facts.target
        record.subprotocol = facts.subprotocol
        record.extensions = facts.extensions
        record.request = facts.request?.bytes ?? []
        record.response = facts.response?.bytes ?? []
        record.client = client
        record.server = server
        return record
    }

    init(_ facts: SocketFacts, _ limits: ConversationLimits, from checkpoint: CheckpointRecord) {
        self.facts = facts
        client = Stream(.client, facts.deflate, limits.messages, from: checkpoint.client)
        server = Stream(.server, facts.deflate, limits.messages, from: checkpoint.server)
    }
}

extension SocketDecoder.Stream {
    var checkpoint: CheckpointRecord.Stream? {
        guard let state = assembler.checkpoint, early == nil, violations.isEmpty, next?.part ?? 0 == 0 else {
            return nil
        }
        var stream = CheckpointRecord.Stream()
        stream.nextFrame = next?.number ?? state.nextFrame
        stream.nextMessage = state.nextMessage
        stream.hasClosed = state.hasClosed
        stream.isBehindGap = state.isBehindGap
        stream.isContextLost = state.isContextLost
        stream.window = state.window
        return stream
    }

    init(_ sender: Peer, _ deflate: PermessageDeflate?, _ limits: MessageLimits, from stream: CheckpointRecord.Stream) {
        self.init(sender, deflate, limits)
        var state = MessageAssembler.Checkpoint()
        state.nextFrame = stream.nextFrame
        state.nextMessage = stream.nextMessage
        state.hasClosed = stream.hasClosed
        state.isBehindGap = stream.isBehindGap
        state.isContextLost = stream.isContextLost
        state.window = stream.window
        assembler = MessageAssembler(sender: sender, deflate: deflate, limits: limits, from: state)
        next = stream.isBehindGap ? nil : (stream.nextFrame, 0)
    }
}
