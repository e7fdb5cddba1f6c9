import Interchange
import RecordingFormat
import TestSupport
import Testing

@Suite struct TwinFuzzTests {
    /// Changed bytes, cut and doubled pieces: an error or other records, and what is read is written and read the same.
    @Test(arguments: 1...8) func damagedTwinsAreReadOrRefused(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var records = RandomRecords(seed: UInt64(seed) &+ 1000)
        let text = twin(of: records.next(6))
        let tokens = [
            "\"", "\\", "[", "{", "}", "]", ",", "-", "9", "18446744073709551615", "\n", "null", "#", "\\ud800",
        ]
        var refused = 0
        for _ in 0..<500 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...9, using: &random)))
                case 2: bytes.insert(contentsOf: (tokens.randomElement(using: &random) ?? "").utf8, at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            let read: TwinTalk
            do throws(TextTwinError) {
                read = try TwinTalk([bytes])
            } catch {
                refused += 1
                #expect(error.line >= 1 && error.column >= 1 && !error.description.isEmpty)
                continue
            }
            let header = try #require(read.header)
            let again = try TwinTalk([twin(of: read.records, header: header)])
            try #require(again.encoded == read.encoded)
        }
        #expect((50..<500).contains(refused))
    }

    @Test func noiseIsRefused() {
        var random = SeededGenerator(seed: 77)
        for count in 0..<300 {
            let bytes = Array(TextTwin.signature) + random.bytes(count)
            #expect(throws: TextTwinError.self) { try TwinTalk([bytes]) }
        }
    }
}
