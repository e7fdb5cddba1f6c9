import CChecksum
import RecordingFormat
import TestSupport
import Testing

@Suite struct ChecksumTests {
    @Test func givesTheKnownAnswers() {
        let digits = Array("123456789".utf8)
        #expect(crc32c(digits) == 0xe306_9283)
        #expect(crc32(digits) == 0xcbf4_3926)
        #expect(digits.withUnsafeBytes { livetape_crc32c_table(0, $0.baseAddress, $0.count) } == 0xe306_9283)
        #expect(CRC32C().value == 0)
        #expect(CRC32().value == 0)
    }

    /// RFC 3720 appendix B.4.
    @Test func givesTheAnswersOfTheRFC() {
        #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(crc32c([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(crc32c(Array(0..<32)) == 0x46dd_794e)
    }

    @Test func theInstructionAndTheTableAgreeOnAnyLengthAndAlignment() {
        var generator = SeededGenerator(seed: 1)
        let bytes = generator.bytes(10_000)
        for round in 0..<2_000 {
            let length = round < 600 ? round : Int.random(in: 0...9_000, using: &generator)
            let start = Int.random(in: 0...(bytes.count - length), using: &generator)
            let seed = UInt32.random(in: 0...(.max), using: &generator)
            bytes.withUnsafeBytes { all in
                let part = UnsafeRawBufferPointer(rebasing: all[start..<(start + length)])
                #expect(
                    livetape_crc32c(seed, part.baseAddress, part.count)
                        == livetape_crc32c_table(seed, part.baseAddress, part.count))
                #expect(
                    livetape_crc32(seed, part.baseAddress, part.count)
                        == livetape_crc32_table(seed, part.baseAddress, part.count))
            }
        }
    }

    @Test func piecesGiveWhatTheWholeGives() {
        var generator = SeededGenerator(seed: 2)
        let bytes = generator.bytes(5_000)
        let whole = crc32c(bytes)
        let wholeOfZip = crc32(bytes)
        for pieces in splits(of: bytes) {
            var parts = CRC32C()
            var partsOfZip = CRC32()
            for piece in pieces {
                parts.update(piece.span)
                piece.withUnsafeBytes { partsOfZip.update($0) }
            }
            #expect(parts.value == whole)
            #expect(partsOfZip.value == wholeOfZip)
        }
    }
}

private func crc32c(_ bytes: [UInt8]) -> UInt32 { CRC32C(of: bytes.span).value }
private func crc32(_ bytes: [UInt8]) -> UInt32 { CRC32(of: bytes.span).value }
