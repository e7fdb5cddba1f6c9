internal import RecordingFormat
internal import WebSocketWire

/// Decodes the frames of one open socket, both ways.
struct SocketDecoder {
    /// One direction: joins parts, and gives each broken rule to the message that broke it.
    struct Stream {
        let sender: Peer
        var assembler: MessageAssembler
        /// Frames among the bytes that the client sent before the 101, as long as one of them is not whole.
        var early: FrameParser?
        /// Frame number and part that come next; nil if anything may.
        var next: (number: UInt64, part: UInt32)? = (0, 0)
        var violations: [ProtocolViolation] = []

        /// A message cannot break so many rules that they fill the memory; beyond this the rest is dropped.
        static let violationLimit = 100

        init(_ sender: Peer, _ deflate: PermessageDeflate?, _ limits: MessageLimits) {
            self.sender = sender
            assembler = MessageAssembler(sender: sender, deflate: deflate, limits: limits)
        }
    }

    let facts: SocketFacts
    var client: Stream
    var server: Stream

    init(_ facts: SocketFacts, _ limits: ConversationLimits) {
        self.facts = facts
        client = Stream(.client, facts.deflate, limits.messages)
        server = Stream(.server, facts.deflate, limits.messages)
        if !facts.isOpeningRecorded {
            client.next = nil
            server.next = nil
            _ = client.assembler.lostBytes()
            _ = server.assembler.lostBytes()
        }
    }

    /// Takes a frame that changes only where its stream is: see ``MessageAssembler/pass(_:)``.
    /// - Returns: false, and nothing is changed, if there is more to it.
    mutating func pass(_ record: FrameRecord, payloadByteCount: Int) -> Bool {
        let piece = FramePiece(record, payloadByteCount: payloadByteCount)
        switch record.direction {
        case .client: return Self.pass(piece, &client)
        case .server: return Self.pass(piece, &server)
        }
    }

    private static func pass(_ piece: FramePiece, _ stream: inout Stream) -> Bool {
        guard let next = stream.next, next == (piece.number, piece.part), stream.violations.isEmpty,
            stream.assembler.pass(piece)
        else { return false }
        stream.next = (piece.number &+ 1, 0)
        return true
    }

    mutating func receive(_ record: FrameRecord, _ payload: [UInt8], into events: inout [ConversationEvent]) {
        let piece = FramePiece(record, payloadByteCount: payload.count)
        switch record.direction {
        case .client: Self.receive(piece, payload, &client, facts, record.stamp, &events)
        case .server: Self.receive(piece, payload, &server, facts, record.stamp, &events)
        }
    }

    /// What the client sent behind its request before the 101, or, once frames have begun in it, the rest of the last.
    /// - Parameter offset: where in the client's stream the first byte stands.
    mutating func receiveEarly(
        _ bytes: [UInt8], offset: UInt64, _ stamp: RecordStamp, into events: inout [ConversationEvent]
    ) {
        var parser = client.early ?? FrameParser(offset: offset)
        var position = 0
        parsing: while true {
            switch parser.next(bytes.span, at: &position) {
            case .needsBytes: break parsing
            case .piece(let piece): Self.receive(piece, bytes, &client, facts, stamp, &events)
            case .unframeable(let head, let offset):
                Self.give(client.assembler.unframeable(head, offset: offset), &client, facts, stamp, &events)
                break parsing
            }
        }
        client.early = parser
    }

    /// The stream of the sender cannot be framed from here on.
    mutating func unframeable(_ sender: Peer, _ stamp: RecordStamp, into events: inout [ConversationEvent]) {
        switch sender {
        case .client: Self.lose(&client, facts, stamp, &events)
        case .server: Self.lose(&server, facts, stamp, &events)
        }
    }

    /// Records of this connection are missing here.
    mutating func lostRecords(_ stamp: RecordStamp, into events: inout [ConversationEvent]) {
        Self.lose(&client, facts, stamp, &events)
        Self.lose(&server, facts, stamp, &events)
    }

    /// The socket is over.
    mutating func end(_ stamp: RecordStamp, into events: inout [ConversationEvent]) {
        Self.give(client.assembler.end(), &client, facts, stamp, &events)
        Self.flushViolations(&client, stamp, &events)
        Self.give(server.assembler.end(), &server, facts, stamp, &events)
        Self.flushViolations(&server, stamp, &events)
    }

    private static func receive(
        _ piece: FramePiece, _ bytes: [UInt8], _ stream: inout Stream, _ facts: SocketFacts, _ stamp: RecordStamp,
        _ events: inout [ConversationEvent]
    ) {
        let isExpected = stream.next.map { $0 == (piece.number, piece.part) } ?? true
        if !isExpected || (piece.part == 0) != (piece.head != nil) { lose(&stream, facts, stamp, &events) }
        stream.next = piece.isLast ? (piece.number &+ 1, 0) : (piece.number, piece.part &+ 1)
        give(stream.assembler.receive(piece, bytes.span), &stream, facts, stamp, &events)
    }

    private static func lose(
        _ stream: inout Stream, _ facts: SocketFacts, _ stamp: RecordStamp, _ events: inout [ConversationEvent]
    ) {
        stream.next = nil
        stream.early = nil
        give(stream.assembler.lostBytes(), &stream, facts, stamp, &events)
        flushViolations(&stream, stamp, &events)
    }

    private static func give(
        _ assembled: [MessageEvent], _ stream: inout Stream, _ facts: SocketFacts, _ stamp: RecordStamp,
        _ events: inout [ConversationEvent]
    ) {
        for event in assembled {
            switch event {
            case .violation(let violation):
                if stream.violations.count < Stream.violationLimit { stream.violations.append(violation) }
            case .message(let message):
                let own = takeViolations(&stream) { $0.frame >= message.firstFrame }
                events.append(
                    .message(
                        SocketMessage(
                            stamp: stamp, sender: stream.sender, target: facts.target, content: .message(message),
                            violations: own)))
            case .control(let frame):
                let own = takeViolations(&stream) { $0.frame == frame.number }
                events.append(
                    .message(
                        SocketMessage(
                            stamp: stamp, sender: stream.sender, target: facts.target, content: .control(frame),
                            violations: own)))
            }
        }
    }

    private static func takeViolations(
        _ stream: inout Stream, where isOwn: (ProtocolViolation) -> Bool
    ) -> [ProtocolViolation] {
        guard !stream.violations.isEmpty else { return [] }
        let own = stream.violations.filter(isOwn)
        stream.violations.removeAll(where: isOwn)
        return own
    }

    private static func flushViolations(
        _ stream: inout Stream, _ stamp: RecordStamp, _ events: inout [ConversationEvent]
    ) {
        for violation in stream.violations {
            events.append(.violation(SocketViolation(stamp: stamp, sender: stream.sender, violation: violation)))
        }
        stream.violations.removeAll()
    }
}

extension FramePiece {
    fileprivate init(_ record: FrameRecord, payloadByteCount: Int) {
        self.init(
            number: record.number, offset: record.offset, part: record.part, isLast: record.isLast,
            head: FrameHead(low: record.head.low, high: record.head.high, byteCount: Int(record.head.byteCount)),
            payload: 0..<payloadByteCount, form: Form(record.form))
    }
}
