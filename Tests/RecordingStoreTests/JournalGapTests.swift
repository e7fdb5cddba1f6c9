import Glibc
import RecordingFormat
import Synchronization
import Testing

@testable import RecordingStore

/// No space: traffic goes on, nothing is torn, and what is missing is said.
@Suite struct JournalGapTests {
    private let folder = JournalFolder()
    private let second = 1_000_000_000 as UInt64

    /// What the journal told of, as lines.
    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func note(_ event: Journal.Event) {
            lines.withLock {
                switch event {
                case .stopped(let reason): $0.append("stopped: \(reason)")
                case .resumed(let path, let lost): $0.append("resumed \(path.suffix(6)) after \(lost)")
                case .rotated(_, let next): $0.append("rotated to \(next.suffix(6))")
                }
            }
        }
    }

    private let told = Told()

    private func makeJournal(limit: Int64) throws -> Journal {
        let told = told
        return try Journal(folder.settings(limit: limit)) { told.note($0) }
    }

    /// Appends frames of 1,000 bytes, a commit each.
    /// - Returns: the next number.
    @discardableResult
    private func write(_ count: UInt64, from start: UInt64 = 0, at now: UInt64, to writer: JournalWriter) -> UInt64 {
        for number in start..<(start + count) {
            writer.frame([UInt8](repeating: 1, count: 1000), number: number, now: time(now))
            writer.commit(now: time(now))
        }
        return start + count
    }

    @Test func aFullFileEndsWithAGapAndGoesOnInTheNextOne() throws {
        let journal = try makeJournal(limit: 50_000)
        let writer = JournalWriter(journal: journal)
        write(100, at: 5, to: writer)
        #expect(!journal.isRecording)
        let first = JournalContents(of: journal.paths[0])
        #expect(first.trouble == nil)
        let kept = UInt64(first.payloads.count)
        #expect(kept > 20 && kept < 40)
        #expect(status(of: journal.paths[0]).st_size <= 50_000)
        #expect(first.gaps.count == 1)
        #expect(first.records.last?.channel == .gap)
        #expect(first.gaps[0].cause == "File too large")
        #expect(first.gaps[0].fromWallNanoseconds == time(5).wall)
        #expect(first.gaps[0].toWallNanoseconds == 0)
        #expect(told.all == ["stopped: File too large"])

        write(1, from: 100, at: 5 + second - 1, to: writer)
        #expect(!journal.isRecording, "too early")
        #expect(journal.statistics.lostRecords == 101 - kept)
        write(1, from: 101, at: 5 + second, to: writer)
        #expect(journal.isRecording)
        journal.close(now: time(9 * second))

        try #require(journal.paths.count == 2)
        #expect(journal.paths[1].hasSuffix("-a1b2c3-2.mcap"))
        #expect(told.all.last == "resumed 2.mcap after \(101 - kept)")
        let next = JournalContents(of: journal.paths[1])
        #expect(next.trouble == nil)
        #expect(next.isComplete)
        #expect(next.preamble?.fileNumber == 2)
        #expect(next.preamble?.runID == "a1b2c3")
        #expect(next.records.first?.channel == .gap)
        #expect(next.gaps[0].fromWallNanoseconds == time(5).wall)
        #expect(next.gaps[0].toWallNanoseconds == time(5 + second).wall)
        #expect(next.gaps[0].records == 101 - kept)
        #expect(next.gaps[0].bytes == journal.statistics.lostBytes)
        #expect(next.gaps[0].bytes > (101 - kept) * 1000)
        #expect(next.frames.map(\.number) == [101])
        #expect(journal.statistics.gaps == 1)
        // The run's own records are numbered through, over its files.
        let own = (first.records + next.records).filter { $0.stamp.connection == 0 }
        #expect(own.map(\.stamp.sequence) == [0, 1, 2])
    }

    @Test func statisticsGoOnWhileNothingIsRecorded() throws {
        let journal = try makeJournal(limit: 30_000)
        let writer = JournalWriter(journal: journal)
        write(100, at: 0, to: writer)
        writer.statistics.server.frames += 7
        writer.commit(now: time(1))
        #expect(!journal.isRecording)
        #expect(journal.statistics.server.frames == 7)
        #expect(told.all.count == 1)
    }

    /// What has no room behind a beginning leaves no beginning.
    @Test func aRetryWithoutSpaceLeavesNoFile() throws {
        let journal = try makeJournal(limit: 30_000)
        let writer = JournalWriter(journal: journal)
        let large = [UInt8](repeating: 1, count: 30_000)
        for number in 0..<20 as Range<UInt64> { writer.frame(large, number: number, now: time(number * second)) }
        #expect(folder.names.count == 1)
        #expect(journal.paths.count == 1)
        #expect(told.all == ["stopped: File too large"])
        #expect(journal.statistics.lostRecords == 20)
        #expect(journal.statistics.gaps == 1)
        write(1, from: 20, at: 30 * second, to: writer)
        try #require(journal.paths.count == 2)
        let next = JournalContents(of: journal.paths[1])
        #expect(next.gaps.map(\.records) == [20])
        #expect(next.gaps.map(\.stamp.sequence) == [1])
    }

    /// Another loop may have read its clock before the gap began.
    @Test func aTimeBeforeTheGapIsNoRetry() throws {
        let journal = try makeJournal(limit: 30_000)
        let writer = JournalWriter(journal: journal)
        write(100, at: 50, to: writer)
        write(1, from: 100, at: 49, to: writer)
        #expect(!journal.isRecording)
        #expect(journal.paths.count == 1)
    }

    @Test func aRunThatEndsWithinAGapSaysWhatTheGapTook() throws {
        let journal = try makeJournal(limit: 30_000)
        let writer = JournalWriter(journal: journal)
        write(100, at: 0, to: writer)
        journal.close(now: time(1))
        try #require(journal.paths.count == 2)
        let next = JournalContents(of: journal.paths[1])
        #expect(next.isComplete)
        #expect(next.gaps.map(\.records) == [journal.statistics.lostRecords])
        #expect(next.notes.map(\.kind) == [.runEnded])
        write(1, at: 9 * second, to: writer)
        #expect(folder.names.count == 2)
    }

    @Test func aFolderThatIsGoneEndsNothingButTheRecording() throws {
        var settings = folder.settings(limit: 30_000)
        settings.folder = folder.path + "/gone"
        let journal = try Journal(settings)
        let writer = JournalWriter(journal: journal)
        unlink(journal.paths[0])
        unlink(settings.folder + "/.gitignore")
        #expect(rmdir(settings.folder) == 0)
        write(100, at: 0, to: writer)
        write(5, from: 100, at: 5 * second, to: writer)
        journal.close(now: time(9 * second))
        #expect(journal.paths.count == 1)
        #expect(journal.statistics.lostRecords > 80)
    }

    /// The journal's descriptor is made one that cannot be written, or one without space.
    @Test(arguments: [("/dev/null", O_RDONLY, EBADF), ("/dev/full", O_WRONLY, ENOSPC)])
    func aDescriptorThatFailsIsAGap(device: String, mode: Int32, failure: Int32) throws {
        let journal = try makeJournal(limit: .max)
        let writer = JournalWriter(journal: journal)
        write(3, at: 0, to: writer)
        let bytes = fileBytes(journal.paths[0])
        let descriptor = try #require(descriptorOf(journal.paths[0]))
        let broken = open(device, mode)
        dup2(broken, descriptor)
        close(broken)
        write(2, from: 3, at: 1, to: writer)
        #expect(told.all == ["stopped: \(String(cString: strerror(failure)))"])
        #expect(journal.statistics.lostRecords == 2)
        #expect(fileBytes(journal.paths[0]) == bytes)
        write(1, from: 5, at: 2 * second, to: writer)
        try #require(journal.isRecording)
        #expect(JournalContents(of: journal.paths[1]).gaps.map(\.records) == [2])
    }

    private func descriptorOf(_ path: String) -> Int32? {
        (0..<1024).first { number in
            var name = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/fd/\(number)", &name, name.count)
            return count > 0 && String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) == path
        }
    }
}
