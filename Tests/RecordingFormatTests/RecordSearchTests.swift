import RecordingFormat
import TestSupport
import Testing

@Suite struct RecordSearchTests {
    @Test func afterADamagedRecordTheNextWholeOneIsFound() {
        var generator = SeededGenerator(seed: 7)
        for record in Sample.all {
            let rubbish = generator.bytes(200)
            let found = search([rubbish + record.encoded()])
            #expect(found == 200)
        }
    }

    @Test func eachRecordIsFoundWhicheverByteOfTheOneBeforeIsDamaged() {
        let first = Sample.all[2].encoded()
        let second = Sample.all[0].encoded()
        for index in first.indices {
            var damaged = first
            damaged[index] ^= 0x40
            #expect(search([damaged + second], from: 0) == first.count)
        }
    }

    @Test func anySplitFindsTheSame() {
        var generator = SeededGenerator(seed: 8)
        let bytes = generator.bytes(60) + Sample.all[0].encoded() + Sample.all[4].encoded()
        for pieces in splits(of: bytes) { #expect(search(pieces) == 60) }
    }

    @Test func aTornRecordAtTheEndIsNone() {
        let record = Sample.all[0].encoded()
        for length in 0..<record.count { #expect(search([Array(record[..<length])]) == nil) }
        // But what is whole within what the torn one claims is found.
        let outer = FrameRecord(stamp: Sample.stamp, direction: .server, offset: 0, number: 0)
            .encoded(payload: record + [UInt8](repeating: 0, count: 50))
        #expect(search([Array(outer.dropLast(20))]) == outer.count - 50 - record.count)
        #expect(search([outer]) == 0)
    }

    @Test func aRecordBeyondTheLimitIsNone() {
        let record = Sample.all[0].encoded()
        #expect(search([record], limit: record.count - 9) == 0)
        #expect(search([record], limit: record.count - 10) == nil)
    }

    /// 20,000 heads that each claim all bytes behind them: 12 GB to put through the checksum, were there no bound.
    @Test func bytesMadeToBeSlowStayWithinTheBound() {
        let head = Sample.all[0].encoded()[..<62]
        let count = 20_000
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * head.count)
        for index in 0..<count {
            let start = bytes.count
            bytes += head
            let length = UInt64((count - index) * head.count - 9)
            for byte in 0..<8 { bytes[start + 1 + byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(byte))) }
        }
        for limit in [bytes.count, MCAPRecordReader.defaultRecordByteLimit] {
            var search = RecordSearch(recordByteLimit: limit)
            var position = 0
            #expect(search.next(bytes.span, at: &position, isEnd: true) == .none)
            #expect(search.checksummedByteCount <= UInt64(limit + 4 * bytes.count))
            #expect(search.checksummedByteCount > UInt64(bytes.count))
        }
    }

    /// Feeds the pieces as a file reader does.
    /// - Returns: where the record was found.
    private func search(
        _ pieces: [[UInt8]], from start: Int = 0, limit: Int = MCAPRecordReader.defaultRecordByteLimit
    ) -> Int? {
        var search = RecordSearch(recordByteLimit: limit)
        var held: [UInt8] = []
        var passed = start
        for (index, piece) in pieces.enumerated() {
            held += piece
            var position = 0
            let step = search.next(held.span, at: &position, isEnd: index == pieces.count - 1)
            passed += position
            held.removeFirst(position)
            switch step {
            case .found: return passed
            case .needsBytes: continue
            case .none: return nil
            }
        }
        return nil
    }
}
