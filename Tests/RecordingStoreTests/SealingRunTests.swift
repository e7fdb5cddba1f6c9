import Glibc
import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@testable import RecordingStore

/// Sealing the files of a run: checkpoints, what goes from file to file, and what sealing refuses.
@Suite struct SealingRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let settings = {
        var settings = SealingSettings()
        settings.chunkByteCount = 2000
        settings.checkpointDistance = 4000
        settings.checkpointPayload = 500
        return settings
    }()

    /// Writes the journal as files of so many records, and returns the run.
    private func write(_ journal: TestJournal, cuts: [Int]) throws -> RecordingRun {
        let places = [0] + cuts + [journal.records.count]
        for (index, (begin, end)) in zip(places, places.dropFirst()).enumerated() {
            var bytes = TestJournal.preamble(number: UInt32(index + 1))
            for record in journal.records[begin..<end] { bytes += record.encoded() }
            try folder.write(bytes + TestJournal.ending, number: UInt32(index + 1))
        }
        return try #require(try RecordingRun.find(at: [folder.name()]).last)
    }

    private func run() throws -> RecordingRun { try #require(try RecordingRun.find(at: [folder.name()]).last) }

    /// What a decoder says of the socket from the checkpoint on, and what one that knows all says from there.
    private func expectSame(_ checkpoint: CheckpointRecord, in records: [JournalRecord], _ note: Comment) {
        let connection = checkpoint.stamp.connection
        let own = records.filter { $0.stamp.connection == connection }
        let later = own.filter { $0.stamp.sequence >= checkpoint.stamp.sequence }
        var knowing = ConversationDecoder()
        var ignored: [ConversationEvent] = []
        for record in own.dropLast(later.count) { knowing.receive(record, into: &ignored) }
        var resumed = ConversationDecoder()
        resumed.resume(from: checkpoint)
        var (all, rest): ([ConversationEvent], [ConversationEvent]) = ([], [])
        for record in later {
            knowing.receive(record, into: &all)
            resumed.receive(record, into: &rest)
        }
        #expect(rest == all, note)
        // The last message of a socket may be unfinished; none may be undecodable.
        #expect(rest.messages.allSatisfy { $0.completeness == .whole || $0.completeness == .endedEarly })
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func aDecoderGoesOnAtAnyCheckpoint(seed: UInt64) throws {
        let journal = TestTraffic.mixed(messages: 400, sockets: 4, seed: seed)
        let run = try write(journal, cuts: [])
        var sealer = Sealer(release: "0", settings: settings)
        let result = try sealer.seal(try #require(run.files.first), of: run)
        let sealed = try SealedContents(of: folder.name())
        #expect(sealed.records.map(\.asRecorded) == journal.records)
        #expect(sealed.checkpoints.count > 10)
        #expect(result.checkpointCount == UInt64(sealed.checkpoints.count))
        for checkpoint in sealed.checkpoints { expectSame(checkpoint, in: sealed.records, "seed \(seed)") }
        #expect(Set(sealed.checkpoints.map(\.stamp.connection)) == [1, 2, 3, 4])
        #expect(sealed.checkpoints.contains { !$0.client.window.isEmpty && !$0.server.window.isEmpty })
    }

    @Test(arguments: [false, true])
    func aFileThatGoesOnBeginsWithTheSocketsThatAreOpen(isAnew: Bool) throws {
        let journal = TestTraffic.mixed(messages: 300, sockets: 4)
        let run = try write(journal, cuts: [100, 101, 240])
        var sealer = Sealer(release: "0", settings: settings)
        var records: [JournalRecord] = []
        for file in run.files {
            // A sealer that comes later reads the earlier files, which are sealed by then.
            if isAnew { sealer = Sealer(release: "0", settings: settings) }
            let current = try self.run()
            _ = try sealer.seal(file, of: current)
            let sealed = try SealedContents(of: file.path)
            let own = sealed.records
            records += own
            guard file.number > 1 else { continue }
            let first = sealed.all.prefix { $0.channel == .checkpoint }
            #expect(!first.isEmpty)
            let later = Set(sealed.checkpoints.map(\.stamp.connection))
            for connection in 1...4 as ClosedRange<UInt64> where !later.contains(connection) {
                // Only a socket that is within a message at each opportunity may have none.
                #expect(own.count < 20, "connection \(connection) of file \(file.number)")
            }
        }
        #expect(records.map(\.asRecorded) == journal.records)
        for file in run.files.dropFirst() {
            for checkpoint in try SealedContents(of: file.path).checkpoints {
                expectSame(checkpoint, in: records, "file \(file.number)")
            }
        }
    }

    @Test func aFrameThatGoesOnInTheNextFileIsUnmaskedThereToo() throws {
        var journal = TestJournal()
        journal.open(1)
        journal.text(1, .client, "a frame in six parts, and in two files", parts: 6)
        journal.text(1, .client, "the next")
        let run = try write(journal, cuts: [3])
        var sealer = Sealer(release: "0")
        for file in run.files { _ = try sealer.seal(file, of: run) }
        let records = try run.files.flatMap { try SealedContents(of: $0.path).records }
        #expect(records.map(\.asRecorded) == journal.records)
        let reading = try readAll(folder.name())
        #expect(reading.records == records)
        #expect(decode(reading.records).texts == ["a frame in six parts, and in two files", "the next"])
        for case .frame(let frame, _) in records { #expect(frame.form != .wire) }
    }

    @Test func aCancelledSealerLeavesTheJournal() throws {
        let journal = TestTraffic.mixed(messages: 200)
        let run = try write(journal, cuts: [120])
        let before = run.files.map { fileBytes($0.path) }
        var sealer = Sealer(release: "0", settings: settings)
        var calls = 0
        #expect(throws: SealingError.cancelled(path: folder.name())) {
            try sealer.seal(run.files[0], of: run) { _ in
                calls += 1
                return calls < 4
            }
        }
        #expect(run.files.map { fileBytes($0.path) } == before)
        #expect(folder.names.count == 2)
        // And what it knew half-way does not get into the next file.
        for file in run.files { _ = try sealer.seal(file, of: run) }
        #expect(try readAll(folder.name()).records.map(\.asRecorded) == journal.records)
    }

    @Test func aLiveJournalIsRefused() throws {
        let path = try folder.write(TestTraffic.mixed(messages: 5).bytes(isClosed: false))
        let writer = open(path, O_WRONLY | O_APPEND)
        defer { close(writer) }
        #expect(flock(writer, LOCK_EX | LOCK_NB) == 0)
        var sealer = Sealer(release: "0")
        let run = try run()
        #expect(throws: SealingError.live(path: path)) { try sealer.seal(run.files[0], of: run) }
        #expect(throws: SealingError.live(path: path)) { try sealer.recover(run.files[0], of: run) }
        #expect(try sealer.seal(run.files[0], of: run, isClosed: true).recordCount > 0)
    }

    @Test func aSealedFileIsNotSealedAgain() throws {
        let run = try write(TestTraffic.mixed(messages: 20), cuts: [])
        var sealer = Sealer(release: "0")
        _ = try sealer.seal(run.files[0], of: run)
        let bytes = fileBytes(run.files[0].path)
        #expect(throws: SealingError.alreadySealed(path: folder.name())) { try sealer.seal(run.files[0], of: run) }
        #expect(try sealer.recover(run.files[0], of: run) == nil)
        #expect(fileBytes(run.files[0].path) == bytes)
    }

    @Test func twoSealersDoNotMeet() throws {
        let run = try write(TestTraffic.mixed(messages: 20), cuts: [])
        let preamble = try #require(run.files[0].preamble)
        let first = try SealedFileWriter(path: folder.name(), preamble: preamble, release: "0")
        var sealer = Sealer(release: "0")
        #expect(throws: SealingError.beingSealed(path: folder.name())) { try sealer.seal(run.files[0], of: run) }
        first.discard()
        #expect(try sealer.seal(run.files[0], of: run).recordCount > 20)
    }

    @Test func damageIsNotSealedAway() throws {
        let journal = TestTraffic.mixed(messages: 50)
        var bytes = journal.bytes()
        let first = try #require(journal.records.first)
        bytes[TestJournal.preamble().count + first.encoded().count + 40] ^= 1
        let path = try folder.write(bytes)
        var sealer = Sealer(release: "0")
        let run = try run()
        #expect {
            try sealer.seal(run.files[0], of: run)
        } throws: { error in
            "\(error)".contains("livetape recover")
        }
        #expect(fileBytes(path) == bytes)
        #expect(folder.names.count == 1)
    }

    @Test func tornEndOfAKilledWriterIsSealed() throws {
        let journal = TestTraffic.mixed(messages: 50)
        let bytes = journal.bytes(isClosed: false)
        try folder.write(Array(bytes.dropLast(5)))
        var sealer = Sealer(release: "0")
        let run = try run()
        _ = try sealer.seal(run.files[0], of: run)
        #expect(try SealedContents(of: folder.name()).records.map(\.asRecorded) == journal.records.dropLast())
    }

    @Test func aNearlyFullDiskIsLeftToTheRecording() throws {
        let run = try write(TestTraffic.mixed(messages: 50), cuts: [])
        var settings = settings
        settings.keptFreeByteCount = .max
        var sealer = Sealer(release: "0", settings: settings)
        #expect(throws: SealingError.self) { try sealer.seal(run.files[0], of: run) }
        #expect(folder.names.count == 1)
    }
}
