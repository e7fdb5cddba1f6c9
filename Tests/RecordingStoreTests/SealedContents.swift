import RecordingFormat
import Testing

@testable import RecordingStore

/// What a sealed file's bytes say, read as any MCAP reader would, and every cross-reference of it compared.
struct SealedContents {
    struct Chunk {
        var offset: UInt64
        var records: [JournalRecord] = []
        /// Where in the uncompressed records each of them begins.
        var offsets: [UInt64] = []
        var indexes: [MCAPMessageIndex] = []
        var head: MCAPChunk
        var byteCount: UInt64
        var indexOffsets: [UInt16: UInt64] = [:]
        var indexByteCount: UInt64 = 0
    }

    private(set) var preamble: JournalPreamble?
    private(set) var chunks: [Chunk] = []
    private(set) var attachment: MCAPAttachment?
    private(set) var statistics: MCAPStatistics?
    private(set) var chunkIndexes: [MCAPChunkIndex] = []
    private(set) var summaryOffsets: [MCAPSummaryOffset] = []
    private(set) var footer: MCAPFooter?
    private(set) var isComplete = false
    private var attachmentOffset: UInt64 = 0
    private var metadataOffset: UInt64 = 0
    private var dataEnd: (offset: UInt64, checksum: UInt32)?

    init(of path: String) throws { try self.init(fileBytes(path)) }

    init(_ bytes: [UInt8]) throws {
        var reader = MCAPRecordReader()
        var position = 0
        reading: while true {
            switch reader.next(bytes.span, at: &position) {
            case .needsBytes: break reading
            case .magic: break
            case .damaged(let error): throw error
            case .record(let opcode, let offset, let body):
                try take(opcode, bytes.span.extracting(body), offset: offset, byteCount: UInt64(body.count + 9))
            }
        }
        isComplete = reader.hasEnded && position == bytes.count
        try compare(bytes)
    }

    private mutating func take(
        _ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64, byteCount: UInt64
    ) throws {
        switch opcode {
        case .metadata:
            metadataOffset = offset
            preamble = try JournalPreamble(MCAPMetadata(body: body, offset: offset), offset: offset)
        case .chunk: chunks.append(try Self.chunk(body, offset: offset, byteCount: byteCount))
        case .messageIndex:
            let index = try MCAPMessageIndex(body: body, offset: offset)
            let last = chunks.count - 1
            chunks[last].indexes.append(index)
            chunks[last].indexOffsets[index.channelID] = offset
            chunks[last].indexByteCount += byteCount
        case .attachment:
            attachmentOffset = offset
            attachment = try MCAPAttachment(body: body, offset: offset)
        case .dataEnd: dataEnd = (offset, try MCAPDataEnd(body: body, offset: offset).dataSectionCRC)
        case .statistics: statistics = try MCAPStatistics(body: body, offset: offset)
        case .chunkIndex: chunkIndexes.append(try MCAPChunkIndex(body: body, offset: offset))
        case .attachmentIndex:
            #expect(try MCAPAttachmentIndex(body: body, offset: offset).offset == attachmentOffset)
        case .metadataIndex: #expect(try MCAPMetadataIndex(body: body, offset: offset).offset == metadataOffset)
        case .summaryOffset: summaryOffsets.append(try MCAPSummaryOffset(body: body, offset: offset))
        case .footer: footer = try MCAPFooter(body: body, offset: offset)
        case .header, .schema, .channel: break
        case .message: Issue.record("a message outside of chunks")
        }
    }

    private static func chunk(_ body: Span<UInt8>, offset: UInt64, byteCount: UInt64) throws -> Chunk {
        let head = try MCAPChunk(body: body, offset: offset)
        var chunk = Chunk(offset: offset, head: head, byteCount: byteCount)
        var records: [UInt8] = []
        let compressed = head.records.map { body[$0] }
        #expect(head.compression == "zstd")
        #expect(Zstandard.decode(compressed, limit: 256 << 20, into: &records) == nil)
        #expect(UInt64(records.count) == head.uncompressedByteCount)
        #expect(CRC32(of: records.span).value == head.uncompressedCRC)
        var reader = MCAPRecordReader(offset: 1)
        var position = 0
        while position < records.count {
            let begin = position
            guard case .record(.message, _, let body) = reader.next(records.span, at: &position) else {
                Issue.record("no message at byte \(begin) of the chunk")
                return chunk
            }
            chunk.offsets.append(UInt64(begin))
            chunk.records.append(try JournalRecord(messageBody: records.span.extracting(body), offset: 0))
        }
        return chunk
    }

