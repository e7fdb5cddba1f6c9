/// One message as MCAP frames it; what the data means is told by the channel.
package struct MCAPMessage: Hashable, Sendable {
    package var channelID: UInt16
    package var sequence: UInt32
    /// Nanoseconds since 1970; likewise `publishTime`.
    package var logTime: UInt64
    package var publishTime: UInt64
    /// Where in the record's body the data is.
    package var data: Range<Int>

    /// - Parameters:
    ///   - body: the record without opcode and length.
    ///   - offset: where in the file the record begins, for the error.
    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.message, offset: offset)
        channelID = try reader.integer(body, "channel_id")
        sequence = try reader.integer(body, "sequence")
        logTime = try reader.integer(body, "log_time")
        publishTime = try reader.integer(body, "publish_time")
        data = reader.position..<body.count
    }

    /// The whole record with its opcode and length.
    package static func encoded(
        channelID: UInt16, sequence: UInt32, logTime: UInt64, publishTime: UInt64, data: [UInt8]
    ) -> [UInt8] {
        var writer = MCAPFieldWriter(.message)
        writer.integer(channelID)
        writer.integer(sequence)
        writer.integer(logTime)
        writer.integer(publishTime)
        writer.raw(data)
        return writer.finished()
    }
}
