import Glibc
import RecordingFormat
import RecordingStore
import Testing

/// The file of a run, from its beginning to its end.
@Suite struct JournalFileTests {
    private let folder = JournalFolder()

    @Test func aRunHasOnePrivateFileNamedByTimeTargetRunAndNumber() throws {
        let journal = try Journal(folder.settings())
        let path = try #require(journal.paths.first)
        let name = try #require(path.split(separator: "/").last)
        #expect(name.wholeMatch(of: /\d{8}T\d{6}Z-localhost-4000-a1b2c3-1\.mcap/) != nil)
        #expect(status(of: path).st_mode & 0o777 == 0o600)
        #expect(journal.paths.count == 1)
        #expect(journal.isRecording)
    }

    @Test func theFirstRecordBehindTheHeaderSaysWhatIsRecorded() throws {
        let journal = try Journal(folder.settings())
        let contents = JournalContents(of: journal.paths[0])
        #expect(contents.opcodes.prefix(2) == [.header, .metadata])
        let preamble = try #require(contents.preamble)
        #expect(preamble.formatVersion == RecordingFormat.currentVersion)
        #expect(preamble.runID == "a1b2c3")
        #expect(preamble.fileNumber == 1)
        #expect(preamble.details == ["command": "livetape proxy", "target": "http://localhost:4000"])
    }

    @Test func theFileIsLockedAsLongAsItIsWritten() throws {
        let journal = try Journal(folder.settings())
        let descriptor = open(journal.paths[0], O_RDONLY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_SH | LOCK_NB) == -1)
        #expect(errno == EWOULDBLOCK)
        journal.close()
        #expect(flock(descriptor, LOCK_SH | LOCK_NB) == 0)
    }

    @Test func aLongFileIsUnlockedAtItsEndWhatIsWrittenBehindOrNot() throws {
        let journal = try Journal(folder.settings())
        let descriptor = open(journal.paths[0], O_RDONLY)
        defer { close(descriptor) }
        let writer = JournalWriter(journal: journal)
        let text = String(repeating: "x", count: 400_000)
        var expected = 0
        for number in UInt64(0)..<24 {
            let stamp = RecordStamp(connection: 0, sequence: number, wallNanoseconds: 1, monotonicNanoseconds: 1)
            let note = JournalRecord.note(NoteRecord(stamp: stamp, kind: .runEnded, text: text)).encoded()
            writer.append(encoded: note, now: .now())
            writer.commit(now: .now())
            expected += note.count
        }
        journal.close()
        #expect(flock(descriptor, LOCK_SH | LOCK_NB) == 0)
        let contents = JournalContents(of: journal.paths[0])
        #expect(contents.opcodes.filter { $0 == .message }.count == 25)
        #expect(expected > 8 << 20)
    }

    @Test func aCleanCloseMakesACompleteFileAndGivesBackSpace() throws {
        let journal = try Journal(folder.settings())
        let writer = JournalWriter(journal: journal)
        for number in 0..<10 as Range<UInt64> { writer.frame([1, 2, 3], number: number) }
        writer.commit(now: time(1))
        let path = journal.paths[0]
        let taken = status(of: path).st_blocks
        journal.close(now: time(2))
        let contents = JournalContents(of: path)
        #expect(contents.trouble == nil)
        #expect(contents.isComplete)
        #expect(contents.opcodes.suffix(2) == [.dataEnd, .footer])
        #expect(contents.payloads.count == 10)
        #expect(contents.notes.map(\.kind) == [.runEnded])
        #expect(contents.notes.map(\.stamp.connection) == [0])
        // Not each file system takes space ahead; none may keep it.
        #expect(taken == 0 || status(of: path).st_blocks <= 64)
        #expect(status(of: path).st_size == fileBytes(path).count)
        #expect(!journal.isRecording)
    }

    @Test func appendsBehindTheEndAreIgnored() throws {
        let journal = try Journal(folder.settings())
        let writer = JournalWriter(journal: journal)
        journal.close()
        let bytes = fileBytes(journal.paths[0])
        writer.frame([1])
        writer.statistics.connections += 1
        writer.commit(now: time(1))
        journal.close()
        #expect(fileBytes(journal.paths[0]) == bytes)
        #expect(journal.statistics.connections == 1)
        #expect(journal.statistics.lostRecords == 0)
    }

    /// What `kill -9` leaves is what the file holds between two calls.
    @Test func aKilledRunHoldsEveryCommittedRecord() throws {
        let journal = try Journal(folder.settings())
        let writer = JournalWriter(journal: journal)
        for number in 0..<50 as Range<UInt64> {
            writer.frame([UInt8(number)], number: number)
            writer.commit(now: time(number))
            let contents = JournalContents(of: journal.paths[0])
            #expect(contents.trouble == nil)
            #expect(!contents.isComplete)
            #expect(contents.payloads == (0...UInt8(number)).map { [$0] })
        }
        writer.frame([99], number: 50)
        #expect(JournalContents(of: journal.paths[0]).payloads.count == 50, "nothing is written before a commit")
    }

    @Test func synchronizingIsPossibleAtAnyTime() throws {
        let journal = try Journal(folder.settings())
        journal.synchronize()
        journal.close()
        journal.synchronize()
        #expect(JournalContents(of: journal.paths[0]).isComplete)
    }

    @Test func aRunThatNeverBeganLeavesNoFile() throws {
        let empty = try Journal(folder.settings())
        empty.close()
        empty.removeIfEmpty()
        #expect(folder.names == [])
        let used = try Journal(folder.settings())
        let writer = JournalWriter(journal: used)
        writer.statistics.connections += 1
        writer.commit(now: time(0))
        used.removeIfEmpty()
        #expect(folder.names.count == 1)
    }

    @Test func aFolderThatCannotBeMadeIsSaid() throws {
        var settings = folder.settings()
        settings.folder = "/proc/none/here"
        let error = try #require(throws: JournalError.self) { try Journal(settings) }
        #expect(error.code == .folder)
        #expect(error.description.contains("'/proc/none'"))
        #expect(error.description.contains("--out"))
    }

    @Test func aFileThatIsThereIsNotTouched() throws {
        let first = try Journal(folder.settings())
        let bytes = fileBytes(first.paths[0])
        let name = first.paths[0].split(separator: "/").last ?? ""
        // The next second would be another name.
        guard let second = try? Journal(folder.settings()) else {
            #expect(fileBytes(first.paths[0]) == bytes)
            return
        }
        #expect(second.paths[0].split(separator: "/").last != name)
    }
}
