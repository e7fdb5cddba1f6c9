package import RecordingFormat

/// Writes a sealed file: records in; chunks, indexes, checksums, statistics and summary out.
///
/// Nothing of it is seen under its name before ``finish(keepingOriginalAs:)``. While one chunk is filled, the one before is
/// compressed on another thread. Memory: two chunks, one compressed, and a few numbers for each chunk and each connection
/// in it.
package final class SealedFileWriter {
    package let path: String
    private let settings: SealingSettings
    private let file: ReplacementFile
    private let compressor: ChunkCompressor
    private var chunk: ChunkBuilder
    /// The chunk before, as long as it is being compressed; else one to fill next.
    private var other: ChunkBuilder
    private var isCompressing = false
    /// Chunks that are filled.
    private var endedChunkCount = 0
    /// Whether the chunk is one of checkpoints.
    private var holdsCheckpoints = false
    /// Of all that was written so far.
    private var checksum = CRC32()
    private var chunkIndexes: [MCAPChunkIndex] = []
    private var connections: [UInt64: ConnectionIndex.Connection] = [:]
    /// Whose record came last, if it came in this chunk.
    private var lastConnection: UInt64?
    private var metadataIndex: MCAPMetadataIndex
    private var statistics = MCAPStatistics()
    /// Bytes of the records in the chunks before this one, not compressed.
    private var finishedByteCount: UInt64 = 0

    /// - Parameters:
    ///   - path: of the file to be made, or to be replaced.
    ///   - release: the version of the program, for the Header.
    package init(
        path: String, preamble: JournalPreamble, release: String, settings: SealingSettings = SealingSettings()
    ) throws(SealingError) {
        self.path = path
        self.settings = settings
        file = try ReplacementFile(replacing: path)
        compressor = ChunkCompressor(level: settings.compressionLevel, hasOwnThread: settings.usesTwoThreads)
        chunk = ChunkBuilder(byteCount: settings.chunkByteCount)
        other = ChunkBuilder(byteCount: settings.chunkByteCount)
        let metadata = preamble.metadata.encoded()
        metadataIndex = MCAPMetadataIndex(
            offset: 0, byteCount: UInt64(metadata.count), name: preamble.metadata.name)
        let bytes = preamble.encoded(release: release)
        metadataIndex.offset = Self.offset(of: .metadata, in: bytes)
        statistics.metadataCount = 1
        statistics.schemaCount = UInt16(JournalSchema.allCases.count)
        statistics.channelCount = UInt32(JournalChannel.allCases.count)
        try write(bytes)
    }

    private static func offset(of opcode: MCAPOpcode, in bytes: [UInt8]) -> UInt64 {
        var reader = MCAPRecordReader()
        var position = 0
        while true {
            switch reader.next(bytes.span, at: &position) {
            case .magic: continue
            case .record(opcode, let offset, _): return offset
            case .record: continue
            case .needsBytes, .damaged: return 0
            }
        }
    }

    deinit {
        // Who gives up without a word must not take the buffers from the other thread.
        if isCompressing { _ = compressor.finish() }
    }

    /// Bytes of records so far, not compressed.
    package var recordByteCount: UInt64 { finishedByteCount &+ UInt64(chunk.count) }

    package var chunkCount: UInt64 { UInt64(endedChunkCount) }

    /// Bytes of the file so far.
    package var byteCount: UInt64 { file.byteCount }

    /// Adds a record as it is: the caller has taken the mask off.
    /// - Returns: whether a chunk ended with it, so that checkpoints can follow.
    @discardableResult
    package func append(_ record: JournalRecord) throws(SealingError) -> Bool {
        if case .checkpoint(let checkpoint) = record {
            try append(checkpoint)
            return false
        }
        if holdsCheckpoints { try endChunk() }
        note(record.stamp.connection)
        if record.endsConnection { connections[record.stamp.connection]?.isClosed = true }
        switch record {
        case .frame(let frame, let payload): chunk.append(frame, payload: payload)
        case .http(let http, let bytes): chunk.append(http, bytes: bytes)
        case .socket, .gap, .note, .checkpoint: chunk.append(record)
        }
        guard chunk.count >= settings.chunkByteCount else { return false }
        try endChunk()
        return true
    }

    /// Adds a checkpoint, in a chunk of its own kind: it covers what came before.
    package func append(_ checkpoint: CheckpointRecord) throws(SealingError) {
        if !holdsCheckpoints { try endChunk() }
        holdsCheckpoints = true
        let place = ConnectionIndex.Checkpoint(
            chunk: UInt32(clamping: endedChunkCount), offset: UInt32(clamping: chunk.count),
            sequence: checkpoint.stamp.sequence, wallNanoseconds: checkpoint.stamp.wallNanoseconds)
        let number = checkpoint.stamp.connection
        connections[number, default: ConnectionIndex.Connection(number: number)].checkpoints.append(place)
        chunk.append(.checkpoint(checkpoint))
        if chunk.count >= settings.chunkByteCount { try endChunk() }
    }

    /// Notes that the chunk has a record of the connection.
    private func note(_ number: UInt64) {
        guard number != lastConnection else { return }
        lastConnection = number
        let index = UInt32(clamping: endedChunkCount)
        connections[number, default: ConnectionIndex.Connection(number: number)].note(chunk: index)
    }
}

