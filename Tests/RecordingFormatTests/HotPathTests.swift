import RecordingFormat
import TestSupport
import Testing

/// What an event loop writes, between two buffers of its own.
@Suite struct HotPathTests {
    private static let largest = RecordStamp(
        connection: .max, sequence: .max, wallNanoseconds: .max, monotonicNanoseconds: .max)

    @Test func theLargestHeadsFitTheRoomAndNothingIsWrittenBehindIt() throws {
        let frame = FrameRecord(
            stamp: Self.largest, direction: .server, kind: .raw, offset: .max, number: .max, part: .max, isLast: true,
            rawReason: .unfinishedHead, head: WireHead(low: .max, high: .max >> 16, byteCount: 14))
        let http = HTTPRecord(
            stamp: Self.largest, direction: .server, kind: .end, exchange: .max, offset: .max, isMadeByProxy: true,
            bodySize: .max, bodyRecorded: .max, form: .plain(wireByteCount: .max))
        let payload = [UInt8](repeating: 9, count: 300)
        let heads = [
            written(room: FrameRecord.maximumHeadByteCount) {
                frame.writeHead(payload: $0, to: $1)
            } payload: {
                payload
            },
            written(room: HTTPRecord.maximumHeadByteCount) {
                http.writeHead(bytes: $0, to: $1)
            } payload: {
                payload
            },
        ]
        let records = try heads.map { head in
            let record = head + payload
            return try JournalRecord(messageBody: record.span.extracting(9..<record.count), offset: 0)
        }
        #expect(records == [.frame(frame, payload: payload), .http(http, bytes: payload)])
    }

    @Test func randomFramesComeBackAsTheyWere() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<3_000 {
            func number() -> UInt64 { generator.next() >> UInt64.random(in: 0...63, using: &generator) }
            let headBytes = generator.bytes(Int.random(in: 0...14, using: &generator))
            let stamp = RecordStamp(
                connection: number(), sequence: number(), wallNanoseconds: number(), monotonicNanoseconds: number())
            let parsed = WireHead(bytes: headBytes.span)
            let head = try #require(parsed)
            let frame = FrameRecord(
                stamp: stamp, direction: generator.next() & 1 == 0 ? .client : .server, offset: number(),
                number: number(), part: UInt32(truncatingIfNeeded: number()), isLast: generator.next() & 1 == 0,
                rawReason: FrameRecord.RawReason.allCases.randomElement(using: &generator), head: head)
            let payload = generator.bytes(Int.random(in: 0...300, using: &generator))
            let record = frame.encoded(payload: payload)
            let back = try JournalRecord(messageBody: record.span.extracting(9..<record.count), offset: 0)
            #expect(back == .frame(frame, payload: payload))
            #expect(head.bytes == headBytes)
        }
    }

    /// Written once, so that a change of the bytes is seen as one.
    @Test func aFrameIsTheBytesOfTheFormatsPage() {
        let frame = FrameRecord(
            stamp: RecordStamp(connection: 1, sequence: 2, wallNanoseconds: 3, monotonicNanoseconds: 4),
            direction: .client, offset: 300, number: 5, head: WireHead(low: 0x8281, high: 0, byteCount: 2))
        let record = frame.encoded(payload: [0x68, 0x69])
        let message: [UInt8] = [
            5, 68, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
        ]
        let stamp: [UInt8] = [0x10, 1, 0x18, 2, 0x21, 3, 0, 0, 0, 0, 0, 0, 0, 0x29, 4, 0, 0, 0, 0, 0, 0, 0]
        let fields: [UInt8] = [
            0x30, 1, 0x38, 1, 0x40, 0xac, 2, 0x48, 5, 0x58, 1, 0x6a, 2, 0x81, 0x82, 0x72, 2, 0x68, 0x69,
        ]
        #expect(Array(record[..<31]) == message)
        #expect(Array(record[36...]) == stamp + fields)
    }

    @Test func noMoreThan14BytesAreAHead() {
        #expect(WireHead(bytes: [UInt8](repeating: 0, count: 15).span) == nil)
        #expect(WireHead(low: 0, high: 0, byteCount: 200).byteCount == 14)
    }

    /// Lets `write` write into room that has marked bytes behind it, and sees that they stay.
    private func written(
        room: Int, _ write: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int, payload: () -> [UInt8]
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xa5, count: room + 16)
        let count = bytes.withUnsafeMutableBytes { all in
            payload().withUnsafeBytes { write($0, UnsafeMutableRawBufferPointer(rebasing: all[..<room])) }
        }
        #expect(count <= room)
        #expect(bytes[room...].allSatisfy { $0 == 0xa5 })
        return Array(bytes[..<count])
    }
}
