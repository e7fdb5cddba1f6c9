import RecordingFormat
import RecordingStore
import Synchronization
import Testing

/// Chunks on several tasks: the same records in the same order, and only so many at a time.
@Suite struct ParallelReadingTests {
    private let folder: TemporaryFolder
    private let records: [JournalRecord]

    init() throws {
        folder = try TemporaryFolder()
        records = TestTraffic.mixed(messages: 400).records
        for (number, part) in [records[..<500], records[500...]].enumerated() {
            let bytes = TestJournal.preamble(number: UInt32(number + 1)) + part.flatMap { $0.encoded() }
            try folder.write(bytes + TestJournal.ending, number: UInt32(number + 1))
        }
    }

    private func run() throws -> RecordingRun { try RecordingRun.find(at: [folder.path])[0] }

    private func seal(_ numbers: [UInt32]) throws {
        var settings = SealingSettings()
        settings.chunkByteCount = 2000
        settings.checkpointDistance = 6000
        settings.checkpointPayload = 1000
        var sealer = Sealer(release: "0", settings: settings)
        for file in try run().files where numbers.contains(file.number) { _ = try sealer.seal(file, of: run()) }
    }

    @Test(arguments: [[], [1], [2], [1, 2]] as [[UInt32]], [1, 2, 7])
    func recordsComeInTheirOrder(sealed: [UInt32], width: Int) async throws {
        try seal(sealed)
        let expected = try readAll(folder.name(1)).records
        var found: [JournalRecord] = []
        try await run().mapChunks(width: width) {
            $0.records
        } consume: {
            found += $0
        }
        #expect(found == expected)
    }

    @Test(arguments: [1, 3]) func noMoreThanTheWidthAreHeld(width: Int) async throws {
        try seal([1, 2])
        let held = Mutex((now: 0, most: 0, all: 0))
        try await run().mapChunks(width: width) { _ in
            held.withLock { held in
                held.now += 1
                held.all += 1
                held.most = max(held.most, held.now)
            }
        } consume: { _ in
            held.withLock { $0.now -= 1 }
        }
        let (now, most, all) = held.withLock { $0 }
        #expect(now == 0 && most <= width && all > 20, "\(most) at a time")
    }

    @Test func whatIsDamagedIsSaidInItsPlace() async throws {
        try seal([1, 2])
        var bytes = fileBytes(folder.name(1))
        bytes[bytes.count / 3] ^= 0xff
        try folder.write(bytes, number: 1)
        let expected = try readAll(folder.name(1))
        var found: [JournalRecord] = []
        var skipped: [SkippedBytes] = []
        try await run().mapChunks(width: 2) {
            $0
        } consume: { batch in
            for item in batch.items {
                switch item {
                case .record(let record, _): found.append(record)
                case .skipped(let bytes): skipped.append(bytes)
                }
            }
        }
        #expect(found == expected.records)
        #expect(skipped == expected.skipped && skipped.count == 1)
    }

    @Test func anErrorEndsIt() async throws {
        struct Enough: Error {}
        try seal([1, 2])
        let run = try run()
        await #expect(throws: Enough.self) {
            try await run.mapChunks(width: 2) {
                $0.records.count
            } consume: { _ in
                throw Enough()
            }
        }
    }
}
