import RecordingFormat
import TestSupport
import Testing

@Suite struct MCAPRecordReaderTests {
    @Test func aJournalIsReadFromItsFirstMagicToItsLast() throws {
        let seen = read([Sample.journal])
        #expect(seen.first == .magic(isClosing: false))
        #expect(seen.last == .magic(isClosing: true))
        let records = seen.compactMap { if case .record(let record) = $0 { record } else { nil } }
        #expect(records == Sample.all + Sample.bare)
        let opcodes = seen.compactMap { if case .other(let opcode, _, _) = $0 { opcode } else { nil } }
        #expect(
            opcodes == [.header, .metadata] + Array(repeating: .schema, count: 6) + Array(repeating: .channel, count: 7)
                + [.dataEnd, .footer])
    }

    @Test func anySplitOfTheBytesGivesTheSameRecords() {
        let short =
            MCAP.magic + MCAPHeader(profile: "", library: "").encoded()
            + Sample.bare.flatMap { $0.encoded() } + MCAPFooter().encoded() + MCAP.magic
        let whole = read([short])
        for pieces in splits(of: short) { #expect(read(pieces) == whole) }
        let wholeJournal = read([Sample.journal])
        for pieces in splits(of: Sample.journal, random: 20).dropFirst(2) { #expect(read(pieces) == wholeJournal) }
    }

    @Test func aTornEndLosesTheLastRecordOnly() {
        let first = Sample.all[0].encoded()
        let second = Sample.all[2].encoded()
        for length in 1..<second.count {
            let seen = read([MCAP.magic + first + second[..<length]])
            #expect(seen == [.magic(isClosing: false), .record(Sample.all[0]), .rest(length)])
        }
    }

    @Test func itSaysHowManyBytesTheRecordWants() {
        var reader = MCAPRecordReader(offset: 100)
        var position = 0
        let record = Sample.all[0].encoded()
        #expect(reader.next(Array(record[..<5]).span, at: &position) == .needsBytes(atLeast: 9))
        #expect(reader.next(Array(record[..<9]).span, at: &position) == .needsBytes(atLeast: record.count))
        #expect(position == 0)
        #expect(reader.next(record.span, at: &position) == .record(.message, offset: 100, body: 9..<record.count))
        #expect(position == record.count)
        #expect(reader.offset == 100 + UInt64(record.count))
    }

    @Test(arguments: [
        ([0x88] as [UInt8], "89 4D 43 41 50 30 0D 0A", "88 as byte 0"),
        (MCAP.magic + [0], "an opcode of 01 to 0F", "00"), (MCAP.magic + [0x85], "an opcode of 01 to 0F", "85"),
        (MCAP.magic + [5, 21, 0, 0, 0, 0, 0, 0, 0], "a length of at least 22", "21"),
        (MCAP.magic + [5, 0, 0, 0, 4, 0, 0, 0, 1], "a length of at most 67108864 (the limit)", "72057594105036800"),
        (
            MCAP.magic + [5] + [UInt8](repeating: 255, count: 8), "a length of at most 67108864 (the limit)",
            "18446744073709551615"
        ),
    ])
    func whatIsNoRecordIsDamage(bytes: [UInt8], expected: String, actual: String) {
        guard case .damaged(let error)? = read([bytes]).last else {
            Issue.record("no damage was seen")
            return
        }
        #expect(error.expected == expected)
        #expect(error.actual == actual)
        #expect(error.offset == UInt64(bytes.count > 8 ? 8 : 0))
    }

    @Test func theLimitIsASetting() {
        let record = Sample.all[0].encoded()
        let body = record.count - 9
        #expect(read([MCAP.magic + record], recordByteLimit: body).last == .record(Sample.all[0]))
        guard case .damaged? = read([MCAP.magic + record], recordByteLimit: body - 1).last else {
            Issue.record("a record beyond the limit was read")
            return
        }
    }

    @Test func bytesBehindTheClosingMagicAreDamage() {
        guard case .damaged(let error)? = read([Sample.journal + [1]]).last else {
            Issue.record("no damage was seen")
            return
        }
        #expect(error.offset == UInt64(Sample.journal.count))
    }

    @Test func afterDamageItStandsStillUntilItIsToldWhereToGoOn() {
        let record = Sample.all[4].encoded()
        let bytes = MCAP.magic + [0, 0, 0] + record
        var reader = MCAPRecordReader()
        var position = 0
        _ = reader.next(bytes.span, at: &position)
        let damage = reader.next(bytes.span, at: &position)
        #expect(reader.next(bytes.span, at: &position) == damage)
        #expect(position == 8)
        position = 11
        reader.resume(at: 11)
        #expect(reader.next(bytes.span, at: &position) == .record(.message, offset: 11, body: 20..<bytes.count))
    }

    @Test func mutatedJournalsAreReadToAnEndWithoutATrap() {
        var generator = SeededGenerator(seed: 4)
        let journal = MCAP.magic + (Sample.all + Sample.bare).flatMap { $0.encoded() }
        for _ in 0..<4_000 {
            var bytes = journal
            for _ in 0...Int.random(in: 0..<6, using: &generator) {
                bytes[Int.random(in: 8..<bytes.count, using: &generator)] = generator.bytes(1)[0]
            }
            let pieces = randomSplit(of: bytes, using: &generator)
            #expect(read(pieces) == read([bytes]))
        }
    }
}
