import Foundation
import Glibc
import RecordingFormat
import RecordingStore
import TestSupport
import Testing

/// `verify` of sealed files: every byte means something, and everything that refers to something else is compared.
@Suite struct VerifyingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func seal(messages: Int, chunk: Int) throws -> [UInt8] {
        let path = try folder.write(TestTraffic.mixed(messages: messages).bytes())
        var settings = SealingSettings()
        settings.chunkByteCount = chunk
        settings.checkpointDistance = UInt64(2 * chunk)
        settings.checkpointPayload = 500
        var sealer = Sealer(release: "0", settings: settings)
        let run = try RecordingRun.find(at: [path])[0]
        _ = try sealer.seal(run.files[0], of: run)
        return fileBytes(path)
    }

    /// All that `livetape verify` says of a file.
    private func problems(_ bytes: [UInt8]) throws -> [String] {
        let path = try folder.write(bytes)
        guard let run = try? RecordingRun.find(at: [path])[0] else { return ["not a recording"] }
        var problems = try run.files[0].preambleProblems()
        let reading = try readAll(path)
        problems += reading.skipped.map { "\($0)" } + reading.missing.map { "\($0)" }
        var verifier = SealedVerifier()
        try verifier.verify(run.files[0]) { problems.append("\($0)") }
        return problems
    }

    @Test func aSealedFileIsWhole() throws {
        #expect(try problems(seal(messages: 300, chunk: 2000)) == [])
        #expect(try problems(seal(messages: 0, chunk: 2000)) == [])
    }

    /// The verifier alone: behind the preamble there is no byte that means nothing.
    @Test func everyFlippedByteIsFound() throws {
        let whole = try seal(messages: 6, chunk: 1500)
        let path = try folder.write(whole)
        let file = try RecordingFile(path: path)
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        func write(_ byte: UInt8, at place: Int) throws {
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: [byte])
        }
        // The descriptors in the schemas are thousands of bytes, twice: of those, one in 31.
        let preamble = TestJournal.preamble().count
        let places = whole.indices.filter {
            (preamble..<(whole.count - preamble)).contains($0) || $0 >= whole.count - 1500 || $0 < 200 || $0 % 31 == 0
        }
        for place in places {
            try write(whole[place] ^ UInt8(1 << (place % 8)), at: place)
            var isFound = false
            var verifier = SealedVerifier()
            try verifier.verify(file) { _ in isFound = true }
            #expect(isFound, "byte \(place)")
            try write(whole[place], at: place)
        }
    }

    @Test func everyTruncationIsFound() throws {
        let whole = try seal(messages: 6, chunk: 1500)
        let path = try folder.write(whole)
        let file = try RecordingFile(path: path)
        for count in stride(from: whole.count - 1, through: TestJournal.preamble().count, by: -7) {
            #expect(truncate(path, off_t(count)) == 0)
            var isFound = false
            var verifier = SealedVerifier()
            try verifier.verify(file) { _ in isFound = true }
            #expect(isFound, "cut at \(count)")
        }
    }

    /// Changes a record, keeps its length, and makes all checksums of the file right again.
    private func lie(
        _ whole: [UInt8], _ wanted: MCAPOpcode, nth: Int = 0, _ change: ([UInt8], UInt64) throws -> [UInt8]
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var reader = MCAPRecordReader()
        var position = 0
        var seen = 0
        var summaryStart = 0
        while true {
            let begin = position
            switch reader.next(whole.span, at: &position) {
            case .needsBytes: return bytes
            case .magic: bytes += whole[begin..<position]
            case .damaged(let error): throw error
            case .record(let opcode, let offset, let body):
                var record = Array(whole[begin..<position])
                if opcode == wanted {
                    if seen == nth {
                        let changed = try change(Array(whole[body]), offset)
                        #expect(changed.count == record.count)
                        record = changed
                    }
                    seen += 1
                }
                if opcode == .dataEnd {
                    record = MCAPDataEnd(dataSectionCRC: CRC32(of: bytes.span).value).encoded()
                    summaryStart = position
                }
                if opcode == .footer {
                    var footer = try MCAPFooter(body: record.span.extracting(9..<record.count), offset: 0)
                    let covered = Array(bytes[summaryStart...]) + footer.encoded().dropLast(4)
                    footer.summaryCRC = CRC32(of: covered.span).value
                    record = footer.encoded()
                }
                bytes += record
            }
        }
    }

    private func expectProblem(_ bytes: [UInt8], _ words: String) throws {
        let problems = try problems(bytes)
        #expect(problems.contains { $0.contains(words) }, "\(words) in \(problems)")
    }

    @Test func aLyingMessageIndexIsFound() throws {
        let whole = try seal(messages: 60, chunk: 2000)
        func index(_ change: (inout MCAPMessageIndex) -> Void) throws -> [UInt8] {
            try lie(whole, .messageIndex, nth: 2) { body, offset in
                var index = try MCAPMessageIndex(body: body.span, offset: offset)
                change(&index)
                return index.encoded()
            }
        }
        #expect(try problems(index { _ in }) == [])
        try expectProblem(index { $0.entries[0].time += 1 }, "Message Index: expected a message of channel")
        try expectProblem(index { $0.entries[0].offset += 1 }, "Message Index: expected a message of channel")
        try expectProblem(index { $0.channelID = 6 }, "Message Index")
    }

    @Test func aLyingSummaryIsFound() throws {
        let whole = try seal(messages: 60, chunk: 2000)
        func chunkIndex(_ change: (inout MCAPChunkIndex) -> Void) throws -> [UInt8] {
            try lie(whole, .chunkIndex, nth: 1) { body, offset in
                var index = try MCAPChunkIndex(body: body.span, offset: offset)
                change(&index)
                return index.encoded()
            }
        }
        let words = "Chunk Index: expected"
        try expectProblem(chunkIndex { $0.messageStartTime += 1 }, "\(words) messageStartTime")
        try expectProblem(chunkIndex { $0.messageEndTime -= 1 }, "\(words) messageEndTime")
        try expectProblem(chunkIndex { $0.chunkStartOffset += 1 }, "\(words) chunkStartOffset")
        try expectProblem(chunkIndex { $0.chunkByteCount += 1 }, "\(words) chunkByteCount")
        try expectProblem(chunkIndex { $0.messageIndexByteCount += 1 }, "\(words) messageIndexByteCount")
        try expectProblem(chunkIndex { $0.compression = "none" }, "\(words) compression")
        try expectProblem(chunkIndex { $0.compressedByteCount += 1 }, "\(words) compressedByteCount")
        try expectProblem(chunkIndex { $0.uncompressedByteCount += 1 }, "\(words) uncompressedByteCount")
        try expectProblem(
            chunkIndex { index in index.messageIndexOffsets.keys.first.map { index.messageIndexOffsets[$0]? += 1 } },
            "\(words) messageIndexOffsets")
        try expectProblem(
            lie(whole, .statistics) { body, offset in
                var statistics = try MCAPStatistics(body: body.span, offset: offset)
                statistics.channelMessageCounts[1]? += 1
                return statistics.encoded()
            }, "Statistics: expected channelMessageCounts")
        try expectProblem(
            lie(whole, .summaryOffset, nth: 2) { body, offset in
                var place = try MCAPSummaryOffset(body: body.span, offset: offset)
                place.groupStart += 1
                return place.encoded()
            }, "Summary Offset: expected groupStart")
        try expectProblem(
            lie(whole, .attachmentIndex) { body, offset in
                var index = try MCAPAttachmentIndex(body: body.span, offset: offset)
                index.offset += 1
                return index.encoded()
            }, "Attachment Index: expected offset")
        try expectProblem(
            lie(whole, .metadataIndex) { body, offset in
                var index = try MCAPMetadataIndex(body: body.span, offset: offset)
                index.byteCount += 1
                return index.encoded()
            }, "Metadata Index: expected byteCount")
        try expectProblem(
            lie(whole, .footer) { body, offset in
                var footer = try MCAPFooter(body: body.span, offset: offset)
                footer.summaryOffsetStart += 1
                return footer.encoded()
            }, "Footer: expected summary_offset_start")
    }

    @Test func aLyingIndexOfConnectionsIsFound() throws {
        let whole = try seal(messages: 60, chunk: 2000)
        func index(_ change: (inout ConnectionIndex) -> Void) throws -> [UInt8] {
            try lie(whole, .attachment) { body, offset in
                var attachment = try MCAPAttachment(body: body.span, offset: offset)
                var index = try ConnectionIndex(data: attachment.data.span, chunkCount: 1000, offset: offset)
                change(&index)
                attachment.data = index.encoded()
                return attachment.encoded()
            }
        }
        #expect(try problems(index { _ in }) == [])
        let words = "expected connection 1 as its records have it"
        try expectProblem(index { $0.connections[1].checkpoints[0].wallNanoseconds ^= 1 }, words)
        try expectProblem(index { $0.connections[1].checkpoints[0].sequence ^= 2 }, words)
        try expectProblem(index { $0.connections[1].checkpoints[0].chunk ^= 1 }, "as its records have it")
        // One with records in a single chunk.
        try expectProblem(
            index { index in index.connections[index.connections.count - 1].chunks[0] ^= 1 }, "as its records have it")
        try expectProblem(index { $0.chunksChecksum ^= 1 }, "chunks_crc32c")
    }

    /// The checkpoint's own checksum is right: only decoding from the beginning shows that it is wrong.
    @Test func aLyingCheckpointIsFound() throws {
        let journal = TestTraffic.mixed(messages: 60)
        var decoder = ConversationDecoder()
        var events: [ConversationEvent] = []
        var before: [JournalRecord] = []
        var found: CheckpointRecord?
        for record in journal.records where before.count < 40 || found == nil {
            decoder.receive(record, into: &events)
            before.append(record)
            found = decoder.checkpoint(of: 1)
        }
        var file = HandmadeSealedFile()
        let whole = try #require(found)
        file.append(before)
        file.append([.checkpoint(whole)])
        #expect(try !problems(file.closed).contains { $0.contains("livetape.Checkpoint") })
        for index in 0..<3 {
            var lying = HandmadeSealedFile()
            lying.append(before)
            var checkpoint = whole
            switch index {
            case 0: checkpoint.client.nextMessage += 1
            case 1: checkpoint.server.window = [1, 2, 3]
            default: checkpoint.target += "x"
            }
            lying.append([.checkpoint(checkpoint)])
            try expectProblem(lying.closed, "livetape.Checkpoint at 0 in the Chunk's records: expected what decoding")
        }
    }
}
