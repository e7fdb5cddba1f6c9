/// All that a reader needs to go on with an open socket from here, without anything that lies before.
///
/// A sealed file has one of each open socket now and then: between two messages, in a chunk of its own kind.
/// Its stamp is that of the connection's newest record before it, but for the sequence: that is the next record's.
package struct CheckpointRecord: Hashable, Sendable {
    /// One direction of the socket, between two messages.
    package struct Stream: Hashable, Sendable {
        package var nextFrame: UInt64 = 0
        package var nextMessage: UInt64 = 0
        /// Whether a close frame was seen.
        package var hasClosed = false
        /// Whether records of the direction were lost, and no data frame came since.
        package var isBehindGap = false
        /// Whether messages refer to bytes that are lost.
        package var isContextLost = false
        /// The last inflated bytes that the next message may refer to; at most 32 KiB.
        package var window: [UInt8] = []

        package init() {}
    }

    package var stamp: RecordStamp
    /// The stamp of the socket's opening.
    package var opened: RecordStamp
    package var isOpeningRecorded = false
    package var target = ""
    package var subprotocol = ""
    /// The answer's Sec-WebSocket-Extensions.
    package var extensions = ""
    /// The heads of the upgrade, verbatim; empty if they are not recorded.
    package var request: [UInt8] = []
    package var response: [UInt8] = []
    package var client = Stream()
    package var server = Stream()

    package init(stamp: RecordStamp, opened: RecordStamp) {
        self.stamp = stamp
        self.opened = opened
    }
}

extension CheckpointRecord {
    func write(to writer: inout ProtobufWriter) {
        writer.uint(6, opened.sequence)
        writer.fixed64(7, opened.wallNanoseconds)
        writer.fixed64(8, opened.monotonicNanoseconds)
        writer.bool(9, isOpeningRecorded)
        writer.text(10, target)
        writer.text(11, subprotocol)
        writer.text(12, extensions)
        writer.content(13, request)
        writer.content(14, response)
        write(client, 15, to: &writer)
        write(server, 21, to: &writer)
    }

    private func write(_ stream: Stream, _ first: UInt32, to writer: inout ProtobufWriter) {
        writer.uint(first, stream.nextFrame)
        writer.uint(first + 1, stream.nextMessage)
        writer.bool(first + 2, stream.hasClosed)
        writer.bool(first + 3, stream.isBehindGap)
        writer.bool(first + 4, stream.isContextLost)
        writer.content(first + 5, stream.window)
    }

    static func decode(_ bytes: Span<UInt8>, _ message: ProtobufReader) throws(FormatError) -> CheckpointRecord {
        var reader = message
        var stamp = RecordStamp()
        var record = CheckpointRecord(stamp: stamp, opened: stamp)
        while let field = try reader.next(bytes) {
            if try stamp.take(field, reader) { continue }
            switch field.number {
            case 6: record.opened.sequence = try reader.uint(field)
            case 7: record.opened.wallNanoseconds = try reader.fixed64(field)
            case 8: record.opened.monotonicNanoseconds = try reader.fixed64(field)
            case 9: record.isOpeningRecorded = try reader.bool(field)
            case 10: record.target = try reader.text(field, bytes)
            case 11: record.subprotocol = try reader.text(field, bytes)
            case 12: record.extensions = try reader.text(field, bytes)
            case 13: record.request = bytes.bytes(in: try reader.range(field))
            case 14: record.response = bytes.bytes(in: try reader.range(field))
            case 15...20: try take(field, field.number - 15, bytes, reader, &record.client)
            case 21...26: try take(field, field.number - 21, bytes, reader, &record.server)
            default: continue
            }
        }
        record.stamp = stamp
        record.opened.connection = stamp.connection
        return record
    }

    private static func take(
        _ field: ProtobufReader.Field, _ index: UInt32, _ bytes: Span<UInt8>, _ reader: ProtobufReader,
        _ stream: inout Stream
    ) throws(FormatError) {
        switch index {
        case 0: stream.nextFrame = try reader.uint(field)
        case 1: stream.nextMessage = try reader.uint(field)
        case 2: stream.hasClosed = try reader.bool(field)
        case 3: stream.isBehindGap = try reader.bool(field)
        case 4: stream.isContextLost = try reader.bool(field)
        default: stream.window = bytes.bytes(in: try reader.range(field))
        }
    }
}
