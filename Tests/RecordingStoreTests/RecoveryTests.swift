import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@testable import RecordingStore

/// What is whole in a file that was cut off or damaged is in the recovered one, and what is lost is said.
@Suite struct RecoveryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let settings = {
        var settings = SealingSettings()
        settings.chunkByteCount = 1000
        settings.compressionLevel = 1
        settings.checkpointDistance = 2000
        settings.checkpointPayload = 500
        return settings
    }()

    private func recover(_ bytes: [UInt8]) throws -> RecoveredFile? {
        let path = try folder.write(bytes)
        let run = try #require(try RecordingRun.find(at: [path]).last)
        var sealer = Sealer(release: "0", settings: settings)
        return try sealer.recover(run.files[0], of: run)
    }

    private func sealed(_ journal: TestJournal) throws -> [UInt8] {
        let path = try folder.write(journal.bytes())
        let run = try #require(try RecordingRun.find(at: [path]).last)
        var sealer = Sealer(release: "0", settings: settings)
        _ = try sealer.seal(run.files[0], of: run)
        return fileBytes(path)
    }

    /// Records without what recovering adds.
    private func recorded(_ contents: SealedContents) -> [JournalRecord] {
        contents.records.filter { !$0.isAddition }.map(\.asRecorded)
    }

    private func warnings(_ contents: SealedContents) -> [String] {
        contents.records.compactMap { if case .note(let note) = $0, note.kind == .warning { note.text } else { nil } }
    }

    /// How many whole records lie before each byte.
    private func wholeRecords(_ journal: TestJournal) -> (preamble: Int, ends: [Int]) {
        var end = TestJournal.preamble().count
        let preamble = end
        let ends = journal.records.map { record in
            end += record.encoded().count
            return end
        }
        return (preamble, ends)
    }

    @Test func everyTruncationOfAJournalKeepsEachWholeRecord() throws {
        let journal = TestTraffic.mixed(messages: 3, sockets: 1)
        let bytes = journal.bytes()
        let (preamble, ends) = wholeRecords(journal)
        for count in preamble..<bytes.count {
            let recovered = try #require(try recover(Array(bytes[..<count])))
            let whole = ends.count { $0 <= count }
            let contents = try SealedContents(of: folder.name())
            #expect(contents.isComplete)
            #expect(recorded(contents) == Array(journal.records[..<whole]), "cut at \(count)")
            #expect(recovered.originalPath == nil)
            #expect(!recovered.hasLosses)
            let isBetween = count == preamble || ends.contains(count)
            #expect(warnings(contents).isEmpty == isBetween || count > ends.last ?? 0, "cut at \(count)")
        }
        #expect(folder.names.count == 1)
    }

    @Test func aBeginningWithoutARecordIsNone() throws {
        let bytes = TestJournal.preamble()
        for count in [0, 1, 8, 60] {
            let path = try folder.write(Array(bytes[..<count]))
            #expect(throws: RecordingError.self) { try RecordingFile(path: path) }
        }
    }

    @Test func truncationsOfALargeJournalKeepEachWholeRecord() throws {
        let journal = TestTraffic.mixed(messages: 1000, sockets: 6)
        let bytes = journal.bytes()
        let (preamble, ends) = wholeRecords(journal)
        var source = SeededGenerator(seed: 3)
        for _ in 0..<8 {
            let count = Int.random(in: preamble..<bytes.count, using: &source)
            _ = try recover(Array(bytes[..<count]))
            let whole = ends.count { $0 <= count }
            #expect(recorded(try SealedContents(of: folder.name())) == Array(journal.records[..<whole]))
        }
    }

    @Test func damageIsSaidAndTheOriginalKept() throws {
        let journal = TestTraffic.mixed(messages: 60)
        var bytes = journal.bytes()
        let (_, ends) = wholeRecords(journal)
        bytes[ends[20] + 40] ^= 4
        bytes[ends[30] + 40] ^= 4
        let recovered = try #require(try recover(bytes))
        let contents = try SealedContents(of: folder.name())
        var expected = journal.records
        expected.remove(at: 31)
        expected.remove(at: 21)
        #expect(recorded(contents) == expected)
        #expect(recovered.skippedPlaces == 2)
        #expect(recovered.hasLosses)
        #expect(recovered.originalPath == folder.name() + ".damaged")
        #expect(fileBytes(folder.name() + ".damaged") == bytes)
        #expect(warnings(contents).count == 3)
        #expect(warnings(contents)[0].contains("from byte \(ends[20]) on"))
        // Words of ours count for nothing: only what was lost is missing.
        let reading = try readAll(folder.name())
        #expect(reading.missing.map(\.count).reduce(0, +) == recovered.missingRecords)
        #expect(reading.skipped.isEmpty)
        #expect(try recover(fileBytes(folder.name())) == nil)
    }

    @Test func aSecondDamagedFileDoesNotReplaceTheFirst() throws {
        let journal = TestTraffic.mixed(messages: 30)
        var bytes = journal.bytes()
        bytes[wholeRecords(journal).ends[10] + 40] ^= 1
        _ = try recover(bytes)
        let recovered = try #require(try recover(bytes))
        #expect(recovered.originalPath == folder.name() + ".damaged-2")
        #expect(folder.names.count == 3)
    }

    @Test func aLostBeginningIsMadeAnew() throws {
        let journal = TestTraffic.mixed(messages: 30)
        var bytes = journal.bytes()
        bytes[60] ^= 0xff
        let recovered = try #require(try recover(bytes))
        let contents = try SealedContents(of: folder.name())
        #expect(recorded(contents) == journal.records)
        #expect(contents.preamble?.runID == "k3f9x2")
        #expect(recovered.originalPath != nil)
        #expect(warnings(contents).contains { $0.contains("beginning") })
    }

    @Test func everyTruncationOfASealedFileKeepsTheChunksBefore() throws {
        let journal = TestTraffic.mixed(messages: 6, sockets: 1)
        let bytes = try sealed(journal)
        let whole = try SealedContents(bytes)
        let first = try #require(whole.chunks.first)
        // What is behind the chunks holds nothing that was recorded, and a lot of schemas.
        let end = whole.chunks.last.map { Int($0.offset + $0.byteCount) } ?? 0
        let places = Array(Int(first.offset)..<end) + stride(from: end, to: bytes.count, by: 501)
        for count in places + [bytes.count - 1] {
            let recovered = try #require(try recover(Array(bytes[..<count])), "cut at \(count)")
            let contents = try SealedContents(of: folder.name())
            let kept = whole.chunks.filter { $0.offset + $0.byteCount <= UInt64(count) }.flatMap(\.records)
                .filter { !$0.isAddition }.map(\.asRecorded)
            let found = recorded(contents)
            #expect(found.starts(with: kept), "cut at \(count)")
            #expect(journal.records.starts(with: found), "cut at \(count)")
            #expect(recovered.originalPath == nil, "cut at \(count)")
        }
        #expect(try recover(bytes) == nil)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func anyDamageEndsInAFileThatIsWhole(seed: UInt64) throws {
        var source = SeededGenerator(seed: seed)
        let journal = TestTraffic.mixed(messages: 40, seed: seed)
        var bytes = seed % 2 == 0 ? journal.bytes() : try sealed(journal)
        for _ in 0..<Int.random(in: 1...6, using: &source) {
            let place = Int.random(in: 0..<bytes.count, using: &source)
            switch Int.random(in: 0..<3, using: &source) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &source)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 30))
            default: bytes.insert(contentsOf: source.bytes(20), at: place)
            }
        }
        guard (try? RecordingFile(path: folder.write(bytes))) != nil, try recover(bytes) != nil else { return }
        let contents = try SealedContents(of: folder.name())
        #expect(contents.isComplete)
        let known = Set(journal.records)
        #expect(recorded(contents).allSatisfy { known.contains($0) })
        #expect(try recover(fileBytes(folder.name())) == nil)
    }
}
