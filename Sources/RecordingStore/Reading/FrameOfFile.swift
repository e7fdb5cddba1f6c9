internal import RecordingFormat

/// The records that hold a file together: what they are is known from their place, and they hold nothing that was recorded.
enum FrameOfFile {
    /// How long the record would be if it were written anew, opcode and length included.
    /// - Parameter isBehindData: whether Data End was before it.
    /// - Throws: if it is damaged, or has no place there.
    static func writtenByteCount(
        _ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64, isBehindData: Bool
    ) throws(FormatError) -> Int {
        switch opcode {
        case .header where offset == UInt64(MCAP.magic.count):
            try MCAPHeader(body: body, offset: offset).encoded().count
        case .metadata where !isBehindData: try MCAPMetadata(body: body, offset: offset).encoded().count
        case .schema: try MCAPSchema(body: body, offset: offset).encoded().count
        case .channel: try MCAPChannel(body: body, offset: offset).encoded().count
        case .dataEnd where !isBehindData: try MCAPDataEnd(body: body, offset: offset).encoded().count
        case .footer where isBehindData: try MCAPFooter(body: body, offset: offset).encoded().count
        case .messageIndex where !isBehindData: try MCAPMessageIndex(body: body, offset: offset).byteCount
        case .attachment where !isBehindData: try MCAPAttachment(body: body, offset: offset).byteCount
        case .chunkIndex where isBehindData: try MCAPChunkIndex(body: body, offset: offset).encoded().count
        case .attachmentIndex where isBehindData: try MCAPAttachmentIndex(body: body, offset: offset).encoded().count
        case .statistics where isBehindData: try MCAPStatistics(body: body, offset: offset).encoded().count
        case .metadataIndex where isBehindData: try MCAPMetadataIndex(body: body, offset: offset).encoded().count
        case .summaryOffset where isBehindData: try MCAPSummaryOffset(body: body, offset: offset).encoded().count
        case .header, .metadata, .dataEnd, .footer, .message, .chunk, .messageIndex, .attachment, .chunkIndex,
            .attachmentIndex, .statistics, .metadataIndex, .summaryOffset:
            throw FormatError(offset: offset, record: opcode.name, expected: "no such record here", actual: "one")
        }
    }

    /// A record that its file ends within.
    /// - Parameter bytes: the file from the record's first byte to the end.
    /// - Returns: how long its body says to be, and where in the bytes there is how much of it; nil if it is another
    ///   record, or not even its head is there.
    static func tornRecord(_ opcode: MCAPOpcode, _ bytes: Span<UInt8>) -> (length: UInt64, body: Range<Int>)? {
        guard bytes.count >= MCAP.recordHeadByteCount, bytes[0] == opcode.rawValue else { return nil }
        let length = (0..<8).reduce(0 as UInt64) { $0 | UInt64(bytes[1 + $1]) << (8 * UInt64($1)) }
        return (length, MCAP.recordHeadByteCount..<bytes.count)
    }
}
