import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// Reading by time and socket: what comes out is what a reader of everything would have given of it.
@Suite struct SeekingTests {
    private let folder: TemporaryFolder
    private let records: [JournalRecord]
    private let fileCount: Int

    /// Three files of a run: compressed and plain sockets, fragments, control frames, requests beside; clocks that jump.
    init() throws {
        folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 5)
        records = TestTraffic.mixed(messages: 900).records.map { record in
            // Each connection keeps its order; the wall clock is set back and forth now and then.
            record.moved(by: .random(in: 0..<40, using: &generator) == 0 ? 20_000_000 : 0)
        }
        let cuts = [0, records.count / 3, records.count / 2, records.count]
        fileCount = cuts.count - 1
        for number in 1...fileCount {
            var bytes = TestJournal.preamble(number: UInt32(number))
            for record in records[cuts[number - 1]..<cuts[number]] { bytes += record.encoded() }
            try folder.write(bytes + TestJournal.ending, number: UInt32(number))
        }
    }

    private func run() throws -> RecordingRun { try RecordingRun.find(at: [folder.path])[0] }

    /// - Parameter numbers: the files to seal.
    private func seal(_ numbers: [UInt32]) throws {
        var settings = SealingSettings()
        settings.chunkByteCount = 2000
        settings.checkpointDistance = 6000
        settings.checkpointPayload = 1000
        var sealer = Sealer(release: "0", settings: settings)
        for file in try run().files where numbers.contains(file.number) { _ = try sealer.seal(file, of: run()) }
    }

    private struct Told: Equatable {
        var events: [ConversationEvent] = []
        var missing: [MissingRecords] = []
        var skipped: [SkippedBytes] = []
        var ending: RunEnding?
    }

    private func told(_ selection: RecordingSelection, work: ((ReadingWork) -> Void)? = nil) throws -> Told {
        var settings = RecordingReader.Settings()
        settings.selection = selection
        var reader = try ConversationReader(run: run(), settings: settings)
        var told = Told()
        while true {
            switch try reader.next() {
            case .event(let event): told.events.append(event)
            case .missing(let missing): told.missing.append(missing)
            case .skipped(let skipped): told.skipped.append(skipped)
            case .caughtUp: continue
            case .ended(let ending):
                told.ending = ending
                work?(reader.reader.work)
                return told
            }
        }
    }

    /// What is wanted of the selection, by decoding everything.
    private func expected(_ selection: RecordingSelection) -> [ConversationEvent] {
        var decoder = ConversationDecoder()
        var chosen: [ConversationEvent] = []
        var hidden: [UInt64: SocketFacts] = [:]
        for record in records {
            var events: [ConversationEvent] = []
            decoder.receive(record, into: &events)
            let number = record.stamp.connection
            let isWanted =
                (number == 0 || selection.connections?.contains(number) ?? true)
                && record.stamp.wallNanoseconds >= selection.since ?? 0
                && record.stamp.wallNanoseconds <= selection.until ?? .max
            for event in events {
                switch event {
                case .socketOpened(let facts): hidden[number] = isWanted || selection.since == nil ? nil : facts
                case .message, .violation, .socketClosed:
                    if isWanted, let facts = hidden.removeValue(forKey: number) { chosen.append(.socketOpened(facts)) }
                    if case .socketClosed = event { hidden[number] = nil }
                case .exchange, .raw, .connection, .gap, .note: break
                }
                if isWanted { chosen.append(event) }
            }
        }
        return chosen
    }

    private func randomSelection(_ generator: inout SeededGenerator) -> RecordingSelection {
        let times = records.map(\.stamp.wallNanoseconds)
        var selection = RecordingSelection()
        if Int.random(in: 0..<3, using: &generator) > 0 { selection.since = times.randomElement(using: &generator) }
        if Int.random(in: 0..<3, using: &generator) > 0 { selection.until = times.randomElement(using: &generator) }
        if Bool.random(using: &generator) {
            selection.connections = Set((0..<2).map { _ in UInt64.random(in: 1...6, using: &generator) })
        }
        return selection
    }

    @Test(arguments: [[1, 2, 3], [1, 2], [2], [1, 3], [2, 3], []] as [[UInt32]])
    func anySelectionGivesWhatAFullReadGivesOfIt(sealed: [UInt32]) throws {
        try seal(sealed)
        var generator = SeededGenerator(seed: 6)
        for round in 0..<30 {
            let selection = randomSelection(&generator)
            let told = try told(selection)
            let expected = expected(selection)
            #expect(told.events == expected, "round \(round): \(selection)")
            #expect(told.missing.isEmpty && told.skipped.isEmpty, "round \(round): \(selection)")
            #expect(told.ending == .closed)
            if told.events != expected { return }
        }
    }

    @Test func littleIsReadOfALongRun() throws {
        try seal([1, 2, 3])
        let middle = records[records.count * 2 / 3].stamp
        var selection = RecordingSelection()
        var all = ReadingWork()
        selection.since = 0
        _ = try told(selection) { all = $0 }
        selection = RecordingSelection()
        selection.connections = [1]
        selection.since = middle.wallNanoseconds
        selection.until = middle.wallNanoseconds + 3_000_000
        var some = ReadingWork()
        let events = try told(selection) { some = $0 }.events
        #expect(!events.isEmpty)
        #expect(all.chunkCount > 60)
        #expect(some.chunkCount <= 12, "\(some) of \(all)")
        #expect(some.byteCount < all.byteCount / 5, "\(some) of \(all)")
    }

    /// With the earlier files gone, a sealed one is decoded from the checkpoints it begins with.
    @Test func aSealedFileAloneIsDecoded() throws {
        try seal([1, 2, 3])
        let all = try told(RecordingSelection()).events
        let path = folder.name(3)
        try folder.write(fileBytes(path), number: 1, run: "other1")
        for number in 1...3 as ClosedRange<UInt32> { try folder.remove(number) }
        let alone = try told(RecordingSelection())
        let messages = alone.events.messages
        // A socket that was within a message when the file began has its first checkpoint a little later.
        #expect(messages.count > 100)
        #expect(messages.count { $0.completeness != .whole } < 10)
        #expect(messages.suffix(100) == all.messages.suffix(100))
        #expect(!alone.missing.isEmpty)
    }

    /// A gap is a record of its connection too.
    @Test func aCheckpointBehindAGapHasTheNextSequence() throws {
        var journal = TestJournal()
        journal.open(1)
        let lost = GapRecord(
            stamp: journal.stamp(1), cause: "disk full", fromWallNanoseconds: 1, toWallNanoseconds: 2, records: 1,
            bytes: 9)
        journal.append(.gap(lost))
        var decoder = ConversationDecoder()
        var events: [ConversationEvent] = []
        for record in journal.records { decoder.receive(record, into: &events) }
        let checkpoint = try #require(decoder.checkpoint(of: 1))
        #expect(checkpoint.stamp.sequence == 2)
        #expect(checkpoint.client.isBehindGap)
    }

    /// A damaged chunk costs what refers to it up to the next checkpoint, and no more.
    @Test func behindDamageDecodingGoesOnAtTheNextCheckpoint() throws {
        try seal([1, 2, 3])
        let whole = try told(RecordingSelection()).events.messages
        let bytes = fileBytes(folder.name(1))
        var lost: [Int] = []
        var skipped = 0
        let begin = TestJournal.preamble(number: 1).count
        // Not every chunk has messages that later ones refer to.
        for place in (1...6).map({ begin + (bytes.count - begin) * $0 / 12 }) {
            var flipped = bytes
            flipped[place] ^= 0xff
            try folder.write(flipped, number: 1)
            let damaged = try told(RecordingSelection())
            // A reader that goes forward does not look at indexes.
            skipped += damaged.skipped.count
            let messages = damaged.events.messages
            lost.append(messages.count { $0.completeness == .undecodable(.compressionContextLost) })
            let tail = whole.count / 2
            #expect(messages.suffix(tail) == whole.suffix(tail))
        }
        #expect(skipped >= 4)
        #expect(lost.contains { $0 > 0 } && lost.allSatisfy { $0 < 40 }, "\(lost)")
    }
}

extension JournalRecord {
    fileprivate func moved(by nanoseconds: UInt64) -> JournalRecord {
        func moved(_ stamp: RecordStamp) -> RecordStamp {
            var stamp = stamp
            stamp.wallNanoseconds += nanoseconds
            return stamp
        }
        switch self {
        case .frame(var record, let payload):
            record.stamp = moved(record.stamp)
            return .frame(record, payload: payload)
        case .http(var record, let bytes):
            record.stamp = moved(record.stamp)
            return .http(record, bytes: bytes)
        case .socket(var record):
            record.stamp = moved(record.stamp)
            return .socket(record)
        case .gap(var record):
            record.stamp = moved(record.stamp)
            return .gap(record)
        case .note(var record):
            record.stamp = moved(record.stamp)
            return .note(record)
        case .checkpoint(var record):
            record.stamp = moved(record.stamp)
            return .checkpoint(record)
        }
    }
}
