import RecordingFormat
import WebSocketWire

/// The columns of a line behind the connection's number, and what records they make.
struct TwinColumns {
    enum Payload {
        case none
        case text([UInt8])
        /// A JSON array or object.
        case json([UInt8])
        /// The two values of a close frame.
        case close([UInt8])
    }

    let by: SocketRecord.Actor?
    let kind: TwinKind
    private let payload: Payload
    var extras: TwinExtras
    private let line: TwinCursor
    private let byPlace: Int
    private let payloadPlace: Int

    init(_ cursor: inout TwinCursor) throws(TextTwinError) {
        cursor.skipSpace()
        byPlace = cursor.position
        by = try Self.actor(&cursor)
        try cursor.expect(",", "line")
        cursor.skipSpace()
        let place = cursor.position
        guard let kind = TwinKind(word: try cursor.text("kind")) else {
            throw cursor.error("kind", expected: "a kind that TextTwin.md has", at: place)
        }
        self.kind = kind
        try cursor.expect(",", "line")
        cursor.skipSpace()
        payloadPlace = cursor.position
        payload = try Self.payload(&cursor, isClose: kind == .opcode(.close))
        let hasExtras = cursor.take(",")
        extras = try TwinExtras(&cursor, isThere: hasExtras)
        try cursor.expect("]", "line")
        try cursor.expectEnd("line")
        line = cursor
    }

    private static func actor(_ cursor: inout TwinCursor) throws(TextTwinError) -> SocketRecord.Actor? {
        let place = cursor.position
        if cursor.takeWord("null") { return nil }
        let word = try cursor.text("direction")
        guard let actor = SocketRecord.Actor.allCases.first(where: { $0.word == word }) else {
            throw cursor.error("direction", expected: "client, server, proxy or null", at: place)
        }
        return actor
    }

    private static func payload(_ cursor: inout TwinCursor, isClose: Bool) throws(TextTwinError) -> Payload {
        switch cursor.peek() {
        case UInt8(ascii: "\""): return .text(try cursor.bytes("payload"))
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard isClose else { return .json(try cursor.json("payload")) }
            try cursor.expect("[", "payload")
            cursor.skipSpace()
            let place = cursor.position
            guard let code = UInt16(exactly: try cursor.unsigned("payload")) else {
                throw cursor.error("payload", expected: "a close code of up to 65535", at: place)
            }
            try cursor.expect(",", "payload")
            let reason = try cursor.bytes("payload")
            try cursor.expect("]", "payload")
            return .close([UInt8(code >> 8), UInt8(code & 0xff)] + reason)
        default:
            guard cursor.takeWord("null") else {
                throw cursor.error("payload", expected: "a string, an array, an object or null")
            }
            return .none
        }
    }

    // MARK: What the columns are

    /// The payload's bytes, unmasked.
    private mutating func bytes() throws(TextTwinError) -> [UInt8] {
        let isBase64 = try extras.bool(.base64, expected: false)
        switch payload {
        case .text(let text):
            guard isBase64 else { return text }
            guard let bytes = Base64.decode(text.span) else {
                throw line.error("payload", expected: "base64 in whole, padded groups", at: payloadPlace)
            }
            return bytes
        case .none, .json, .close:
            guard !isBase64 else {
                throw line.error("payload", expected: "a string, since base64 is true", at: payloadPlace)
            }
            switch payload {
            case .json(let bytes), .close(let bytes), .text(let bytes): return bytes
            case .none: return []
            }
        }
    }

    private func text() throws(TextTwinError) -> String {
        switch payload {
        case .none: return ""
        case .text(let text): return String(decoding: text, as: UTF8.self)
        case .json, .close: throw line.error("payload", expected: "a string or null", at: payloadPlace)
        }
    }

    private func direction() throws(TextTwinError) -> Direction {
        guard let direction = by?.direction else {
            throw line.error("direction", expected: "client or server", at: byPlace)
        }
        return direction
    }

    private func expectNobody() throws(TextTwinError) {
        guard by == nil else { throw line.error("direction", expected: "null", at: byPlace) }
    }

    // MARK: Records

    mutating func frame(
        _ stamp: RecordStamp, _ connection: TwinExpectations.Connection
    ) throws(TextTwinError) -> JournalRecord {
        let direction = try direction()
        let stream = connection[direction]
        var payload = try bytes()
        let place = stream.place(kind)
        var frame = FrameRecord(
            stamp: stamp, direction: direction, kind: kind == .raw ? .raw : .frame,
            offset: try extras.number(.skipBytes, from: place.offset),
            number: try extras.number(.skipFrames, from: place.number),
            part: try extras.number(.part, as: UInt32.self) ?? place.part,
            isLast: try !extras.bool(.more, expected: false),
            rawReason: try extras.word(.rawReason, of: FrameRecord.RawReason.allCases) { $0.word })
        if let count = try extras.number(.wireSize) { frame.form = .plain(wireByteCount: count) }
        var mask: (key: MaskKey, phase: Int)?
        switch kind {
        case .opcode(let opcode):
            let head = try head(opcode, from: direction, byteCount: frame.wirePayloadByteCount(payload.count))
            frame.head = WireHead(bytes: head.span) ?? WireHead()
            mask = FrameHead(bytes: head)?.maskKey.map { ($0, 0) }
        case .part: mask = stream.mask(ofPart: frame.part, number: frame.number)
        case .frame, .raw, .http, .socket, .gap, .note:
            let head = try extras.bytes(.head, 0...14) ?? []
            frame.head = WireHead(bytes: head.span) ?? WireHead()
            if kind == .frame, head.isEmpty || FrameHead(bytes: head) != nil {
                throw line.error("kind", expected: "the opcode's name for a frame with a whole head", at: byPlace)
            }
        }
        if frame.form == .wire { mask?.key.apply(to: &payload, phase: mask?.phase ?? 0) }
        return .frame(frame, payload: payload)
    }

