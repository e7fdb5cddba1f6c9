import RecordingFormat
import TestSupport
import Testing

@Suite struct JournalRecordTests {
    private func decoded(_ record: [UInt8]) throws(FormatError) -> JournalRecord {
        try JournalRecord(messageBody: record.span.extracting(9..<record.count), offset: 1_000)
    }

    @Test(arguments: Sample.all + Sample.bare)
    func aRecordComesBackAsItWas(record: JournalRecord) throws {
        #expect(try decoded(record.encoded()) == record)
    }

    @Test(arguments: Sample.runs)
    func aRunOfFramesComesBackAsItWas(run: FrameRun) throws {
        let frames: [UInt8] = [0x81, 1, 65, 0x81, 1, 66]
        let bytes = run.encoded(frames: frames)
        let body = bytes.span.extracting(9..<bytes.count)
        #expect(try StoredRecord(messageBody: body, offset: 0) == .run(run, frames: frames))
        #expect(try MCAPMessage(body: body, offset: 0).channelID == run.direction.channelID)
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let stored = try? StoredRecord(messageBody: damaged.span.extracting(9..<damaged.count), offset: 0)
            #expect(stored == nil || bit < 72, "bit \(bit)")
        }
        #expect(throws: FormatError.self) { try decoded(bytes) }
    }

    @Test func theMessageSaysWhatTheRecordSays() throws {
        for record in Sample.all {
            let bytes = record.encoded()
            let message = try MCAPMessage(body: bytes.span.extracting(9..<bytes.count), offset: 0)
            #expect(message.channelID == record.channel.rawValue)
            #expect(message.sequence == 7)
            #expect(message.logTime == Sample.stamp.wallNanoseconds)
            #expect(message.publishTime == Sample.stamp.wallNanoseconds)
        }
    }

    @Test func theFirstFieldCoversTheChannelAndAllThatFollows() {
        for record in Sample.all {
            let bytes = record.encoded()
            #expect(bytes[31] == 0x0D)
            #expect(Array(bytes[32..<36]) == checksum(bytes[9..<11] + bytes[36...]))
        }
    }

    @Test(arguments: Sample.all)
    func anyFlippedBitOfARecordIsNoticed(record: JournalRecord) {
        let bytes = record.encoded()
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let seen = read([MCAP.magic + damaged])
            // Damage, a record that never ends, or a kind that a journal does not have or not here.
            #expect(!seen.contains(.record(record)), "bit \(bit)")
            #expect(!seen.contains { if case .record = $0 { true } else { false } }, "bit \(bit)")
        }
    }

    @Test func aDirectionThatIsNotTheChannelsIsAnError() {
        var bytes = Sample.all[0].encoded()
        bytes[9] = 2
        bytes = withData(Array(bytes[36...]), of: bytes)
        #expect(
            throws: FormatError(
                offset: 1_000, record: "Message", expected: "channel id 1 as in its data", actual: "2")
        ) { try decoded(bytes) }
    }

    @Test func fieldsNotKnownArePassedOver() throws {
        let bytes = Sample.all[4].encoded()
        let more = bytes[36...] + [0xf8, 0x06, 1, 0xf9, 0x06] + [UInt8](repeating: 7, count: 8) + [0xfa, 0x06, 1, 9]
        let changed = withData(Array(more), of: bytes)
        #expect(try decoded(changed) == Sample.all[4])
    }

    @Test(
        arguments: [
            ([0x30, 9], "one of 1, 2, 3, 4 in field 6", "9"), ([0x30, 0x80, 2], "one of 1, 2, 3, 4 in field 6", "256"),
            ([0x3a, 1, 0xff], "UTF-8 in field 7", "other bytes"), ([0x3a, 2, 0x61], "2 bytes in field 7", "1"),
            ([0x38, 1], "bytes with a length in field 7", "a varint"),
            ([0x33], "wire type 0, 1, 2 or 5 in field 6", "3"),
            ([0x02], "a field number of 1 to 2^29 - 1", "0"),
            ([0x40] + [UInt8](repeating: 0xff, count: 9) + [2], "a varint of at most 64 bits", "a longer one"),
            ([0x40, 0x80], "a varint of at most 64 bits", "the message's end"),
            ([0x40, 0x80, 0x80, 0x80, 0x80, 0x10], "at most 32 bits in field 8", "4294967296"),
        ] as [([UInt8], String, String)])
    func aFieldThatIsNotWhatItShouldBeIsToldWithItsPlace(field: [UInt8], expected: String, actual: String) {
        let bytes = Sample.all[4].encoded()
        let damaged = withData(Array(bytes[36...]) + field, of: bytes)
        do throws(FormatError) {
            _ = try decoded(damaged)
            Issue.record("no error")
        } catch {
            #expect(error.expected == expected)
            #expect(error.actual == actual)
            #expect(error.record == "livetape.Note")
            #expect(error.offset >= 1_000 + UInt64(bytes.count) && error.offset < 1_000 + UInt64(damaged.count))
        }
    }

    @Test func anyDataWithARightChecksumIsARecordOrAnError() {
        var generator = SeededGenerator(seed: 5)
        for round in 0..<6_000 {
            let bytes = Sample.all[round % Sample.all.count].encoded()
            var data = Array(bytes[36...])
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                data[Int.random(in: 0..<data.count, using: &generator)] = generator.bytes(1)[0]
            }
            data.removeLast(Int.random(in: 0...2, using: &generator))
            if let record = try? decoded(withData(data, of: bytes)) {
                #expect((try? decoded(record.encoded())) == record)
            }
        }
    }

    /// A record with other fields and the checksum that is right for them.
    private func withData(_ fields: [UInt8], of record: [UInt8]) -> [UInt8] {
        var bytes = record[..<32] + checksum(record[9..<11] + fields) + fields
        let length = UInt64(bytes.count - 9)
        for index in 0..<8 { bytes[1 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index))) }
        return Array(bytes)
    }

    private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let checksum = CRC32C(of: Array(bytes).span).value
        return (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
    }
}

extension Direction {
    fileprivate var channelID: UInt16 {
        switch self {
        case .client: 1
        case .server: 2
        }
    }
}
