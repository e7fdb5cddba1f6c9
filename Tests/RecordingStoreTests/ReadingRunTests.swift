import Foundation
import Glibc
import RecordingFormat
import RecordingStore
import Testing

/// Runs: files that belong together, folders that hold several, and runs that are still being written.
@Suite struct ReadingRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func twoFiles() throws -> [JournalRecord] {
        var journal = TestJournal()
        journal.open(1)
        journal.text(1, .client, "one", parts: 2)
        journal.note(.rotated)
        let first = journal
        journal.text(1, .server, "two")
        journal.note(.runEnded)
        try folder.write(first.bytes())
        var rest = TestJournal.preamble(number: 2)
        for record in journal.records.dropFirst(first.records.count) { rest += record.encoded() }
        try folder.write(rest + TestJournal.ending, number: 2)
        return journal.records
    }

    @Test(arguments: [1, 2] as [UInt32])
    func oneFileStandsForItsWholeRun(number: UInt32) throws {
        let records = try twoFiles()
        try folder.write(TestJournal().bytes(run: "other1"), run: "other1")
        let reading = try readAll(folder.name(number))
        #expect(reading.records == records)
        #expect(reading.missing.isEmpty && reading.skipped.isEmpty)
        #expect(reading.ending == .closed)
    }

    @Test func aFolderHoldsSeveralRunsTheNewestLast() throws {
        _ = try twoFiles()
        let older = JournalPreamble(
            runID: "old123", fileNumber: 1, details: [JournalPreamble.DetailKey.startedWallNanoseconds: "17"])
        try folder.write(older.encoded(release: "0"), run: "old123")
        try folder.write(Array("no recording".utf8), run: "junk12")
        let runs = try RecordingRun.find(at: [folder.path])
        #expect(runs.map(\.id) == ["old123", "k3f9x2"])
        #expect(runs.map(\.files.count) == [1, 2])
    }

    @Test func severalFilesStandForThemselves() throws {
        _ = try twoFiles()
        let run = try RecordingRun.find(at: [folder.name(2), folder.name(2)])
        #expect(run.map(\.missingFileNumbers) == [[1]])
    }

    @Test func aFileAloneSaysWhatItIsMissing() throws {
        _ = try twoFiles()
        try FileManager.default.removeItem(atPath: folder.name(1))
        let reading = try readAll(folder.name(2))
        #expect(reading.records.count == 2)
        #expect(reading.missing.map(\.connection) == [1, 0])
    }

    @Test func anEmptyFolderAndAMissingFileAreErrorsInWords() throws {
        #expect(throws: RecordingError.nothingFound(path: folder.path)) { try RecordingRun.find(at: [folder.path]) }
        #expect(throws: RecordingError.self) { try RecordingRun.find(at: [folder.path + "/none.mcap"]) }
    }

    @Test func aRunWhoseWriterHoldsTheLockIsLive() throws {
        var journal = TestJournal()
        journal.text(1, .client, "one")
        let path = try folder.write(journal.bytes(isClosed: false))
        let writer = try LiveWriter(path)
        #expect(try readAll(path).ending == .live)
        writer.close()
        #expect(try readAll(path).ending == .cutOff)
    }

    @Test func aRecordThatIsBeingWrittenIsNotTorn() throws {
        var journal = TestJournal()
        journal.text(1, .client, "one")
        let bytes = journal.bytes(isClosed: false)
        let path = try folder.write(bytes.dropLast(3))
        let writer = try LiveWriter(path)
        #expect(try readAll(path).skipped.isEmpty)
        writer.close()
        #expect(try readAll(path).skipped.map(\.cause) == [.torn])
    }

    @Test(.timeLimit(.minutes(1)))
    func followingSeesEachRecordAndTheNextFileAndTheEnd() throws {
        var journal = TestJournal()
        for number in 0..<20 { journal.text(1, .client, "message \(number)", parts: 2) }
        journal.note(.rotated)
        let inFirst = journal.records.count
        journal.text(1, .server, "last")
        journal.note(.runEnded)
        let path = try folder.write(TestJournal.preamble())
        let writer = try LiveWriter(path)
        var settings = RecordingReader.Settings()
        settings.follows = true
        var reader = try RecordingReader(run: RecordingRun.find(at: [path])[0], settings: settings)
        var seen: [JournalRecord] = []
        var written = 0
        // Each time the reader has caught up, the writer adds half a record.
        var pending = journal.records[..<inFirst].flatMap { $0.encoded() }[...]
        var second: LiveWriter?
        reading: while true {
            switch try reader.next() {
            case .record(let record, _): seen.append(record)
            case .skipped(let skipped): Issue.record("\(skipped)")
            case .missing(let missing): Issue.record("\(missing)")
            case .caughtUp:
                if !pending.isEmpty {
                    writer.append(pending.prefix(50))
                    pending = pending.dropFirst(50)
                    written += 1
                } else if second == nil {
                    let next = try folder.write(TestJournal.preamble(number: 2), number: 2)
                    second = try LiveWriter(next)
                    second?.append(journal.records[inFirst...].flatMap { $0.encoded() }[...])
                    writer.append(TestJournal.ending[...])
                    writer.close()
                }
                reader.waitForGrowth()
            case .ended(let ending):
                #expect(ending == .closed)
                break reading
            }
        }
        #expect(seen == journal.records)
        #expect(written > 20)
    }

    @Test(.timeLimit(.minutes(1)))
    func followingEndsWhenTheWriterIsKilled() throws {
        var journal = TestJournal()
        journal.text(1, .client, "one")
        let path = try folder.write(journal.bytes(isClosed: false))
        let writer = try LiveWriter(path)
        var settings = RecordingReader.Settings()
        settings.follows = true
        var reader = try RecordingReader(run: RecordingRun.find(at: [path])[0], settings: settings)
        var wasCaughtUp = false
        while true {
            switch try reader.next() {
            case .record, .skipped, .missing: continue
            case .caughtUp:
                wasCaughtUp = true
                writer.close()
                reader.waitForGrowth()
            case .ended(let ending):
                #expect(ending == .cutOff && wasCaughtUp)
                return
            }
        }
    }
}

/// Appends to a file as a proxy does, with the lock that says it lives.
private final class LiveWriter {
    private var descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    }

    func append(_ bytes: ArraySlice<UInt8>) {
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        #expect(written == bytes.count)
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    deinit { close() }
}
