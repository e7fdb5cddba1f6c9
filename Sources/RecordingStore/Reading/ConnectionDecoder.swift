internal import RecordingFormat
internal import WebSocketWire

/// Decodes the records of one connection: HTTP first, then the socket that a 101 opens.
struct ConnectionDecoder {
    /// What the client sent behind an upgrade request that is not answered yet.
    struct Early {
        var bytes: [UInt8] = []
        var offset: UInt64
        var byteCount: UInt64 = 0
        /// The request that they are behind.
        var exchange: UInt64?
        var isWhole = true
        var stamp: RecordStamp
    }

    private var http = HTTPExchanges()
    var socket: SocketDecoder?
    private(set) var early: Early?
    /// The newest record's.
    var last: RecordStamp

    init(last: RecordStamp) { self.last = last }

    /// Takes a frame of an open socket that changes only where its stream is.
    /// - Returns: false, and nothing is changed, if there is more to it.
    mutating func pass(_ frame: FrameRecord, payloadByteCount: Int) -> Bool {
        guard frame.kind == .frame, socket?.pass(frame, payloadByteCount: payloadByteCount) ?? false else {
            return false
        }
        last = frame.stamp
        return true
    }

    mutating func receive(
        _ frame: FrameRecord, _ payload: [UInt8], _ limits: ConversationLimits, _ events: inout [ConversationEvent]
    ) {
        switch frame.kind {
        case .frame:
            if socket == nil {
                let facts = SocketFacts(
                    stamp: frame.stamp, target: "", subprotocol: "", extensions: "", isRecorded: true,
                    isOpeningRecorded: false)
                socket = SocketDecoder(facts, limits)
                events.append(.socketOpened(facts))
            }
            socket?.receive(frame, payload, into: &events)
        case .raw:
            let isEarly = frame.rawReason == .unansweredUpgrade && frame.direction == .client
            if isEarly, socket != nil {
                socket?.receiveEarly(payload, offset: frame.offset, frame.stamp, into: &events)
            } else if isEarly {
                keepEarly(frame, payload, limits)
            } else {
                events.append(
                    .raw(
                        RawBytes(
                            stamp: frame.stamp, sender: Peer(frame.direction), offset: frame.offset,
                            kind: .recorded(frame.rawReason ?? .notHTTP), bytes: payload,
                            byteCount: UInt64(payload.count))))
            }
        }
    }

    private mutating func keepEarly(_ frame: FrameRecord, _ payload: [UInt8], _ limits: ConversationLimits) {
        var kept = early ?? Early(offset: frame.offset, exchange: http.newestRequest, stamp: frame.stamp)
        early = nil
        let isNext = frame.offset == kept.offset &+ kept.byteCount
        kept.byteCount &+= UInt64(payload.count)
        if isNext, kept.isWhole, payload.count <= limits.earlyBytes - kept.bytes.count {
            kept.bytes += payload
        } else {
            kept.isWhole = false
        }
        early = kept
    }

    mutating func receive(
        _ record: HTTPRecord, _ bytes: [UInt8], _ limits: ConversationLimits, _ events: inout [ConversationEvent]
    ) {
        let exchanges = http.receive(record, bytes, limits)
        if let early, record.kind == .head, record.direction == .server, early.exchange == record.exchange,
            let head = HTTPResponseHead(bytes: bytes), !head.isInterim, head.status != 101
        {
            giveEarly(as: .pipelinedHTTP, &events)
        }
        for exchange in exchanges { events.append(.exchange(exchange)) }
    }

    private mutating func giveEarly(as kind: RawBytes.Kind, _ events: inout [ConversationEvent]) {
        guard let early else { return }
        self.early = nil
        events.append(
            .raw(
                RawBytes(
                    stamp: early.stamp, sender: .client, offset: early.offset, kind: kind, bytes: early.bytes,
                    byteCount: early.byteCount)))
    }

    mutating func receive(
        _ record: SocketRecord, _ limits: ConversationLimits, _ events: inout [ConversationEvent]
    ) {
        switch record.kind {
        case .socketOpened: open(record, limits, &events)
        case .socketClosed:
            socket?.end(record.stamp, into: &events)
            let code = UInt16(exactly: record.closeCode).flatMap { $0 == 0 ? nil : CloseCode(rawValue: $0) }
            events.append(
                .socketClosed(
                    SocketClosing(
                        stamp: record.stamp, target: socket?.facts.target ?? record.target, by: record.by,
                        cause: record.cause, closeCode: code)))
            socket = nil
        case .unframeable:
            if let by = record.direction.map(Peer.init) ?? record.by.flatMap(Peer.init) {
                socket?.unframeable(by, record.stamp, into: &events)
            }
            events.append(.connection(record))
        case .connectionOpened, .connectFailed, .tls, .connectionClosed, .notHTTP:
            events.append(.connection(record))
        }
    }

    private mutating func open(
        _ record: SocketRecord, _ limits: ConversationLimits, _ events: inout [ConversationEvent]
    ) {
        socket?.end(record.stamp, into: &events)
        let upgrade = http.takeUpgrade()
        var facts = SocketFacts(
            stamp: record.stamp, target: record.target, subprotocol: record.subprotocol, extensions: record.extensions,
            isRecorded: record.isRecorded, isOpeningRecorded: true, request: upgrade?.request,
            response: upgrade?.response)
        facts.negotiate()
        var decoder = SocketDecoder(facts, limits)
        events.append(.socketOpened(facts))
        if record.earlyClientBytes > 0, record.isRecorded {
            if let early, early.isWhole, early.byteCount == record.earlyClientBytes {
                self.early = nil
                decoder.receiveEarly(early.bytes, offset: early.offset, record.stamp, into: &events)
            } else {
                giveEarly(as: .unclassified, &events)
                decoder.lostRecords(record.stamp, into: &events)
            }
        }
        socket = decoder
    }

    mutating func lostRecords(_ stamp: RecordStamp, into events: inout [ConversationEvent]) {
        early?.isWhole = false
        socket?.lostRecords(stamp, into: &events)
    }

    mutating func end(
        _ stamp: RecordStamp, _ limits: ConversationLimits, _ events: inout [ConversationEvent]
    ) {
        socket?.end(stamp, into: &events)
        giveEarly(as: .unclassified, &events)
        for exchange in http.end(limits) { events.append(.exchange(exchange)) }
    }
}
