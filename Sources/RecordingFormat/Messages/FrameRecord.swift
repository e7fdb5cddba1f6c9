/// One frame of a socket, or a part of one, or bytes that are no frame: everything but the payload.
///
/// It holds no array, so an event loop passes it around for nothing. The payload stands beside it: behind the written
/// head, and in ``JournalRecord/frame(_:payload:)``.
package struct FrameRecord: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A frame of RFC 6455, or a part.
        case frame
        /// Bytes that are not framed; ``FrameRecord/rawReason`` says why.
        case raw
    }

    /// What the message says it holds.
    enum StoredKind: UInt8, ProtobufEnum {
        case frame = 1
        case raw = 2
        /// A ``FrameRun``.
        case run = 3

        init(_ kind: Kind) {
            switch kind {
            case .frame: self = .frame
            case .raw: self = .raw
            }
        }
    }

    package enum RawReason: UInt8, CaseIterable, Hashable, Sendable, ProtobufEnum {
        /// After an Upgrade that the server has not answered yet.
        case unansweredUpgrade = 1
        /// The connection does not speak HTTP/1.1.
        case notHTTP = 2
        /// A frame's head states a length of more than 2^63 - 1.
        case unframeable = 3
        /// The 101 was for another protocol.
        case otherProtocol = 4
        /// The connection ended within a frame's head.
        case unfinishedHead = 5
    }

    /// How the payload stands in the recording.
    package enum PayloadForm: Hashable, Sendable {
        /// As on the wire: masked and deflated, if it was. So it is in every journal.
        case wire
        /// Without the mask that it had on the wire: in sealed files, for masked text does not compress.
        /// - key: what the payload's first 4 bytes were masked with, the first byte lowest; it goes on from there.
        case unmasked(key: UInt32)
        /// Redacted: unmasked, inflated and changed; it had so many bytes on the wire.
        case plain(wireByteCount: UInt64)
    }

    package var stamp: RecordStamp
    package var direction: Direction
    package var kind: Kind
    /// Where in the direction's byte stream the frame's head begins; of raw bytes, the first one.
    package var offset: UInt64
    /// The frame's number in its direction of the socket, from 0.
    package var number: UInt64
    /// Which part of the frame this is, from 0.
    package var part: UInt32
    /// Whether the frame ends with this part.
    package var isLast: Bool
    package var rawReason: RawReason?
    /// The frame's head, with part 0 only.
    package var head: WireHead
    package var form: PayloadForm

    /// - Parameter head: the head verbatim, with part 0 of a frame only.
    package init(
        stamp: RecordStamp, direction: Direction, kind: Kind = .frame, offset: UInt64, number: UInt64,
        part: UInt32 = 0, isLast: Bool = true, rawReason: RawReason? = nil, head: WireHead = WireHead(),
        form: PayloadForm = .wire
    ) {
        self.stamp = stamp
        self.direction = direction
        self.kind = kind
        self.offset = offset
        self.number = number
        self.part = part
        self.isLast = isLast
        self.rawReason = rawReason
        self.head = head
        self.form = form
    }
}

/// The bytes of a frame's head, kept inline: 0 to 14.
package struct WireHead: Hashable, Sendable {
    /// Bytes 0 to 7, the first one lowest.
    package let low: UInt64
    /// Bytes 8 to 13, the first one lowest.
    package let high: UInt64
    package let byteCount: UInt8

    /// No head: a later part, or raw bytes.
    package init() { self.init(low: 0, high: 0, byteCount: 0) }

    /// - Parameters:
    ///   - low: bytes 0 to 7, the first one lowest; those beyond the count are 0.
    ///   - high: bytes 8 to 13 likewise.
    ///   - byteCount: 0 to 14; more is taken as 14.
    @inline(__always)
    package init(low: UInt64, high: UInt64, byteCount: UInt8) {
        self.low = low
        self.high = high
        self.byteCount = min(byteCount, 14)
    }

    /// - Returns: nil for more than 14 bytes.
    package init?(bytes: Span<UInt8>) {
        guard bytes.count <= 14 else { return nil }
        var words: (low: UInt64, high: UInt64) = (0, 0)
        for index in 0..<bytes.count {
            if index < 8 {
                words.low |= UInt64(bytes[index]) << (8 * UInt64(index))
            } else {
                words.high |= UInt64(bytes[index]) << (8 * UInt64(index - 8))
            }
        }
        self.init(low: words.low, high: words.high, byteCount: UInt8(bytes.count))
    }

    package var bytes: [UInt8] {
        (0..<UInt64(byteCount)).map { UInt8(truncatingIfNeeded: ($0 < 8 ? low : high) >> (8 * ($0 % 8))) }
    }
}

// MARK: - Writing

