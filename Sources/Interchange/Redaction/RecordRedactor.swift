internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// What could not be redacted: its records are there, their bytes are not.
package struct DroppedContent: Hashable, Sendable {
    package enum Reason: String, CaseIterable, Hashable, Sendable {
        case raw = "bytes that are neither HTTP nor frames"
        case undecodable = "messages that could not be decoded"
        case unfinished = "messages that are not whole"
        case tooLarge = "messages or bodies that are too large, or whose end is too far away"
        case body = "bodies that are not whole or could not be decoded"
        case binary = "binary messages and bodies, as asked"
    }

    package private(set) var counts: [Reason: UInt64] = [:]
    package var total: UInt64 { counts.values.reduce(0, &+) }

    mutating func add(_ reason: Reason) { counts[reason, default: 0] += 1 }

    /// "2 messages that …, 1 …"; empty if nothing was dropped.
    package var words: String {
        Reason.allCases.compactMap { reason in counts[reason].map { "\($0) \(reason.rawValue)" } }.joined(
            separator: ", ")
    }
}

/// Redacts the records of a run: the same records come out, in the same order, with other bytes.
struct RecordRedactor {
    private let redactor: Redactor
    private let holdByteLimit: Int
    private var decoder: ConversationDecoder
    private var held = HeldRecords()
    private(set) var dropped = DroppedContent()
    /// The stamp of the record that is being taken.
    private var current: RecordStamp?

    init(_ redactor: Redactor, limits: ConversationLimits, holdByteLimit: Int) {
        self.redactor = redactor
        self.holdByteLimit = holdByteLimit
        decoder = ConversationDecoder(limits: limits)
    }

    /// - Returns: the records that can be written now.
    mutating func receive(_ record: JournalRecord) -> [JournalRecord] {
        if case .checkpoint = record { return [] }
        var events: [ConversationEvent] = []
        hold(record)
        current = record.stamp
        decoder.receive(record, into: &events)
        for event in events { settle(event) }
        dropUnclaimed(after: record)
        while held.byteCount > holdByteLimit, let group = held.first { drop(group, .tooLarge) }
        return held.takeReady()
    }

    /// Records of the connection are missing here.
    mutating func lostRecords(of connection: UInt64, _ stamp: RecordStamp) -> [JournalRecord] {
        var events: [ConversationEvent] = []
        current = nil
        decoder.lostRecords(of: connection, stamp, into: &events)
        for event in events { settle(event) }
        return held.takeReady()
    }

    mutating func end() -> [JournalRecord] {
        var events: [ConversationEvent] = []
        current = nil
        decoder.end(into: &events)
        for event in events { settle(event) }
        for group in held.allGroups { drop(group, .unfinished) }
        return held.takeReady()
    }

    // MARK: - Records that stand alone

    private mutating func hold(_ record: JournalRecord) {
        let connection = record.stamp.connection
        switch record {
        case .frame(let frame, let payload):
            switch frame.kind {
            case .frame: held.append(record, group: .init(connection: connection, part: .frames(frame.direction)))
            case .raw:
                if !payload.isEmpty { dropped.add(.raw) }
                held.append(.frame(frame, payload: []))
            }
        case .http(let http, let bytes):
            switch http.kind {
            case .head: held.append(.http(http, bytes: redactor.head(bytes)))
            case .body:
                let part = HeldRecords.Group.Part.body(http.direction, exchange: http.exchange)
                held.append(record, group: .init(connection: connection, part: part))
            case .end: held.append(record)
            }
        case .socket(var socket):
            socket.target = redactor.words(socket.target)
            socket.subprotocol = String(decoding: redactor.subprotocol(Array(socket.subprotocol.utf8)), as: UTF8.self)
            socket.cause = redactor.words(socket.cause)
            held.append(.socket(socket))
        case .gap(var gap):
            gap.cause = redactor.words(gap.cause)
            held.append(.gap(gap))
        case .note(var note):
            note.text = redactor.words(note.text)
            held.append(.note(note))
        case .checkpoint: return
        }
    }

    // MARK: - Messages and bodies

    private mutating func settle(_ event: ConversationEvent) {
        switch event {
        case .message(let message): settle(message)
        case .exchange(let exchange):
            settle(exchange.requestBody, .client, exchange, type: exchange.request?.fields["Content-Type"])
            settle(exchange.responseBody, .server, exchange, type: exchange.response?.fields["Content-Type"])
        case .socketOpened, .violation, .socketClosed, .raw, .connection, .gap, .note: return
        }
    }

