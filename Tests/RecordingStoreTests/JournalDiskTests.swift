import Glibc
import RecordingFormat
import Testing

@testable import RecordingStore

/// Limits that only the system can set, in a process of their own.
@Suite struct JournalDiskTests {
    @Test func theProcesssFileSizeLimitIsMetBeforeItsSignal() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 60_000, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let folder = JournalFolder()
            let journal = try Journal(folder.settings())
            let writer = JournalWriter(journal: journal)
            for number in 0..<100 as Range<UInt64> {
                writer.frame([UInt8](repeating: 1, count: 1000), number: number)
                writer.commit(now: time(0))
            }
            let contents = JournalContents(of: journal.paths[0])
            try #require(contents.trouble == nil)
            try #require(contents.payloads.count > 30)
            try #require(contents.gaps.count == 1)
            try #require(journal.statistics.lostRecords == UInt64(100 - contents.payloads.count))
        }
    }

    /// The limit comes when the file is open already: a write stops in its middle and is taken back.
    @Test func aWriteThatStopsInItsMiddleIsTakenBack() async {
        await #expect(processExitsWith: .success) {
            let folder = JournalFolder()
            let journal = try Journal(folder.settings())
            let writer = JournalWriter(journal: journal)
            writer.frame([1], number: 0)
            writer.commit(now: time(0))
            let size = status(of: journal.paths[0]).st_size
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: rlim_t(size) + 5000, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            writer.frame([2], number: 1)
            writer.frame([UInt8](repeating: 3, count: 20_000), number: 2)
            let contents = JournalContents(of: journal.paths[0])
            try #require(contents.trouble == nil)
            try #require(contents.payloads == [[1]])
            try #require(contents.gaps.map(\.cause) == ["File too large"])
            try #require(journal.statistics.lostRecords == 2)
        }
    }

    /// A disk of 256 kB: it gets full, and when there is space again the run goes on.
    @Test(.enabled(if: geteuid() == 0, "mounting a small disk takes root"))
    func aFullDiskIsAGapInTheSpaceKeptForIt() throws {
        let folder = JournalFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=256k") == 0 else { return }
        defer { umount2(folder.path, Int32(MNT_DETACH)) }
        let ballast = folder.path + "/ballast"
        let descriptor = open(ballast, O_WRONLY | O_CREAT, 0o600)
        #expect(posix_fallocate(descriptor, 0, 128 << 10) == 0)
        close(descriptor)
        let journal = try Journal(folder.settings())
        let writer = JournalWriter(journal: journal)
        func write(_ numbers: Range<UInt64>, at now: UInt64) {
            for number in numbers {
                writer.frame([UInt8](repeating: 1, count: 1000), number: number, now: time(now))
                writer.commit(now: time(now))
            }
        }
        write(0..<300, at: 0)
        let first = JournalContents(of: journal.paths[0])
        #expect(first.trouble == nil)
        #expect(first.payloads.count > 80 && first.payloads.count < 130)
        #expect(first.gaps.map(\.cause) == ["No space left on device"])
        write(300..<310, at: 2_000_000_000)
        #expect(folder.names.filter { $0.hasSuffix(".mcap") }.count == journal.paths.count)
        unlink(ballast)
        write(310..<311, at: 4_000_000_000)
        #expect(journal.isRecording)
        journal.close(now: time(5_000_000_000))
        let all = journal.paths.map { JournalContents(of: $0) }
        #expect(all.allSatisfy { $0.trouble == nil })
        #expect(all.last?.isComplete == true)
        let written = all.reduce(0) { $0 + $1.payloads.count }
        #expect(UInt64(written) + journal.statistics.lostRecords == 311)
        #expect(all.flatMap(\.gaps).reduce(0) { $0 + $1.records } == journal.statistics.lostRecords)
    }
}
