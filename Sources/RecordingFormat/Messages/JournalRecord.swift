/// One record of a recording: what an MCAP Message holds.
package enum JournalRecord: Hashable, Sendable {
    /// How the payload stands here is told by ``FrameRecord/form``.
    case frame(FrameRecord, payload: [UInt8])
    /// The bytes of a head or of a piece of a body; none with an end.
    case http(HTTPRecord, bytes: [UInt8])
    /// Indirect: it is large and rare, and would make every record as large.
    indirect case socket(SocketRecord)
    case gap(GapRecord)
    case note(NoteRecord)
    /// In sealed files only; no part of what was recorded. Indirect as a socket's.
    indirect case checkpoint(CheckpointRecord)

    package var stamp: RecordStamp {
        switch self {
        case .frame(let record, _): record.stamp
        case .http(let record, _): record.stamp
        case .socket(let record): record.stamp
        case .gap(let record): record.stamp
        case .note(let record): record.stamp
        case .checkpoint(let record): record.stamp
        }
    }

    /// Whether it was put in later and is no part of what was recorded: its sequence number is the next record's, and
    /// counts for nothing.
    package var isAddition: Bool {
        switch self {
        case .checkpoint: true
        case .note(let note): note.kind == .warning
        case .frame, .http, .socket, .gap: false
        }
    }

    package var channel: JournalChannel {
        switch self {
        case .frame(let record, _): record.direction == .client ? .client : .server
        case .http: .http
        case .socket: .socket
        case .gap: .gap
        case .note: .note
        case .checkpoint: .checkpoint
        }
    }
}

// MARK: - Writing

extension JournalRecord {
    /// The whole MCAP record: opcode, length, Message.
    package func encoded() -> [UInt8] {
        switch self {
        case .frame(let record, let payload): return record.encoded(payload: payload)
        case .http(let record, let bytes): return record.encoded(bytes: bytes)
        case .socket(let record): return encoded { record.write(to: &$0) }
        case .gap(let record): return encoded { record.write(to: &$0) }
        case .note(let record): return encoded { record.write(to: &$0) }
        case .checkpoint(let record): return encoded { record.write(to: &$0) }
        }
    }

    private func encoded(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var covered = ProtobufWriter()
        stamp.write(to: &covered)
        write(&covered)
        var checksum = ProtobufWriter()
        checksum.fixed32(1, MessageChecksum.value(channel: channel.rawValue, covered.bytes.span))
        return MCAPMessage.encoded(
            channelID: channel.rawValue, sequence: UInt32(truncatingIfNeeded: stamp.sequence),
            logTime: stamp.wallNanoseconds, publishTime: stamp.wallNanoseconds, data: checksum.bytes + covered.bytes)
    }
}

// MARK: - Reading

