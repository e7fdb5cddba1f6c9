internal import RecordingFormat
internal import WebSocketWire

/// A frame, or a part of one, that waits for the rest of its message.
struct HeldPart {
    /// Its place among ``HeldRecords``.
    var number: Int
    var frame: FrameRecord
    var payload: [UInt8]
}

extension FrameRecord {
    /// How many bytes the payload had on the wire.
    func wireByteCount(of payload: [UInt8]) -> UInt64 {
        switch form {
        case .wire, .unmasked: UInt64(payload.count)
        case .plain(let wireByteCount): wireByteCount
        }
    }
}

/// Writes a redacted message back to the records that it came in.
enum MessageParts {
    /// - Parameters:
    ///   - bytes: the whole payload, plain.
    ///   - isInflated: whether it was compressed: then it stands in the first part, and the others are empty.
    /// - Returns: nil if the parts do not hold as many bytes as the payload.
    static func written(_ bytes: [UInt8], to parts: [HeldPart], isInflated: Bool) -> [JournalRecord]? {
        isInflated && !parts.contains { $0.frame.form.isPlain }
            ? inflated(bytes, to: parts) : inPlace(bytes, to: parts)
    }

    private static func inflated(_ bytes: [UInt8], to parts: [HeldPart]) -> [JournalRecord] {
        parts.enumerated().map { index, part in
            var frame = part.frame
            frame.form = .plain(wireByteCount: part.frame.wireByteCount(of: part.payload))
            return .frame(frame, payload: index == 0 ? bytes : [])
        }
    }

    private static func inPlace(_ bytes: [UInt8], to parts: [HeldPart]) -> [JournalRecord]? {
        guard parts.reduce(0, { $0 + $1.payload.count }) == bytes.count else { return nil }
        var records: [JournalRecord] = []
        var position = 0
        /// The mask of the frame that the part belongs to, and how many of its bytes came before.
        var mask: (key: MaskKey?, phase: Int) = (nil, 0)
        for part in parts {
            if part.frame.part == 0 { mask = (FrameHead(bytes: part.frame.head.bytes)?.maskKey, 0) }
            var payload = Array(bytes[position..<(position + part.payload.count)])
            position += payload.count
            if let key = mask.key, part.frame.form == .wire { key.apply(to: &payload, phase: mask.phase & 3) }
            mask.phase += payload.count
            records.append(.frame(part.frame, payload: payload))
        }
        return records
    }
}

extension FrameRecord.PayloadForm {
    var isPlain: Bool {
        switch self {
        case .plain: true
        case .wire, .unmasked: false
        }
    }
}

/// Writes a redacted body back to the records that it came in.
enum BodyParts {
    /// - Parameter isDecoded: whether a content coding was undone: then the body stands in the first record.
    /// - Returns: nil if the records do not hold as many bytes as the body.
    static func written(_ bytes: [UInt8], to records: [JournalRecord], isDecoded: Bool) -> [JournalRecord]? {
        var result: [JournalRecord] = []
        var position = 0
        let isPlain = records.contains { record in
            if case .http(let http, _) = record { http.form != .wire } else { false }
        }
        for record in records {
            guard case .http(var http, let old) = record else { return nil }
            if isDecoded, !isPlain {
                http.form = .plain(wireByteCount: UInt64(old.count))
                result.append(.http(http, bytes: result.isEmpty ? bytes : []))
                position = bytes.count
            } else {
                guard old.count <= bytes.count - position else { return nil }
                result.append(.http(http, bytes: Array(bytes[position..<(position + old.count)])))
                position += old.count
            }
        }
        return position == bytes.count ? result : nil
    }
}