    private mutating func settle(_ message: SocketMessage) {
        let group = HeldRecords.Group(connection: message.connection, part: .frames(Direction(message.sender)))
        let parts = held.records(of: group).compactMap { number, record -> HeldPart? in
            guard case .frame(let frame, let payload) = record else { return nil }
            return HeldPart(number: number, frame: frame, payload: payload)
        }
        // What ended early was ended by this record, which begins something else.
        let newest = message.completeness == .endedEarly ? current : nil
        let own: [HeldPart] = parts.filter { part in
            guard part.frame.stamp != newest else { return false }
            switch message.content {
            case .control: return part.frame.number == message.firstFrame
            case .message: return part.frame.number >= message.firstFrame
            }
        }
        guard let first = own.first?.frame else { return }
        // A part was given up before.
        guard first.number == message.firstFrame, first.part == 0 else { return drop(own, nil) }
        if let reason = Self.reasonToDrop(message) { return drop(own, reason) }
        let bytes: [UInt8]
        switch message.content {
        case .control(let frame): bytes = redactor.control(frame.payload, isClose: frame.opcode == .close)
        case .message(let whole):
            if whole.opcode == .text {
                bytes = redactor.message(whole.payload)
            } else if redactor.rules.dropsBinary {
                return drop(own, .binary)
            } else {
                bytes = redactor.binaryMessage(whole.payload)
            }
        }
        guard let settled = MessageParts.written(bytes, to: own, isInflated: message.isCompressed) else {
            return drop(own, .tooLarge)
        }
        for (part, record) in zip(own, settled).reversed() { held.settle(part.number, record) }
    }

    private static func reasonToDrop(_ message: SocketMessage) -> DroppedContent.Reason? {
        switch message.completeness {
        case .whole: nil
        case .cut: .tooLarge
        case .endedEarly: .unfinished
        case .undecodable: .undecodable
        }
    }

    private mutating func settle(_ body: HTTPBody, _ direction: Direction, _ exchange: HTTPExchange, type: String?) {
        let part = HeldRecords.Group.Part.body(direction, exchange: exchange.number)
        let group = HeldRecords.Group(connection: exchange.connection, part: part)
        let pieces = held.records(of: group)
        guard !pieces.isEmpty else { return }
        guard body.state == .whole else { return drop(group, .body) }
        if redactor.rules.dropsBinary, !redactor.isText(type ?? "", body.bytes) { return drop(group, .binary) }
        let bytes = redactor.body(body.bytes, type: type ?? "")
        guard let settled = BodyParts.written(bytes, to: pieces.map(\.record), isDecoded: !body.coding.isEmpty) else {
            return drop(group, .tooLarge)
        }
        for (piece, record) in zip(pieces, settled).reversed() { held.settle(piece.number, record) }
    }

    // MARK: - What cannot be redacted

    /// Frames that no message came of: their message's beginning is lost.
    private mutating func dropUnclaimed(after record: JournalRecord) {
        guard case .frame(let frame, _) = record, frame.kind == .frame, frame.isLast else { return }
        let group = HeldRecords.Group(connection: frame.stamp.connection, part: .frames(frame.direction))
        var isNewest = true
        for held in held.newest(of: group) {
            guard case .frame(let part, _) = held else { continue }
            if isNewest, part.stamp != frame.stamp { return }
            isNewest = false
            guard part.number == frame.number else { break }
            // The first part of the frame tells whether the message goes on; if it is lost, so is the message.
            if part.part == 0, let head = FrameHead(bytes: part.head.bytes), !head.isFinal { return }
        }
        if !isNewest { drop(group, .unfinished) }
    }

    private mutating func drop(_ group: HeldRecords.Group, _ reason: DroppedContent.Reason) {
        dropped.add(reason)
        for (number, record) in held.records(of: group).reversed() { held.settle(number, Self.emptied(record)) }
    }

    /// - Parameter reason: nil if that was counted before.
    private mutating func drop(_ parts: [HeldPart], _ reason: DroppedContent.Reason?) {
        if let reason { dropped.add(reason) }
        for part in parts.reversed() {
            held.settle(part.number, Self.emptied(.frame(part.frame, payload: part.payload)))
        }
    }

    /// The record without its bytes; what it says of their number on the wire stays.
    private static func emptied(_ record: JournalRecord) -> JournalRecord {
        switch record {
        case .frame(var frame, let payload):
            frame.form = .plain(wireByteCount: frame.wireByteCount(of: payload))
            return .frame(frame, payload: [])
        case .http(let http, _): return .http(http, bytes: [])
        case .socket, .gap, .note, .checkpoint: return record
        }
    }
}