    /// What says the same of the same must agree.
    private func compare(_ bytes: [UInt8]) throws {
        for chunk in chunks {
            var expected: [UInt16: [MCAPMessageIndex.Entry]] = [:]
            for (record, offset) in zip(chunk.records, chunk.offsets) {
                let entry = MCAPMessageIndex.Entry(time: record.stamp.wallNanoseconds, offset: offset)
                expected[record.channel.rawValue, default: []].append(entry)
            }
            #expect(Dictionary(uniqueKeysWithValues: chunk.indexes.map { ($0.channelID, $0.entries) }) == expected)
            let times = chunk.records.map(\.stamp.wallNanoseconds)
            #expect(chunk.head.messageStartTime == times.min())
            #expect(chunk.head.messageEndTime == times.max())
        }
        guard isComplete, let dataEnd, let footer else { return }
        #expect(CRC32(of: bytes.span.extracting(0..<Int(dataEnd.offset))).value == dataEnd.checksum)
        let summary = Int(footer.summaryStart)..<(bytes.count - MCAP.magic.count - 4)
        #expect(CRC32(of: bytes.span.extracting(summary)).value == footer.summaryCRC)
        #expect(
            chunkIndexes
                == chunks.map { chunk in
                    MCAPChunkIndex(
                        messageStartTime: chunk.head.messageStartTime, messageEndTime: chunk.head.messageEndTime,
                        chunkStartOffset: chunk.offset, chunkByteCount: chunk.byteCount,
                        messageIndexOffsets: chunk.indexOffsets, messageIndexByteCount: chunk.indexByteCount,
                        compression: "zstd", compressedByteCount: UInt64(chunk.head.records.count),
                        uncompressedByteCount: chunk.head.uncompressedByteCount)
                })
        try compareConnections()
    }

    private func compareConnections() throws {
        let data = try #require(attachment).data
        let index = try ConnectionIndex(data: data.span, chunkCount: chunks.count, offset: 0)
        var expected: [UInt64: ConnectionIndex.Connection] = [:]
        for (number, chunk) in chunks.enumerated() {
            for (record, offset) in zip(chunk.records, chunk.offsets) {
                let connection = record.stamp.connection
                var entry = expected[connection] ?? ConnectionIndex.Connection(number: connection)
                if case .checkpoint(let checkpoint) = record {
                    entry.checkpoints.append(
                        ConnectionIndex.Checkpoint(
                            chunk: UInt32(number), offset: UInt32(offset), sequence: checkpoint.stamp.sequence,
                            wallNanoseconds: checkpoint.stamp.wallNanoseconds))
                } else if entry.chunks.last != UInt32(number) {
                    entry.chunks.append(UInt32(number))
                }
                entry.isClosed = entry.isClosed || record.endsConnection
                expected[connection] = entry
            }
        }
        #expect(index.connections == expected.values.sorted { $0.number < $1.number })
    }

    /// In the order of the file, checkpoints too.
    var all: [JournalRecord] { chunks.flatMap(\.records) }
    /// Without checkpoints.
    var records: [JournalRecord] { all.filter { $0.channel != .checkpoint } }
    var checkpoints: [CheckpointRecord] {
        all.compactMap { if case .checkpoint(let checkpoint) = $0 { checkpoint } else { nil } }
    }
}

extension JournalRecord {
    /// As it was recorded: masked.
    var asRecorded: JournalRecord {
        guard case .frame(var frame, _) = self, case .unmasked = frame.form, let payload = wirePayload else {
            return self
        }
        frame.form = .wire
        return .frame(frame, payload: payload)
    }
}