extension FrameRecord {
    /// The room that ``writeHead(payload:to:)`` needs: direction and kind 4, offset and number 22, part 6, last and
    /// reason 4, head 16, mask key or wire size 12, payload's tag and length 12.
    package static let maximumHeadByteCount = MessageHeadWriter.stampByteCount + 76 + MessageHeadWriter.slack

    /// Writes the MCAP record up to the payload, checksum included; the payload's bytes must follow. Allocates nothing.
    /// - Parameters:
    ///   - payload: the bytes that will follow; read during the call only. A pointer, since it is in an event loop's buffer.
    ///   - room: at least ``maximumHeadByteCount`` bytes.
    /// - Returns: how many bytes of `room` are the record's; 0, and nothing written, if there is less room.
    package func writeHead(payload: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = room.baseAddress, room.count >= Self.maximumHeadByteCount else { return 0 }
        var writer = MessageHeadWriter(base, direction == .client ? .client : .server, stamp)
        writer.varint(6, UInt64(direction.rawValue))
        writer.varint(7, UInt64(StoredKind(kind).rawValue))
        writer.varint(8, offset)
        writer.varint(9, number)
        if part != 0 { writer.varint(10, UInt64(part)) }
        if isLast { writer.varint(11, 1) }
        if let rawReason { writer.varint(12, UInt64(rawReason.rawValue)) }
        if head.byteCount > 0 { writer.bytes(13, (head.low, head.high), byteCount: head.byteCount) }
        switch form {
        case .wire: return writer.finish(14, payload: payload)
        case .unmasked(let key):
            writer.tag(15, .fixed32)
            writer.word32(key)
            return writer.finish(17, payload: payload)
        case .plain(let wireByteCount):
            writer.varint(16, wireByteCount)
            return writer.finish(18, payload: payload)
        }
    }

    /// The whole MCAP record, for those who may allocate.
    package func encoded(payload: [UInt8]) -> [UInt8] {
        encodedRecord(maximumHead: Self.maximumHeadByteCount, payload: payload) { writeHead(payload: $0, to: $1) }
    }
}

// MARK: - Reading

extension FrameRecord {
    /// What a Frame message turns out to be.
    enum Decoded {
        case frame(FrameRecord, payload: Range<Int>)
        case run(FrameRun, frames: Range<Int>)
    }

    /// Reads the message's fields, without the checksum.
    /// - Returns: the record, and where its payload is in the bytes.
    static func decode(_ bytes: Span<UInt8>, _ message: ProtobufReader) throws(FormatError) -> Decoded {
        var reader = message
        var stamp = RecordStamp()
        var direction: Direction?
        var kind: StoredKind?
        var record = FrameRecord(stamp: stamp, direction: .client, offset: 0, number: 0, isLast: false)
        var payload = 0..<0
        var key: UInt32?
        var wireByteCount: UInt64?
        var count: UInt64 = 0
        while let field = try reader.next(bytes) {
            if try stamp.take(field, reader) { continue }
            switch field.number {
            case 6: direction = try reader.value(field)
            case 7: kind = try reader.value(field)
            case 8: record.offset = try reader.uint(field)
            case 9: record.number = try reader.uint(field)
            case 10: record.part = try reader.uint32(field)
            case 11: record.isLast = try reader.bool(field)
            case 12: record.rawReason = try reader.value(field)
            case 13: record.head = try head(in: field, reader, bytes)
            case 14, 17, 18, 20: payload = try reader.range(field)
            case 15: key = try reader.fixed32(field)
            case 16: wireByteCount = try reader.uint(field)
            case 19: count = try reader.uint(field)
            default: continue
            }
            switch field.number {
            case 17: record.form = .unmasked(key: try reader.required(key, "a mask key before an unmasked payload"))
            case 18: record.form = .plain(wireByteCount: wireByteCount ?? 0)
            default: continue
            }
        }
        record.stamp = stamp
        record.direction = try reader.required(direction, "a direction")
        switch try reader.required(kind, "a kind") {
        case .frame: record.kind = .frame
        case .raw: record.kind = .raw
        case .run:
            let run = FrameRun(
                stamp: stamp, direction: record.direction, offset: record.offset, number: record.number, count: count)
            return .run(run, frames: payload)
        }
        return .frame(record, payload: payload)
    }

    private static func head(
        in field: ProtobufReader.Field, _ reader: ProtobufReader, _ bytes: Span<UInt8>
    ) throws(FormatError) -> WireHead {
        let range = try reader.range(field)
        guard let head = WireHead(bytes: bytes.extracting(range)) else {
            throw reader.error(at: field.position, "a head of at most 14 bytes", "\(range.count)")
        }
        return head
    }
}

extension ProtobufReader {
    func required<Value>(_ value: Value?, _ what: String) throws(FormatError) -> Value {
        guard let value else { throw error(at: position, what, "none") }
        return value
    }
}