extension ConnectionIndex.Connection {
    fileprivate mutating func note(chunk: UInt32) {
        if chunks.last != chunk { chunks.append(chunk) }
    }
}

// MARK: - Chunks

extension SealedFileWriter {
    /// Ends the chunk of the records so far. Needed before checkpoints only, and done by them.
    package func endChunk() throws(SealingError) {
        defer {
            holdsCheckpoints = false
            lastConnection = nil
        }
        guard !chunk.isEmpty else { return }
        if let free = file.freeByteCount, settings.keptFreeByteCount > 0, free < settings.keptFreeByteCount {
            throw SealingError.unwritable(path: file.temporaryPath, reason: "the disk is nearly full")
        }
        try writeCompressed()
        finishedByteCount &+= UInt64(chunk.count)
        endedChunkCount += 1
        compressor.start(chunk)
        isCompressing = true
        swap(&chunk, &other)
        if !settings.usesTwoThreads {
            // It is compressed already: filling the same memory again leaves the other chunk's untouched.
            try writeCompressed()
            swap(&chunk, &other)
        }
        chunk.removeAll()
    }

    /// Writes the chunk that is being compressed, if there is one.
    private func writeCompressed() throws(SealingError) {
        guard isCompressing else { return }
        isCompressing = false
        guard let compressed = compressor.finish() else {
            throw SealingError.unwritable(path: file.temporaryPath, reason: "no memory to compress with")
        }
        let chunk = other
        let start = file.byteCount
        let head = MCAPChunk.encodedHead(
            messageStartTime: chunk.messageStartTime, messageEndTime: chunk.messageEndTime,
            uncompressedByteCount: UInt64(chunk.count), uncompressedCRC: compressed.recordsCRC, compression: "zstd",
            compressedByteCount: UInt64(compressed.bytes.count))
        try write(head)
        try write(compressed.bytes)
        let end = file.byteCount
        let offsets = try writeMessageIndexes(of: chunk)
        chunkIndexes.append(
            MCAPChunkIndex(
                messageStartTime: chunk.messageStartTime, messageEndTime: chunk.messageEndTime,
                chunkStartOffset: start, chunkByteCount: end - start, messageIndexOffsets: offsets,
                messageIndexByteCount: file.byteCount - end, compression: "zstd",
                compressedByteCount: UInt64(compressed.bytes.count), uncompressedByteCount: UInt64(chunk.count)))
        count(chunk)
    }

    private func writeMessageIndexes(of chunk: ChunkBuilder) throws(SealingError) -> [UInt16: UInt64] {
        var offsets: [UInt16: UInt64] = [:]
        var bytes: [UInt8] = []
        for index in chunk.messageIndexes {
            offsets[index.channelID] = file.byteCount + UInt64(bytes.count)
            bytes += index.encoded()
            statistics.messageCount += UInt64(index.entries.count)
            statistics.channelMessageCounts[index.channelID, default: 0] += UInt64(index.entries.count)
        }
        try write(bytes)
        return offsets
    }

