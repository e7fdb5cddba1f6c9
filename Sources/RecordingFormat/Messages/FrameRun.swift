/// Whole frames of one direction that one read brought, one behind the other with their heads, as they were on the wire.
///
/// A busy socket brings dozens in a read: one record in place of one for each is less to write, to checksum and to copy.
/// In journals only; whoever reads one takes it apart again.
package struct FrameRun: Hashable, Sendable {
    /// The first frame's. Each further one has the next sequence number.
    package var stamp: RecordStamp
    package var direction: Direction
    /// Where in the direction's byte stream the first frame's head begins.
    package var offset: UInt64
    /// The first frame's number in its direction of the socket; each further one has the next.
    package var number: UInt64
    /// How many frames there are.
    package var count: UInt64

    package init(stamp: RecordStamp, direction: Direction, offset: UInt64, number: UInt64, count: UInt64) {
        self.stamp = stamp
        self.direction = direction
        self.offset = offset
        self.number = number
        self.count = count
    }

    /// The room that ``writeHead(frames:to:)`` needs: direction and kind 4, offset and number 22, count 12, the frames'
    /// tag and length 12.
    package static let maximumHeadByteCount = MessageHeadWriter.stampByteCount + 50 + MessageHeadWriter.slack

    /// Writes the MCAP record up to the frames, checksum included; their bytes must follow. Allocates nothing.
    /// - Parameters:
    ///   - frames: the bytes that will follow; read during the call only. A pointer, since it is in an event loop's buffer.
    ///   - room: at least ``maximumHeadByteCount`` bytes.
    /// - Returns: how many bytes of `room` are the record's; 0, and nothing written, if there is less room.
    package func writeHead(frames: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = room.baseAddress, room.count >= Self.maximumHeadByteCount else { return 0 }
        var writer = MessageHeadWriter(base, direction == .client ? .client : .server, stamp)
        writer.varint(6, UInt64(direction.rawValue))
        writer.varint(7, UInt64(FrameRecord.StoredKind.run.rawValue))
        writer.varint(8, offset)
        writer.varint(9, number)
        writer.varint(19, count)
        return writer.finish(20, payload: frames)
    }

    /// The whole MCAP record, for those who may allocate.
    package func encoded(frames: [UInt8]) -> [UInt8] {
        encodedRecord(maximumHead: Self.maximumHeadByteCount, payload: frames) { writeHead(frames: $0, to: $1) }
    }
}
