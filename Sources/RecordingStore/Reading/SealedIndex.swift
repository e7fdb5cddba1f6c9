internal import RecordingFormat

/// What a sealed file's summary and its index of connections say: where the chunks are, and what is in them.
struct SealedIndex {
    struct Chunk: Hashable {
        /// Where in the file its record begins, and how long that is, opcode and length included.
        var offset: UInt64
        var byteCount: Int
        /// The times of the first and the last message by time, in nanoseconds since 1970.
        var start: UInt64
        var end: UInt64
    }

    let chunks: [Chunk]
    let connections: ConnectionIndex

    private static let footerByteCount = MCAP.recordHeadByteCount + 20

    /// Reads what stands behind the chunks, and nothing else.
    /// - Throws: a ``FormatError`` if the file has no summary, or none that a reader may rely on. It can still be read
    ///   from its first byte on.
    init(_ file: InputFile, _ settings: RecordingReader.Settings) throws {
        let (footer, summary) = try Self.summary(of: file, limit: settings.indexByteLimit)
        let start = footer.summaryStart
        var reader = MCAPRecordReader(recordByteLimit: summary.count)
        reader.resume(at: start)
        var position = 0
        var indexes: [MCAPChunkIndex] = []
        var attachment: MCAPAttachmentIndex?
        var statistics: MCAPStatistics?
        reading: while true {
            switch reader.next(summary.span, at: &position) {
            case .needsBytes, .magic: break reading
            case .damaged(let error): throw error
            case .record(let opcode, let offset, let body):
                let body = summary.span.extracting(body)
                switch opcode {
                case .chunkIndex: indexes.append(try MCAPChunkIndex(body: body, offset: offset))
                case .statistics: statistics = try MCAPStatistics(body: body, offset: offset)
                case .attachmentIndex:
                    let index = try MCAPAttachmentIndex(body: body, offset: offset)
                    if index.name == ConnectionIndex.name { attachment = index }
                case .schema, .channel, .metadataIndex, .summaryOffset: continue
                case .header, .footer, .message, .chunk, .messageIndex, .attachment, .metadata, .dataEnd:
                    throw Self.error(offset, opcode.name, "no such record in a summary", "one")
                }
            }
        }
        guard let attachment, statistics.map({ $0.chunkCount == indexes.count }) ?? false else {
            throw Self.error(start, "summary", "Statistics, each chunk's index and that of the connections", "others")
        }
        chunks = try Self.chunks(indexes, before: start, settings)
        connections = try Self.connections(file, attachment, before: start, indexes, settings)
    }

    private static func error(_ offset: UInt64, _ record: String, _ expected: String, _ actual: String) -> FormatError {
        FormatError(offset: offset, record: record, expected: expected, actual: actual)
    }

    /// The footer, and the bytes from its `summary_start` up to it.
    private static func summary(
        of file: InputFile, limit: Int
    ) throws -> (MCAPFooter, [UInt8]) {
        let size = try file.byteCount()
        let tailByteCount = UInt64(footerByteCount + MCAP.magic.count)
        guard size > tailByteCount + UInt64(MCAP.magic.count) else { throw error(size, "file", "a footer", "its end") }
        let place = size - tailByteCount
        var tail: [UInt8] = []
        try file.read(Int(tailByteCount), at: place, appendingTo: &tail)
        var reader = MCAPRecordReader()
        reader.resume(at: place)
        var position = 0
        guard case .record(.footer, _, let body) = reader.next(tail.span, at: &position),
            case .magic(isClosing: true) = reader.next(tail.span, at: &position)
        else { throw error(place, "Footer", "one at the end of the file", "something else") }
        let footer = try MCAPFooter(body: tail.span.extracting(body), offset: place)
        let start = footer.summaryStart
        guard start >= UInt64(MCAP.magic.count), start < place, place - start <= UInt64(max(limit, 0)) else {
            throw error(place, "Footer", "a summary of at most \(limit) bytes before it", "one at \(start)")
        }
        var summary: [UInt8] = []
        try file.read(Int(place - start), at: start, appendingTo: &summary)
        guard summary.count == Int(place - start) else { throw error(start, "summary", "bytes", "the file's end") }
        var checksum = CRC32(of: summary.span)
        checksum.update(tail.span.extracting(..<(footerByteCount - 4)))
        guard footer.summaryCRC == 0 || footer.summaryCRC == checksum.value else {
            throw error(place, "Footer", "summary_crc \(checksum.value)", "\(footer.summaryCRC)")
        }
        return (footer, summary)
    }

    private static func chunks(
        _ indexes: [MCAPChunkIndex], before end: UInt64, _ settings: RecordingReader.Settings
    ) throws -> [Chunk] {
        var place: UInt64 = 0
        return try indexes.map { index in
            let (start, byteCount) = (index.chunkStartOffset, index.chunkByteCount)
            guard start >= place, start < end, byteCount <= end - start, byteCount >= MCAP.recordHeadByteCount,
                byteCount - UInt64(MCAP.recordHeadByteCount) <= UInt64(max(settings.recordByteLimit, 0))
            else {
                throw error(
                    start, "Chunk Index", "chunks of at most \(settings.recordByteLimit) bytes, one behind the other",
                    "\(byteCount) bytes at \(start)")
            }
            place = start + byteCount
            return Chunk(
                offset: start, byteCount: Int(byteCount), start: index.messageStartTime, end: index.messageEndTime)
        }
    }

    private static func connections(
        _ file: InputFile, _ index: MCAPAttachmentIndex, before end: UInt64, _ chunks: [MCAPChunkIndex],
        _ settings: RecordingReader.Settings
    ) throws -> ConnectionIndex {
        guard index.offset < end, index.byteCount <= end - index.offset,
            index.byteCount <= UInt64(max(settings.indexByteLimit, 0))
        else {
            throw error(
                index.offset, "Attachment Index", "at most \(settings.indexByteLimit) bytes before the summary",
                "\(index.byteCount)")
        }
        var bytes: [UInt8] = []
        try file.read(Int(index.byteCount), at: index.offset, appendingTo: &bytes)
        var reader = MCAPRecordReader(recordByteLimit: bytes.count)
        reader.resume(at: index.offset)
        var position = 0
        guard case .record(.attachment, _, let body) = reader.next(bytes.span, at: &position), position == bytes.count
        else { throw error(index.offset, "Attachment", "one of \(index.byteCount) bytes", "something else") }
        let attachment = try MCAPAttachment(body: bytes.span.extracting(body), offset: index.offset)
        guard attachment.name == ConnectionIndex.name else {
            throw error(index.offset, "Attachment", "the name '\(ConnectionIndex.name)'", "'\(attachment.name)'")
        }
        let connections = try ConnectionIndex(
            data: attachment.data.span, chunkCount: chunks.count, offset: index.offset)
        let checksum = ConnectionIndex.checksum(of: chunks)
        guard connections.chunksChecksum == checksum else {
            throw FormatError(
                offset: index.offset, record: ConnectionIndex.name, expected: "an index of these chunks",
                actual: "one of others", advice: "Another program has written the file anew.")
        }
        return connections
    }
}
