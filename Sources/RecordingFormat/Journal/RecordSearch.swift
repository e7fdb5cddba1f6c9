/// Finds the next whole message record, or the next chunk, in damaged bytes.
///
/// A place is taken for a message if it has the opcode, a length within the limit, a channel id of ours, the three times that a
/// message of ours repeats, and the right checksum. By accident that does not happen; a recording of a recording can hold
/// messages of ours within a payload, and then the outer one is found if it is whole, else the inner ones.
///
/// A place is taken for a chunk if it has the opcode, a length within the limit, times in their order, a compression that
/// MCAP names, and a length of the records that fills the chunk; whether its records are whole is for its reader to see,
/// who makes use of a torn one too.
///
/// Cost: each byte is looked at once, and what is put through the checksum is at most the record limit plus four times
/// the bytes passed, whatever the bytes are. In bytes made to be slow, records beyond that are passed over. Use one search
/// for all of a file, so that it holds for all damage together.
package struct RecordSearch: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// A record begins at `position`.
        case found
        /// Give the bytes from `position` on again, at least so many of them, or say that the file ends.
        case needsBytes(atLeast: Int)
        /// The file ends without another record.
        case none
    }

    /// Opcode to the end of the checksum's field.
    private static let headByteCount = MCAP.recordHeadByteCount + MCAP.messageHeadByteCount + MessageChecksum.byteCount
    /// How many bytes may go through the checksum for each one passed.
    private static let checksummedBytesPerByte = 4

    private let recordByteLimit: Int
    private let findsChunks: Bool
    /// How many bytes may still go through the checksum.
    private var credit: Int
    /// How many bytes went through the checksum, whole records only.
    package private(set) var checksummedByteCount: UInt64 = 0

    /// - Parameters:
    ///   - recordByteLimit: the longest body that is believed, in bytes.
    ///   - findsChunks: whether a chunk is looked for too. Not in a file that is known to be a journal: there, a chunk is
    ///     somebody's payload.
    package init(recordByteLimit: Int = MCAPRecordReader.defaultRecordByteLimit, findsChunks: Bool = false) {
        self.recordByteLimit = min(max(recordByteLimit, 0), 1 << 40)
        self.findsChunks = findsChunks
        credit = self.recordByteLimit
    }

    /// - Parameters:
    ///   - bytes: what is at hand of the file.
    ///   - position: where to begin; behind the damaged record's first byte. Moved to the record, or behind what was passed.
    ///   - isEnd: whether the file ends with these bytes.
    package mutating func next(_ bytes: Span<UInt8>, at position: inout Int, isEnd: Bool) -> Step {
        while position < bytes.count {
            let candidate: Candidate =
                switch bytes[position] {
                case MCAPOpcode.message.rawValue: message(bytes, at: position)
                case MCAPOpcode.chunk.rawValue where findsChunks: chunk(bytes, at: position)
                default: .other
                }
            switch candidate {
            case .record(let length):
                credit = min(credit &+ Self.checksummedBytesPerByte &* length, 1 << 40)
                return .found
            case .unfinished(let needed):
                if !isEnd { return .needsBytes(atLeast: needed) }
            case .other: break
            }
            position += 1
            credit = min(credit + Self.checksummedBytesPerByte, 1 << 40)
        }
        return isEnd ? .none : .needsBytes(atLeast: 1)
    }

    private enum Candidate {
        case record(byteCount: Int)
        case unfinished(needed: Int)
        case other
    }

    private mutating func message(_ bytes: Span<UInt8>, at position: Int) -> Candidate {
        let available = bytes.count - position
        guard available >= MCAP.recordHeadByteCount else { return .unfinished(needed: MCAP.recordHeadByteCount) }
        let length: UInt64 = bytes.littleEndian(at: position + 1)
        guard length <= UInt64(recordByteLimit), Int(length) + MCAP.recordHeadByteCount >= Self.headByteCount else {
            return .other
        }
        guard available >= Self.headByteCount else { return .unfinished(needed: Self.headByteCount) }
        let body = position + MCAP.recordHeadByteCount
        let channel: UInt16 = bytes.littleEndian(at: body)
        let logTime: UInt64 = bytes.littleEndian(at: body + 6)
        let publishTime: UInt64 = bytes.littleEndian(at: body + 14)
        let data = body + MCAP.messageHeadByteCount
        guard JournalChannel(rawValue: channel) != nil, logTime == publishTime, bytes[data] == MessageChecksum.tag,
            Int(length) <= credit
        else { return .other }
        let end = body + Int(length)
        guard end <= bytes.count else { return .unfinished(needed: MCAP.recordHeadByteCount + Int(length)) }
        credit -= Int(length)
        checksummedByteCount &+= length
        let record = try? StoredRecord(messageBody: bytes.extracting(body..<end), offset: 0)
        return record == nil ? .other : .record(byteCount: Int(length))
    }
    private func chunk(_ bytes: Span<UInt8>, at position: Int) -> Candidate {
        let available = bytes.count - position
        let compression = position + MCAP.recordHeadByteCount + 28
        guard available >= MCAP.recordHeadByteCount else { return .unfinished(needed: MCAP.recordHeadByteCount) }
        let length: UInt64 = bytes.littleEndian(at: position + 1)
        guard length >= MCAPOpcode.chunk.minimumBodyByteCount, length <= UInt64(recordByteLimit) else { return .other }
        let withoutCompression = MCAP.recordHeadByteCount + Int(MCAPOpcode.chunk.minimumBodyByteCount)
        guard available >= withoutCompression else { return .unfinished(needed: withoutCompression) }
        let nameByteCount: UInt32 = bytes.littleEndian(at: compression)
        guard nameByteCount <= 4 else { return .other }
        let headByteCount = withoutCompression + Int(nameByteCount)
        guard available >= headByteCount else { return .unfinished(needed: headByteCount) }
        let body = bytes.extracting((position + MCAP.recordHeadByteCount)..<(position + headByteCount))
        let head = try? MCAPChunk(body: body, offset: 0, statedByteCount: length)
        guard let head, head.messageStartTime <= head.messageEndTime, head.hasKnownCompression else { return .other }
        return .record(byteCount: 0)
    }
}
