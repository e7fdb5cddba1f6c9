import RecordingFormat
import TestSupport
import Testing

@Suite struct MCAPRecordTests {
    private func body(_ record: [UInt8]) -> [UInt8] { Array(record.dropFirst(MCAP.recordHeadByteCount)) }

    @Test func recordsComeBackAsTheyWere() throws {
        let header = MCAPHeader(profile: "livetape", library: "livetape/1")
        #expect(try MCAPHeader(body: body(header.encoded()).span, offset: 8) == header)
        let footer = MCAPFooter(summaryStart: 1, summaryOffsetStart: 2, summaryCRC: 3)
        #expect(try MCAPFooter(body: body(footer.encoded()).span, offset: 8) == footer)
        let schema = MCAPSchema(id: 1, name: "n", encoding: "protobuf", data: [1, 2])
        #expect(try MCAPSchema(body: body(schema.encoded()).span, offset: 8) == schema)
        let channel = MCAPChannel(id: 2, schemaID: 1, topic: "t", messageEncoding: "protobuf", metadata: ["a": "b"])
        #expect(try MCAPChannel(body: body(channel.encoded()).span, offset: 8) == channel)
        let metadata = MCAPMetadata(name: "m", metadata: ["k": "v", "ä": ""])
        #expect(try MCAPMetadata(body: body(metadata.encoded()).span, offset: 8) == metadata)
        let end = MCAPDataEnd(dataSectionCRC: 7)
        #expect(try MCAPDataEnd(body: body(end.encoded()).span, offset: 8) == end)
    }

    /// The bytes as the specification's tables have them.
    @Test func aHeaderIsTheBytesOfTheSpecification() {
        #expect(
            MCAPHeader(profile: "ab", library: "c").encoded()
                == [1, 11, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0x61, 0x62, 1, 0, 0, 0, 0x63])
    }

    @Test func aMapIsWrittenInTheOrderOfItsKeys() {
        let metadata = MCAPMetadata(name: "", metadata: ["b": "2", "a": "1"])
        #expect(
            body(metadata.encoded())
                == [0, 0, 0, 0, 20, 0, 0, 0] + [1, 0, 0, 0, 0x61, 1, 0, 0, 0, 0x31]
                + [1, 0, 0, 0, 0x62, 1, 0, 0, 0, 0x32])
    }

    @Test func fieldsOfALaterMCAPArePassedOver() throws {
        let header = MCAPHeader(profile: "p", library: "l")
        #expect(try MCAPHeader(body: (body(header.encoded()) + [9, 9]).span, offset: 0) == header)
        #expect(throws: FormatError.self) {
            try MCAPFooter(body: (body(MCAPFooter().encoded()) + [9]).span, offset: 0)
        }
    }

    @Test func aStringBeyondItsRecordIsToldWithItsPlace() {
        #expect(
            throws: FormatError(offset: 121, record: "Header", expected: "library: 255 bytes", actual: "1")
        ) {
            try MCAPHeader(body: ([0, 0, 0, 0, 255, 0, 0, 0, 1] as [UInt8]).span, offset: 104)
        }
    }

    @Test(
        arguments: [
            [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 1, 0, 0, 0, 0xff], [4, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc],
            [0, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 0x61, 0x62, 0xff],
        ] as [[UInt8]])
    func whatIsNoMetadataIsRefused(bytes: [UInt8]) {
        #expect(throws: FormatError.self) { try MCAPMetadata(body: bytes.span, offset: 0) }
    }

    @Test func aKeyTwiceIsRefused() {
        let entry: [UInt8] = [1, 0, 0, 0, 0x61, 0, 0, 0, 0]
        #expect(throws: FormatError.self) {
            try MCAPMetadata(body: ([0, 0, 0, 0, 18, 0, 0, 0] + entry + entry).span, offset: 0)
        }
    }

    @Test func anyBytesAreARecordOrAnError() {
        var generator = SeededGenerator(seed: 3)
        let samples = [
            MCAPMetadata(name: "m", metadata: ["k": "v", "l": "w"]).encoded(),
            JournalChannel.http.record.encoded(), MCAPSchema(id: 1, name: "n", encoding: "e", data: [1]).encoded(),
        ].map(body)
        for round in 0..<6_000 {
            var bytes = samples[round % samples.count]
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = generator.bytes(1)[0]
            }
            bytes.removeLast(Int.random(in: 0...3, using: &generator))
            _ = try? MCAPMetadata(body: bytes.span, offset: .max)
            _ = try? MCAPChannel(body: bytes.span, offset: .max)
            _ = try? MCAPSchema(body: bytes.span, offset: .max)
            _ = try? MCAPHeader(body: bytes.span, offset: .max)
            _ = try? MCAPMessage(body: bytes.span, offset: .max)
        }
    }
}
