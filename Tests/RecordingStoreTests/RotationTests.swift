import Glibc
import RecordingFormat
import Synchronization
import Testing

@testable import RecordingStore

/// A run goes on in a new file when one is large or old enough, and nobody who records notices.
@Suite struct RotationTests {
    private let folder = JournalFolder()
    private let second = 1_000_000_000 as UInt64

    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func note(_ event: Journal.Event) {
            let name = { (path: String) in String(path.suffix(6)) }
            let line =
                switch event {
                case .rotated(let closed, let next): "\(name(closed)) then \(name(next))"
                case .stopped(let reason): "stopped: \(reason)"
                case .resumed(let path, _): "resumed \(name(path))"
                }
            lines.withLock { $0.append(line) }
        }
    }

    private let told = Told()

    private func makeJournal(bytes: Int64 = .max, age: UInt64 = .max, limit: Int64 = .max) throws -> Journal {
        var settings = folder.settings(limit: limit)
        settings.rotationByteCount = bytes
        settings.rotationAge = age
        let told = told
        return try Journal(settings) { told.note($0) }
    }

    private func write(_ numbers: Range<UInt64>, at now: UInt64, to writer: JournalWriter) {
        for number in numbers {
            writer.frame([UInt8](repeating: 1, count: 1000), number: number, now: time(now))
            writer.commit(now: time(now))
        }
    }

    @Test func aLargeFileIsClosedAndTheNextGoesOn() throws {
        let journal = try makeJournal(bytes: 50_000)
        let writer = JournalWriter(journal: journal)
        write(0..<100, at: 5, to: writer)
        #expect(journal.closedPaths == Array(journal.paths.dropLast()))
        journal.close(now: time(9))
        #expect(journal.paths.count > 2)
        #expect(told.all.first == "1.mcap then 2.mcap")
        #expect(told.all.count == journal.paths.count - 1)
        #expect(journal.closedPaths == journal.paths)
        var numbers: [UInt64] = []
        for (index, path) in journal.paths.enumerated() {
            #expect(status(of: path).st_size <= 50_000)
            let contents = JournalContents(of: path)
            #expect(contents.trouble == nil && contents.isComplete)
            #expect(contents.preamble?.fileNumber == UInt32(index + 1))
            numbers += contents.frames.map(\.number)
            let isLast = index == journal.paths.count - 1
            #expect(contents.notes.map(\.kind) == [isLast ? .runEnded : .rotated])
            #expect(contents.notes.first?.nextFile == (isLast ? 0 : UInt32(index + 2)))
        }
        #expect(numbers == Array(0..<100))
        let reading = try readAll(journal.paths[0])
        #expect(reading.missing.isEmpty && reading.skipped.isEmpty)
        #expect(reading.ending == .closed)
        #expect(journal.statistics.gaps == 0)
    }

    @Test func anOldFileIsClosed() throws {
        let journal = try makeJournal(age: 60 * second)
        let writer = JournalWriter(journal: journal)
        write(0..<2, at: 0, to: writer)
        write(2..<3, at: 60 * second - 1, to: writer)
        #expect(journal.paths.count == 1)
        write(3..<4, at: 60 * second, to: writer)
        #expect(journal.paths.count == 2)
        write(4..<5, at: 119 * second, to: writer)
        #expect(journal.paths.count == 2)
        write(5..<6, at: 5 * second, to: writer)
        #expect(journal.paths.count == 2, "a loop that comes late")
        write(6..<7, at: 120 * second, to: writer)
        journal.close(now: time(121 * second))
        #expect(journal.paths.map { JournalContents(of: $0).frames.count } == [3, 3, 1])
    }

    @Test func aFileWithoutRecordsIsNotClosedForItsAge() throws {
        let journal = try makeJournal(bytes: 10, age: second)
        let writer = JournalWriter(journal: journal)
        write(0..<1, at: 100 * second, to: writer)
        #expect(journal.paths.count == 1)
        write(1..<2, at: 100 * second, to: writer)
        #expect(journal.paths.count == 2)
    }

    @Test func withoutANextFileTheOldOneGoesOn() throws {
        let journal = try makeJournal(bytes: 40_000)
        let writer = JournalWriter(journal: journal)
        // What stands in the way of the next file: one of its name.
        let path = journal.paths[0]
        let obstacle = String(path.dropLast(6)) + "2.mcap"
        let other = open(obstacle, O_WRONLY | O_CREAT, 0o600)
        defer { close(other) }
        write(0..<60, at: 5, to: writer)
        #expect(journal.paths == [path])
        #expect(JournalContents(of: path).frames.count == 60)
        #expect(told.all.isEmpty)
        unlink(obstacle)
        write(60..<61, at: 4 + second, to: writer)
        #expect(journal.paths.count == 1, "too early")
        write(61..<62, at: 5 + second, to: writer)
        #expect(journal.paths.count == 2)
        journal.close(now: time(2 * second))
        #expect(try readAll(path).missing.isEmpty)
    }

    @Test func aFullDiskIsAGapAllTheSame() throws {
        let journal = try makeJournal(bytes: 1_000_000, limit: 50_000)
        let writer = JournalWriter(journal: journal)
        write(0..<100, at: 5, to: writer)
        #expect(told.all == ["stopped: File too large"])
        #expect(journal.closedPaths == journal.paths)
    }

    @Test func bothTimesGrowByTheSame() {
        var offsets: Set<UInt64> = []
        for _ in 0..<10_000 {
            let now = RecordingTime.now()
            offsets.insert(now.wall &- now.monotonic)
        }
        // The clock may be set once meanwhile.
        #expect(offsets.count <= 2)
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let seconds = Int64(RecordingTime.now().wall / second) - Int64(wall.tv_sec)
        #expect(abs(seconds) <= 1)
    }
}