    private func count(_ chunk: ChunkBuilder) {
        let isFirst = statistics.chunkCount == 0
        statistics.chunkCount += 1
        statistics.messageStartTime =
            isFirst ? chunk.messageStartTime : min(statistics.messageStartTime, chunk.messageStartTime)
        statistics.messageEndTime = max(statistics.messageEndTime, chunk.messageEndTime)
    }

    private func write(_ bytes: [UInt8]) throws(SealingError) {
        // The array's bytes are read during the call only; no typed throws through a closure of the library.
        let result = bytes.withUnsafeBytes { buffer in Result { () throws(SealingError) in try write(buffer) } }
        try result.get()
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(SealingError) {  // unsafe: buffers of C
        checksum.update(bytes)
        try file.write(bytes)
    }
}

// MARK: - The end

extension SealedFileWriter {
    /// Writes what follows the chunks, and puts the file in its place. Blocks until it is on the disk.
    /// - Parameter original: where the file that is replaced stays; nil: nowhere.
    package func finish(keepingOriginalAs original: String? = nil) throws(SealingError) {
        try endChunk()
        try writeCompressed()
        let attachment = try writeAttachment()
        try write(MCAPDataEnd(dataSectionCRC: checksum.value).encoded())
        checksum = CRC32()
        let summaryStart = file.byteCount
        let summaryOffsets = try writeSummary(attachment)
        let summaryOffsetStart = file.byteCount
        for offset in summaryOffsets { try write(offset.encoded()) }
        // The checksum of the summary covers the footer up to itself.
        var footer = MCAPFooter(summaryStart: summaryStart, summaryOffsetStart: summaryOffsetStart)
        let open = footer.encoded()
        checksum.update(open.span.extracting(..<(open.count - 4)))
        footer.summaryCRC = checksum.value
        try write(footer.encoded() + MCAP.magic)
        try file.commit(keepingOriginalAs: original)
    }

    /// Gives the file up: nothing of it stays.
    package func discard() {
        // The buffers go with this object: the other thread must be done with them.
        if isCompressing { _ = compressor.finish() }
        isCompressing = false
        file.discard()
    }

    private func writeAttachment() throws(SealingError) -> MCAPAttachmentIndex {
        var index = ConnectionIndex()
        index.connections = connections.values.sorted { $0.number < $1.number }
        index.chunksChecksum = ConnectionIndex.checksum(of: chunkIndexes)
        let attachment = MCAPAttachment(
            logTime: statistics.messageEndTime, createTime: statistics.messageEndTime, name: ConnectionIndex.name,
            mediaType: ConnectionIndex.mediaType, data: index.encoded())
        let bytes = attachment.encoded()
        defer { statistics.attachmentCount = 1 }
        let offset = file.byteCount
        try write(bytes)
        return MCAPAttachmentIndex(attachment, offset: offset, byteCount: UInt64(bytes.count))
    }

    private func writeSummary(_ attachment: MCAPAttachmentIndex) throws(SealingError) -> [MCAPSummaryOffset] {
        var offsets: [MCAPSummaryOffset] = []
        func group(_ opcode: MCAPOpcode, _ bytes: [UInt8]) throws(SealingError) {
            guard !bytes.isEmpty else { return }
            offsets.append(
                MCAPSummaryOffset(
                    groupOpcode: opcode.rawValue, groupStart: file.byteCount, groupByteCount: UInt64(bytes.count)))
            try write(bytes)
        }
        try group(.schema, JournalSchema.allCases.flatMap { $0.record.encoded() })
        try group(.channel, JournalChannel.allCases.flatMap { $0.record.encoded() })
        try group(.statistics, statistics.encoded())
        try group(.chunkIndex, chunkIndexes.flatMap { $0.encoded() })
        try group(.attachmentIndex, attachment.encoded())
        try group(.metadataIndex, metadataIndex.encoded())
        return offsets
    }
}