    /// The bytes of a frame's head (RFC 6455 section 5.2).
    private mutating func head(
        _ opcode: Opcode, from sender: Direction, byteCount: UInt64
    ) throws(TextTwinError) -> [UInt8] {
        let isFinal = try extras.bool(.fin, expected: true)
        let reserved = try extras.number(.rsv, as: UInt8.self, upTo: 7) ?? 0
        let length = try extras.number(.length) ?? byteCount
        let isUnmasked = extras.takeFalse(.mask)
        let given = try extras.bytes(.mask, 4...4)
        let key = isUnmasked ? nil : given ?? (sender == .client ? [0, 0, 0, 0] : nil)
        let shortest = FrameHead.LengthEncoding(shortestFor: length)
        let size = try extras.number(.lengthSize) ?? UInt64(shortest.byteCount)
        let masked: UInt8 = key == nil ? 0 : 0x80
        var head = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode.rawValue]
        switch size {
        case 0 where length <= 125: head.append(masked | UInt8(length))
        case 2 where length <= 0xffff: head += [masked | 126, UInt8(length >> 8), UInt8(length & 0xff)]
        case 8:
            head.append(masked | 127)
            head += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
        default:
            throw line.error("length_size", expected: "0, 2 or 8, with room for a length of \(length)", at: byPlace)
        }
        return head + (key ?? [])
    }

    mutating func http(
        _ kind: HTTPRecord.Kind, _ stamp: RecordStamp, _ connection: TwinExpectations.Connection
    ) throws(TextTwinError) -> JournalRecord {
        let direction = try direction()
        let stream = connection[direction]
        let bytes = try bytes()
        let isMadeByProxy = try extras.bool(.madeByProxy, expected: false)
        let exchange = connection.exchange(kind, direction, isMadeByProxy: isMadeByProxy)
        let recorded = try extras.number(.bodyRecorded) ?? (kind == .end ? stream.bodyRecorded : 0)
        let record = HTTPRecord(
            stamp: stamp, direction: direction, kind: kind, exchange: try extras.number(.exchange) ?? exchange,
            offset: try extras.number(.skipBytes, from: stream.offset(kind, isMadeByProxy: isMadeByProxy)),
            isMadeByProxy: isMadeByProxy, bodySize: try extras.number(.bodySize) ?? recorded, bodyRecorded: recorded)
        return .http(record, bytes: bytes)
    }

    mutating func socket(
        _ kind: SocketRecord.Kind, _ stamp: RecordStamp, _ connection: TwinExpectations.Connection
    ) throws(TextTwinError) -> JournalRecord {
        var record = SocketRecord(stamp: stamp, kind: kind, by: by)
        record.cause = try text()
        record.exchange = try extras.number(.exchange) ?? connection.exchange(kind)
        record.target = try extras.text(.target) ?? ""
        record.subprotocol = try extras.text(.subprotocol) ?? ""
        record.extensions = try extras.text(.extensions) ?? ""
        record.clientAddress = try extras.text(.clientAddress) ?? ""
        record.serverAddress = try extras.text(.serverAddress) ?? ""
        record.closeCode = try extras.number(.closeCode, as: UInt32.self) ?? 0
        record.isRecorded = try extras.bool(.recorded, expected: kind == .socketOpened)
        record.earlyClientBytes = try extras.number(.earlyClientBytes) ?? 0
        record.tls.version = try extras.text(.tlsVersion) ?? ""
        record.tls.cipher = try extras.text(.tlsCipher) ?? ""
        record.tls.alpn = try extras.text(.tlsALPN) ?? ""
        record.tls.serverName = try extras.text(.tlsServerName) ?? ""
        let isWithoutLeg = extras.takeNull(.leg)
        let leg = try extras.word(.leg, of: Direction.allCases) { $0.word }
        record.direction = isWithoutLeg ? nil : leg ?? record.expectedDirection
        return .socket(record)
    }

    mutating func gap(_ stamp: RecordStamp) throws(TextTwinError) -> JournalRecord {
        try expectNobody()
        return .gap(
            GapRecord(
                stamp: stamp, cause: try text(),
                fromWallNanoseconds: try extras.number(.fromWall, from: stamp.wallNanoseconds),
                toWallNanoseconds: try extras.number(.toWall, from: stamp.wallNanoseconds),
                records: try extras.number(.records) ?? 0, bytes: try extras.number(.bytes) ?? 0))
    }

    mutating func note(_ kind: NoteRecord.Kind, _ stamp: RecordStamp) throws(TextTwinError) -> JournalRecord {
        try expectNobody()
        return .note(
            NoteRecord(
                stamp: stamp, kind: kind, text: try text(),
                nextFile: try extras.number(.nextFile, as: UInt32.self) ?? 0))
    }
}
