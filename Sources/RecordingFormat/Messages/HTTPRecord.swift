/// A piece of HTTP/1.1 on a connection: a head, a piece of a body, or a body's end; everything but the bytes.
package struct HTTPRecord: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Hashable, Sendable, ProtobufEnum {
        /// A request's or an answer's head, verbatim.
        case head = 1
        /// A piece of a body, as on the wire.
        case body = 2
        /// The body has passed; its sizes are in the record.
        case end = 3
    }

    /// How the bytes stand in the recording.
    package enum ContentForm: Hashable, Sendable {
        /// As on the wire, but for the framing of chunks: a body's content coding is not undone.
        case wire
        /// Redacted: the content coding undone, and changed; it had so many bytes on the wire.
        case plain(wireByteCount: UInt64)
    }

    package var stamp: RecordStamp
    package var direction: Direction
    package var kind: Kind
    /// The number of the request on its connection, from 1; the answer has the same.
    package var exchange: UInt64
    /// Where in the direction's byte stream the bytes begin.
    package var offset: UInt64
    /// Whether the proxy said this itself: no byte of it came from a peer.
    package var isMadeByProxy: Bool
    /// With the end: how many bytes of body passed.
    package var bodySize: UInt64
    /// With the end: how many of them were recorded.
    package var bodyRecorded: UInt64
    /// With a piece of a body.
    package var form: ContentForm

    package init(
        stamp: RecordStamp, direction: Direction, kind: Kind, exchange: UInt64, offset: UInt64,
        isMadeByProxy: Bool = false, bodySize: UInt64 = 0, bodyRecorded: UInt64 = 0, form: ContentForm = .wire
    ) {
        self.stamp = stamp
        self.direction = direction
        self.kind = kind
        self.exchange = exchange
        self.offset = offset
        self.isMadeByProxy = isMadeByProxy
        self.bodySize = bodySize
        self.bodyRecorded = bodyRecorded
        self.form = form
    }
}

// MARK: - Writing

extension HTTPRecord {
    /// The room that ``writeHead(bytes:to:)`` needs: direction and kind 4, exchange and offset 22, made_by_proxy 2, sizes
    /// 22, wire size 11, the bytes' tag and length 12.
    package static let maximumHeadByteCount = MessageHeadWriter.stampByteCount + 73 + MessageHeadWriter.slack

    /// Writes the MCAP record up to its bytes, checksum included; the bytes must follow. Allocates nothing.
    /// - Parameters:
    ///   - bytes: what will follow; read during the call only. A pointer, since it is in an event loop's buffer.
    ///   - room: at least ``maximumHeadByteCount`` bytes.
    /// - Returns: how many bytes of `room` are the record's; 0, and nothing written, if there is less room.
    package func writeHead(bytes: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = room.baseAddress, room.count >= Self.maximumHeadByteCount else { return 0 }
        var writer = MessageHeadWriter(base, .http, stamp)
        writer.varint(6, UInt64(direction.rawValue))
        writer.varint(7, UInt64(kind.rawValue))
        writer.varint(8, exchange)
        writer.varint(9, offset)
        if isMadeByProxy { writer.varint(10, 1) }
        if bodySize != 0 { writer.varint(11, bodySize) }
        if bodyRecorded != 0 { writer.varint(12, bodyRecorded) }
        switch form {
        case .wire: return writer.finish(14, payload: bytes)
        case .plain(let wireByteCount):
            writer.varint(15, wireByteCount)
            return writer.finish(16, payload: bytes)
        }
    }

    /// The whole MCAP record, for those who may allocate.
    package func encoded(bytes: [UInt8]) -> [UInt8] {
        encodedRecord(maximumHead: Self.maximumHeadByteCount, payload: bytes) { writeHead(bytes: $0, to: $1) }
    }
}

// MARK: - Reading

extension HTTPRecord {
    /// Reads the message's fields, without the checksum.
    /// - Returns: the record, and where its bytes are in those given.
    static func decode(
        _ bytes: Span<UInt8>, _ message: ProtobufReader
    ) throws(FormatError) -> (HTTPRecord, bytes: Range<Int>) {
        var reader = message
        var stamp = RecordStamp()
        var direction: Direction?
        var kind: Kind?
        var record = HTTPRecord(stamp: stamp, direction: .client, kind: .head, exchange: 0, offset: 0)
        var content = 0..<0
        var wireByteCount: UInt64?
        while let field = try reader.next(bytes) {
            if try stamp.take(field, reader) { continue }
            switch field.number {
            case 6: direction = try reader.value(field)
            case 7: kind = try reader.value(field)
            case 8: record.exchange = try reader.uint(field)
            case 9: record.offset = try reader.uint(field)
            case 10: record.isMadeByProxy = try reader.bool(field)
            case 11: record.bodySize = try reader.uint(field)
            case 12: record.bodyRecorded = try reader.uint(field)
            case 14: content = try reader.range(field)
            case 15: wireByteCount = try reader.uint(field)
            case 16:
                content = try reader.range(field)
                record.form = .plain(wireByteCount: wireByteCount ?? 0)
            default: continue
            }
        }
        record.stamp = stamp
        record.direction = try reader.required(direction, "a direction")
        record.kind = try reader.required(kind, "a kind")
        return (record, content)
    }
}
