import Foundation
import RecordingFormat
import RecordingStore
import TestSupport
import Testing

/// Truncated, damaged and hostile files: what is whole is read, the rest is said.
@Suite struct ReadingDamageTests {
    private let folder: TemporaryFolder
    private let journal: TestJournal
    private let whole: [UInt8]
    /// Where each record begins, and the end of the last.
    private let places: [Int]

    init() throws {
        folder = try TemporaryFolder()
        var journal = TestJournal()
        journal.event(1, .connectionOpened)
        journal.open(1)
        journal.text(1, .client, "[\"1\",\"join\"]")
        journal.text(1, .server, "[\"1\",\"joined\"]")
        journal.event(2, .connectionOpened)
        journal.text(1, .client, "bye")
        journal.event(1, .connectionClosed)
        journal.note(.runEnded)
        self.journal = journal
        whole = journal.bytes()
        var places = [TestJournal.preamble().count]
        for record in journal.records { places.append((places.last ?? 0) + record.encoded().count) }
        self.places = places
    }

    @Test func aWholeJournalIsReadWithoutAWord() throws {
        let reading = try readAll(try folder.write(whole))
        #expect(reading.records == journal.records)
        #expect(reading.skipped.isEmpty && reading.missing.isEmpty)
        #expect(reading.ending == .closed)
    }

    @Test func truncatedAtEveryByteItGivesAllWholeRecords() throws {
        for count in places[0]..<whole.count {
            let reading = try readAll(try folder.write(Array(whole[..<count])), buffer: 64)
            let complete = places.dropFirst().count { $0 <= count }
            #expect(reading.records == Array(journal.records[..<complete]), "cut at \(count)")
            #expect(reading.ending == (complete == journal.records.count ? .closed : .cutOff))
            let ends = [whole.count - 8, whole.count - 8 - 29, whole.count - 8 - 29 - 13] + places
            #expect(reading.skipped.isEmpty == ends.contains(count), "cut at \(count): \(reading.skipped)")
            let skippedBytes = reading.skipped.reduce(0) { $0 + $1.byteCount }
            #expect(skippedBytes == UInt64(count - (ends.filter { $0 <= count }.max() ?? 0)), "cut at \(count)")
        }
    }

    @Test func truncatedWithinItsPreambleItIsRefusedOrEmpty() throws {
        for count in stride(from: 0, to: places[0], by: 29) {
            let path = try folder.write(Array(whole[..<count]))
            do {
                let reading = try readAll(path)
                #expect(reading.records.isEmpty && reading.ending == .cutOff)
            } catch let error as RecordingError {
                guard case .notARecording = error else {
                    Issue.record("cut at \(count): \(error)")
                    continue
                }
            }
        }
    }

    /// In the records, every flipped bit is found, and all other records are still read. Before them, where there are
    /// no checksums, it costs no record.
    @Test func oneFlippedBitCostsAtMostTheRecordItIsIn() throws {
        // The descriptors in the schemas are thousands of bytes: of those, one in 31.
        for place in 0..<whole.count where place >= places[0] || place < 300 || place % 31 == 0 {
            var bytes = whole
            bytes[place] ^= UInt8(1 << (place % 8))
            let path = try folder.write(bytes)
            let reading: Reading
            do {
                reading = try readAll(path)
            } catch let error as RecordingError {
                guard case .newerVersion = error, place < places[0] else {
                    Issue.record("bit flipped at \(place): \(error)")
                    continue
                }
                continue
            }
            let damaged = places.lastIndex { $0 <= place }.flatMap { $0 < journal.records.count ? $0 : nil }
            var expected = journal.records
            if let damaged { expected.remove(at: damaged) }
            #expect(reading.records == expected, "bit flipped at \(place)")
            if damaged != nil { #expect(!reading.skipped.isEmpty, "bit flipped at \(place)") }
        }
    }

    @Test func aDamagedRecordInTheMiddleLeavesAHoleInTheSequence() throws {
        var bytes = whole
        bytes[places[2] + 40] ^= 1
        let reading = try readAll(try folder.write(bytes))
        #expect(reading.skipped.map(\.offset) == [UInt64(places[2])])
        #expect(reading.skipped.map(\.byteCount) == [UInt64(places[3] - places[2])])
        #expect(reading.missing.map(\.connection) == [1])
        #expect(reading.missing.map(\.expected) == [2])
        #expect(reading.missing.map(\.found) == [3])
    }

    @Test func aHostileLengthCostsNoMemoryAndNoOtherRecord() throws {
        for length in [UInt64.max, 1 << 62, 1 << 40, 63 << 20] {
            var bytes = whole
            for index in 0..<8 { bytes[places[3] + 1 + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
            let reading = try readAll(try folder.write(bytes))
            #expect(reading.records.count == journal.records.count - 1)
            #expect(reading.skipped.count == 1)
        }
    }

    /// The records before the messages have no checksum: a length that takes in what follows must show by itself.
    @Test func aLengthTooLargeBeforeTheMessagesSwallowsNone() throws {
        let lastChannel = JournalChannel.checkpoint.record.encoded()
        var bytes = whole
        let begin = places[0] - lastChannel.count
        #expect(Array(bytes[begin..<places[0]]) == lastChannel)
        let length = lastChannel.count - 9 + places[2] - places[0]
        (bytes[begin + 1], bytes[begin + 2]) = (UInt8(length & 0xff), UInt8(length >> 8))
        let reading = try readAll(try folder.write(bytes))
        #expect(reading.records == journal.records)
        #expect(reading.skipped.map(\.offset) == [UInt64(begin)])
    }

    @Test func bytesBehindTheClosingMagicAreSaid() throws {
        let reading = try readAll(try folder.write(whole + [1, 2, 3]))
        #expect(reading.records == journal.records)
        #expect(reading.skipped.map(\.byteCount) == [3])
    }

    @Test func damagedAtRandomItNeverTrapsAndAlwaysEnds() throws {
        var generator = SeededGenerator(seed: 42)
        for round in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                // Mostly where the records are: the descriptors before them are long and harmless.
                let from = Int.random(in: 0..<8, using: &generator) == 0 ? 0 : min(places[0], bytes.count - 1)
                let place = Int.random(in: from..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = .random(in: .min ... .max, using: &generator)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                case 2: bytes.insert(contentsOf: generator.bytes(9), at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 90)], at: place)
                }
            }
            guard let reading = try? readAll(try folder.write(bytes), buffer: round % 2 == 0 ? 64 : 4096) else {
                continue
            }
            let known = Set(journal.records)
            #expect(reading.records.allSatisfy(known.contains), "round \(round)")
            _ = decode(reading.records)
        }
    }

    @Test func aNewerVersionIsRefusedWithItsNumber() throws {
        var preamble = JournalPreamble(runID: "k3f9x2", fileNumber: 1)
        preamble.formatVersion = 7
        let path = try folder.write(preamble.encoded(release: "9"))
        #expect(throws: RecordingError.newerVersion(path: path, version: "7", newestReadable: 1)) {
            try RecordingFile(path: path)
        }
    }

    @Test(arguments: ["", "hello", String(repeating: "x", count: 5000)])
    func aFileOfSomethingElseIsRefused(_ content: String) throws {
        let path = try folder.write(Array(content.utf8))
        #expect(throws: RecordingError.self) { try RecordingFile(path: path) }
    }
}
