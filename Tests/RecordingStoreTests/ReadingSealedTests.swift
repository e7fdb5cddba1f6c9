import RecordingFormat
import RecordingStore
import TestSupport
import Testing

/// Sealed files from the first byte to the last, damaged and hostile ones too.
@Suite struct ReadingSealedTests {
    private typealias Packing = HandmadeSealedFile.Packing

    private let folder: TemporaryFolder
    private let records: [JournalRecord]

    init() throws {
        folder = try TemporaryFolder()
        var journal = TestJournal()
        journal.event(1, .connectionOpened)
        journal.open(1)
        journal.text(1, .client, "[\"1\",\"join\"]")
        journal.text(1, .server, "[\"1\",\"joined\"]")
        journal.event(2, .connectionOpened)
        journal.text(1, .client, "bye", parts: 2)
        journal.event(1, .connectionClosed)
        journal.event(2, .connectionClosed)
        journal.note(.runEnded)
        records = journal.records
    }

    /// Three chunks: records 0 to 2, 3 to 5, and the rest.
    private func file(_ packing: HandmadeSealedFile.Packing) -> HandmadeSealedFile {
        var file = HandmadeSealedFile()
        file.append(Array(records[..<3]), packing)
        file.append(Array(records[3..<6]), packing)
        file.append(Array(records[6...]), packing)
        return file
    }

    @Test(arguments: [HandmadeSealedFile.Packing.none, .storedZstd], [64, 4096])
    func allRecordsComeOutInOrder(packing: HandmadeSealedFile.Packing, buffer: Int) throws {
        let reading = try readAll(try folder.write(file(packing).closed), buffer: buffer)
        #expect(reading.records == records)
        #expect(reading.skipped.isEmpty && reading.missing.isEmpty)
        #expect(reading.ending == .closed)
    }

    @Test func aFileSaysWhetherItIsSealed() throws {
        let path = try folder.write(file(.storedZstd).closed)
        #expect(try RecordingFile(path: path).isSealed)
        #expect(try RecordingFile(path: folder.write(HandmadeSealedFile().closed)).isSealed)
        var journal = TestJournal()
        journal.note(.runEnded)
        #expect(try !RecordingFile(path: folder.write(journal.bytes())).isSealed)
        #expect(try !RecordingFile(path: folder.write(TestJournal().bytes())).isSealed)
    }

    @Test func checkpointsAreNoRecordsAndHaveNoPlaceInTheSequence() throws {
        var file = HandmadeSealedFile()
        file.append(Array(records[..<4]))
        var stamp = records[3].stamp
        stamp.sequence += 1
        file.append([.checkpoint(CheckpointRecord(stamp: stamp, opened: records[1].stamp))])
        file.append(Array(records[4...]))
        let reading = try readAll(try folder.write(file.closed))
        #expect(reading.records == records)
        #expect(reading.missing.isEmpty && reading.skipped.isEmpty)
    }

