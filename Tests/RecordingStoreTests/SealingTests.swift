import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@testable import RecordingStore

/// A sealed file holds the same records as its journal, in the same order, and every index of it is right.
@Suite struct SealingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func settings(chunk: Int = 4096) -> SealingSettings {
        var settings = SealingSettings()
        settings.chunkByteCount = chunk
        settings.checkpointDistance = 8192
        settings.checkpointPayload = 1000
        return settings
    }

    private func seal(_ path: String, _ settings: SealingSettings) throws -> SealedFile {
        let run = try #require(try RecordingRun.find(at: [path]).last)
        let file = try #require(run.files.first { $0.path == path })
        var sealer = Sealer(release: "0", settings: settings)
        return try sealer.seal(file, of: run)
    }

    @Test(arguments: [1, 300, 4096, 1 << 20])
    func recordsAreTheSameAndInOrder(chunk: Int) throws {
        let journal = TestTraffic.mixed(messages: 60)
        let path = try folder.write(journal.bytes())
        let result = try seal(path, settings(chunk: chunk))
        let sealed = try SealedContents(of: path)
        #expect(sealed.isComplete)
        #expect(sealed.records.map(\.asRecorded) == journal.records)
        #expect(result.recordCount == UInt64(journal.records.count))
        #expect(result.originalByteCount == UInt64(journal.bytes().count))
        #expect(result.byteCount == UInt64(fileBytes(path).count))
        #expect(result.chunkCount == UInt64(sealed.chunks.count))
        #expect(result.checkpointCount == UInt64(sealed.checkpoints.count))
        #expect(sealed.preamble == JournalContents(journal.bytes()).preamble)
        #expect(folder.names == [folder.name().split(separator: "/").last.map(String.init) ?? ""])
    }

    @Test func statisticsCountEveryMessageOnce() throws {
        let journal = TestTraffic.mixed(messages: 40)
        let path = try folder.write(journal.bytes())
        _ = try seal(path, settings())
        let sealed = try SealedContents(of: path)
        let statistics = try #require(sealed.statistics)
        #expect(statistics.messageCount == UInt64(sealed.all.count))
        #expect(statistics.chunkCount == UInt32(sealed.chunks.count))
        #expect(statistics.schemaCount == 6)
        #expect(statistics.channelCount == 7)
        #expect(statistics.attachmentCount == 1)
        #expect(statistics.metadataCount == 1)
        let counts = Dictionary(grouping: sealed.all, by: \.channel.rawValue).mapValues { UInt64($0.count) }
        #expect(statistics.channelMessageCounts == counts)
        #expect(statistics.messageStartTime == sealed.all.map(\.stamp.wallNanoseconds).min())
        #expect(statistics.messageEndTime == sealed.all.map(\.stamp.wallNanoseconds).max())
        #expect(sealed.summaryOffsets.map(\.groupOpcode) == [0x03, 0x04, 0x0B, 0x08, 0x0A, 0x0D])
    }

    @Test(arguments: [1, 2, 3, 5, 40])
    func masksComeOffAndCanBePutOnAgain(parts: Int) throws {
        let text = "{\"event\":\"phx_reply\",\"payload\":{\"status\":\"ok\"}}"
        var journal = TestJournal()
        journal.open(1)
        journal.open(2)
        journal.text(1, .client, text, parts: parts)
        journal.text(2, .server, text, parts: parts)
        journal.text(1, .client, "", parts: 1)
        let path = try folder.write(journal.bytes())
        _ = try seal(path, settings())
        let sealed = try SealedContents(of: path)
        #expect(sealed.records.map(\.asRecorded) == journal.records)
        for record in sealed.records {
            guard case .frame(let frame, let payload) = record, !payload.isEmpty else { continue }
            let isUnmasked = if case .unmasked = frame.form { true } else { false }
            #expect(isUnmasked == (frame.direction == .client))
        }
        let payloads = sealed.records.compactMap { record -> [UInt8]? in
            guard case .frame(let frame, let payload) = record, frame.direction == .client else { return nil }
            return payload
        }
        #expect(String(decoding: payloads.joined(), as: UTF8.self) == text)
        #expect(decode(sealed.records) == decode(journal.records))
    }

    @Test func aPartWhoseBeginningIsLostStaysMasked() throws {
        var journal = TestJournal()
        journal.open(1)
        journal.text(1, .client, "the first part of this frame is lost", parts: 4)
        let lost = journal.records.remove(at: 1)
        #expect(lost.channel == .client)
        let path = try folder.write(journal.bytes())
        _ = try seal(path, settings())
        #expect(try SealedContents(of: path).records == journal.records)
    }

    @Test func aFileWithoutRecordsIsSealedToo() throws {
        let path = try folder.write(TestJournal().bytes())
        #expect(try seal(path, settings()).recordCount == 0)
        let sealed = try SealedContents(of: path)
        #expect(sealed.isComplete)
        #expect(sealed.statistics?.messageCount == 0)
        #expect(try RecordingFile(path: path).isSealed)
    }

    @Test func aRecordLargerThanAChunkIsAChunk() throws {
        var journal = TestJournal()
        journal.open(1)
        var source = SeededGenerator(seed: 5)
        let noise = (0..<60_000).map { _ in UInt8.random(in: 0...255, using: &source) }
        journal.text(1, .server, "before")
        journal.frame(1, .server, wireFrame(.binary, noise, from: .server))
        journal.text(1, .server, "after")
        let path = try folder.write(journal.bytes())
        _ = try seal(path, settings())
        #expect(try SealedContents(of: path).records == journal.records)
    }
}