/// What an MCAP Message of a journal holds.
package enum StoredRecord: Hashable, Sendable {
    case record(JournalRecord)
    /// Frames with their heads, as on the wire.
    case run(FrameRun, frames: [UInt8])

    /// Reads an MCAP Message of ours. Every bit of it is checked: the data by its checksum, what MCAP says before it
    /// against the data.
    /// - Parameters:
    ///   - messageBody: the MCAP record without opcode and length.
    ///   - offset: where in the file the MCAP record begins, for the error.
    package init(messageBody body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        let message = try MCAPMessage(body: body, offset: offset)
        guard let channel = JournalChannel(rawValue: message.channelID) else {
            throw FormatError(
                offset: offset, record: "Message", expected: "a channel id of 1 to 7", actual: "\(message.channelID)")
        }
        let name = channel.schema.name
        let dataOffset = offset &+ UInt64(MCAP.recordHeadByteCount)
        let covered = try MessageChecksum.covered(body, message, offset: offset, name: name)
        let reader = ProtobufReader(covered, offset: dataOffset, name: name)
        switch channel {
        case .client, .server:
            switch try FrameRecord.decode(body, reader) {
            case .frame(let record, let payload): self = .record(.frame(record, payload: body.bytes(in: payload)))
            case .run(let run, let frames): self = .run(run, frames: body.bytes(in: frames))
            }
        case .http:
            let (record, bytes) = try HTTPRecord.decode(body, reader)
            self = .record(.http(record, bytes: body.bytes(in: bytes)))
        case .socket: self = .record(.socket(try SocketRecord.decode(body, reader)))
        case .gap: self = .record(.gap(try GapRecord.decode(body, reader)))
        case .note: self = .record(.note(try NoteRecord.decode(body, reader)))
        case .checkpoint: self = .record(.checkpoint(try CheckpointRecord.decode(body, reader)))
        }
        try check(message, channel, offset: offset)
    }

    private var stamp: RecordStamp {
        switch self {
        case .record(let record): record.stamp
        case .run(let run, _): run.stamp
        }
    }

    private var channel: JournalChannel {
        switch self {
        case .record(let record): record.channel
        case .run(let run, _): run.direction == .client ? .client : .server
        }
    }

    private func check(
        _ message: MCAPMessage, _ channel: JournalChannel, offset: UInt64
    ) throws(FormatError) {
        func require(_ what: String, _ inMessage: UInt64, _ inData: UInt64) throws(FormatError) {
            guard inMessage != inData else { return }
            throw FormatError(
                offset: offset, record: "Message", expected: "\(what) \(inData) as in its data", actual: "\(inMessage)")
        }
        try require("channel id", UInt64(channel.rawValue), UInt64(self.channel.rawValue))
        try require("sequence", UInt64(message.sequence), stamp.sequence & 0xffff_ffff)
        try require("log_time", message.logTime, stamp.wallNanoseconds)
        try require("publish_time", message.publishTime, stamp.wallNanoseconds)
    }
}

extension JournalRecord {
    /// Reads an MCAP Message where each frame has a record of its own, as in sealed files.
    /// - Parameters: as of ``StoredRecord``.
    package init(messageBody body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        switch try StoredRecord(messageBody: body, offset: offset) {
        case .record(let record): self = record
        case .run:
            throw FormatError(
                offset: offset, record: "Frame", expected: "each frame in a message of its own", actual: "a run of them"
            )
        }
    }
}

/// The checksum that each message begins with.
///
/// It covers the channel id of the MCAP Message, then what follows the checksum in the data. Without the channel id a
/// flipped bit could make a Frame an Http message: their fields are alike. The rest of what MCAP says before the data is
/// said again in the data.
enum MessageChecksum {
    static func value(channel: UInt16, _ covered: Span<UInt8>) -> UInt32 {
        var checksum = CRC32C()
        withUnsafeBytes(of: channel.littleEndian) { checksum.update($0) }  // unsafe pointer: no array for two bytes
        checksum.update(covered)
        return checksum.value
    }

    /// Field 1, 4 fixed bytes.
    static let tag: UInt8 = 0x0D
    /// The checksum's own field.
    static let byteCount = 5

    /// Compares the checksum.
    /// - Parameters:
    ///   - body: the record's body.
    ///   - message: what MCAP says of it.
    /// - Returns: where the rest of the data is, behind the checksum's field.
    static func covered(
        _ body: Span<UInt8>, _ message: MCAPMessage, offset: UInt64, name: String
    ) throws(FormatError) -> Range<Int> {
        let data = message.data
        let dataOffset = offset &+ UInt64(MCAP.recordHeadByteCount) &+ UInt64(data.lowerBound)
        guard data.count >= byteCount, body[data.lowerBound] == tag else {
            throw FormatError(
                offset: dataOffset, record: name, expected: "crc32c as the first field", actual: "something else")
        }
        let covered = (data.lowerBound + byteCount)..<data.upperBound
        let stated: UInt32 = body.littleEndian(at: data.lowerBound + 1)
        let actual = value(channel: message.channelID, body.extracting(covered))
        guard stated == actual else {
            throw FormatError(
                offset: dataOffset, record: name, expected: "bytes with the checksum (CRC32C) \(stated)",
                actual: "\(actual)")
        }
        return covered
    }
}