    @Test func lz4IsRefusedAndTheOtherChunksAreRead() throws {
        var file = HandmadeSealedFile()
        file.append(Array(records[..<3]))
        file.append(Array(records[3..<6]), .lz4)
        file.append(Array(records[6...]))
        let reading = try readAll(try folder.write(file.closed))
        #expect(reading.records == Array(records[..<3]) + Array(records[6...]))
        #expect(reading.skipped.map(\.offset) == [UInt64(try bytesBefore(chunk: 1, in: file))])
        #expect(
            reading.skipped.first?.description.contains("expected the compression 'zstd' or none, found 'lz4'") == true)
    }

    private func bytesBefore(chunk: Int, in file: HandmadeSealedFile) throws -> Int {
        file.places[chunk]
            + (chunk == 0 ? 0 : MCAPMessageIndex(channelID: 4, entries: [.init(time: 0, offset: 0)]).byteCount)
    }

    struct Lie: CustomTestStringConvertible {
        var testDescription: String
        var expected: String
        /// How many of the chunk's records are read all the same.
        var recordsRead: Int
        var tell: @Sendable (inout HandmadeSealedFile.Chunk) -> Void
    }

    static let lies = [
        Lie(testDescription: "checksum", expected: "checksum (CRC32)", recordsRead: 3) { $0.checksum ^= 1 },
        Lie(testDescription: "more than the limit", expected: "at most 1000 (the limit), found 1001", recordsRead: 0) {
            $0.uncompressedByteCount = 1001
        },
        Lie(testDescription: "far more", expected: "(the limit), found 18446744073709551615", recordsRead: 0) {
            $0.uncompressedByteCount = .max
        },
        Lie(testDescription: "one more than there is", expected: "records that inflate to", recordsRead: 3) {
            $0.uncompressedByteCount += 1
        },
        Lie(testDescription: "one less than there is", expected: "records that inflate to", recordsRead: 2) {
            $0.uncompressedByteCount -= 1
        },
        Lie(testDescription: "a bomb", expected: "records that inflate to 1000 bytes", recordsRead: 0) {
            $0.records = HandmadeSealedFile.Chunk.bomb(blocks: 16_000)
            $0.uncompressedByteCount = 1000
        },
        Lie(testDescription: "not compressed, too long", expected: "bytes of records", recordsRead: 3) {
            $0.records = Array($0.records.dropFirst(12)) + [0]
            $0.compression = ""
        },
    ]

    @Test(arguments: lies) func aChunkThatLiesIsSkippedAndSaid(lie: Lie) throws {
        var file = HandmadeSealedFile()
        file.append(Array(records[..<3]))
        file.append(Array(records[3..<6]), .storedZstd, lie.tell)
        file.append(Array(records[6...]))
        var settings = RecordingReader.Settings()
        settings.chunkByteLimit = 1000
        let reading = try readAll(try folder.write(file.closed), settings)
        #expect(reading.records == Array(records[..<(3 + lie.recordsRead)]) + Array(records[6...]))
        #expect(reading.skipped.map(\.recordsRead) == [UInt64(lie.recordsRead)])
        let words = reading.skipped.first?.description ?? ""
        #expect(words.contains(lie.expected), "\(words)")
    }

    @Test(arguments: [HandmadeSealedFile.Packing.none, .storedZstd])
    func truncatedAtEveryByteItGivesAllWholeRecords(packing: HandmadeSealedFile.Packing) throws {
        let file = file(packing)
        let whole = file.closed
        // Where each record ends in the file: both packings keep the bytes as they are.
        var ends: [Int] = []
        var place = file.places[0]
        for record in records {
            let bytes = record.encoded()
            place = try #require(firstPlace(of: bytes, in: whole, from: place)) + bytes.count
            ends.append(place)
        }
        let step = packing == .none ? 1 : 3
        for count in stride(from: file.places[0], to: whole.count, by: step) {
            let reading = try readAll(try folder.write(Array(whole[..<count])), buffer: 64)
            let complete = ends.count { $0 <= count }
            // zstd hands out whole blocks only.
            if packing == .none {
                #expect(reading.records == Array(records[..<complete]), "cut at \(count)")
            } else {
                #expect(reading.records == Array(records.prefix(reading.records.count)), "cut at \(count)")
                let whole = file.places.dropFirst().count { $0 <= count } * 3
                #expect(reading.records.count >= min(whole, records.count), "cut at \(count)")
            }
            #expect(reading.skipped.count <= 1 && reading.missing.isEmpty, "cut at \(count)")
            #expect(reading.skipped.allSatisfy { $0.cause == .torn }, "cut at \(count): \(reading.skipped)")
        }
    }

    @Test(arguments: [HandmadeSealedFile.Packing.none, .storedZstd])
    func oneFlippedBitCostsAtMostTheChunkItIsIn(packing: HandmadeSealedFile.Packing) throws {
        let file = file(packing)
        let whole = file.closed
        for place in file.places[0]..<file.bytes.count {
            var bytes = whole
            bytes[place] ^= UInt8(1 << (place % 8))
            let reading = try readAll(try folder.write(bytes))
            let chunk = file.places.lastIndex { $0 <= place } ?? 0
            let others = records.indices.filter { min($0 / 3, 2) != chunk }.map { records[$0] }
            let isExpected =
                Set(others).isSubset(of: reading.records) && Set(reading.records).count == reading.records.count
            #expect(isExpected, "bit flipped at \(place)")
            #expect(Set(reading.records).isSubset(of: records), "bit flipped at \(place)")
            if reading.records != records { #expect(!reading.skipped.isEmpty, "bit flipped at \(place)") }
        }
    }

    @Test func damagedAtRandomItNeverTrapsAndAlwaysEnds() throws {
        var generator = SeededGenerator(seed: 43)
        let wholes = [file(.none), file(.storedZstd)]
        let known = Set(records)
        for round in 0..<2000 {
            let whole = wholes[round % 2]
            var bytes = whole.closed
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: whole.places[0]..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = .random(in: .min ... .max, using: &generator)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                case 2: bytes.insert(contentsOf: generator.bytes(9), at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 90)], at: place)
                }
                if bytes.count <= whole.places[0] { break }
            }
            let reading = try readAll(try folder.write(bytes), buffer: round % 2 == 0 ? 64 : 4096)
            #expect(reading.records.allSatisfy(known.contains), "round \(round)")
        }
    }
}

private func firstPlace(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard wanted.count + start <= bytes.count else { return nil }
    return (start...(bytes.count - wanted.count)).first { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
}
