import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct ContentDecoderTests {
    /// Raw deflated data that ends with a final, empty block.
    static func raw(_ body: [UInt8]) -> [UInt8] {
        var deflater = Deflater()
        var bytes: [UInt8] = []
        #expect(deflater.append(message: body.span, to: &bytes))
        return bytes + [0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff]
    }

    /// RFC 1952.
    static func gzip(_ body: [UInt8]) -> [UInt8] {
        var crc: UInt32 = .max
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
        }
        let trailer = [~crc, UInt32(body.count)].flatMap { word in (0..<4).map { UInt8(word >> ($0 * 8) & 255) } }
        return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + raw(body) + trailer
    }

    /// RFC 1950.
    static func zlib(_ body: [UInt8]) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in body {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return [0x78, 0x9c] + raw(body) + [high >> 8, high & 255, low >> 8, low & 255].map { UInt8($0) }
    }

    static func decode(
        _ parts: [[UInt8]], _ coding: ContentDecoder.Coding, limit: Int = 1 << 20
    ) -> (ContentDecoder.OnBytes, [UInt8]) {
        var decoder = ContentDecoder(coding, limit: limit)
        var output: [UInt8] = []
        for part in parts { _ = decoder.receive(part.span, into: &output) }
        #expect(decoder.size == output.count)
        return (decoder.end(), output)
    }

    static let body = Array(String(repeating: "<li>Zoë</li>", count: 40).utf8)

    static let bodies: [(ContentDecoder.Coding, [UInt8], [UInt8])] = [
        (.gzip, gzip(body), body), (.gzip, gzip(body) + gzip([]) + gzip([1]), body + [1]),
        (.gzip, gzip(body) + [0, 0, 0], body), (.deflate, zlib(body), body), (.deflate, raw(body), body),
        (.deflate, zlib(body) + [9], body), (.deflate, raw([]), []),
    ]

    @Test(arguments: bodies)
    func decodes(coding: ContentDecoder.Coding, bytes: [UInt8], expected: [UInt8]) {
        for parts in splits(of: bytes) {
            let (outcome, output) = Self.decode(parts, coding)
            #expect(outcome == .ended)
            #expect(output == expected)
        }
    }

    @Test func stopsAtTheLimit() {
        let bomb = Self.gzip([UInt8](repeating: 0, count: 3_000_000))
        for limit in [0, 5, 16384, 1 << 20] {
            let (outcome, output) = Self.decode([bomb], .gzip, limit: limit)
            #expect(outcome == .limitReached)
            #expect(output.count == limit)
        }
        #expect(Self.decode([Self.gzip(Self.body)], .gzip, limit: Self.body.count).0 == .ended)
    }

    @Test func saysWhatIsMissingOrWrong() {
        for bytes in [Self.gzip(Self.body), Self.zlib(Self.body), Self.raw(Self.body)] {
            let coding: ContentDecoder.Coding = bytes[0] == 0x1f ? .gzip : .deflate
            for count in [0, 1, 2, 9, bytes.count - 1] {
                #expect(Self.decode([Array(bytes.prefix(count))], coding).0 == .failed(.unfinished))
            }
        }
        var broken = Self.gzip(Self.body)
        broken[broken.count - 5] ^= 1
        let (outcome, output) = Self.decode([broken], .gzip)
        #expect(outcome == .failed(.invalid("incorrect data check")))
        #expect(output == Self.body)
        #expect(Self.decode([[1, 2, 3]], .gzip).0 == .failed(.invalid("incorrect header check")))
    }

    @Test func copiesAreIndependent() {
        let bytes = Self.zlib(Self.body)
        var one = ContentDecoder(.deflate)
        var output: [UInt8] = []
        #expect(one.receive(bytes.span.extracting(..<9), into: &output) == .needsBytes)
        var two = one
        var twoOutput = output
        #expect(one.receive(bytes.span.extracting(9...), into: &output) == .ended)
        #expect(two.receive(bytes.span.extracting(9...), into: &twoOutput) == .ended)
        #expect(output == Self.body)
        #expect(twoOutput == Self.body)
    }

    @Test func knowsItsCodingsByName() {
        #expect(ContentDecoder.Coding(name: "GZip") == .gzip)
        #expect(ContentDecoder.Coding(name: "x-gzip") == .gzip)
        #expect(ContentDecoder.Coding(name: "deflate") == .deflate)
        #expect(ContentDecoder.Coding(name: "br") == nil)
    }

    @Test func survivesDamageInAnySplit() {
        var generator = SeededGenerator(seed: 13)
        for (coding, bytes, _) in Self.bodies {
            for _ in 0..<300 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    damaged[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
                let whole = Self.decode([damaged], coding, limit: 1000)
                let split = Self.decode(randomSplit(of: damaged, using: &generator), coding, limit: 1000)
                #expect(whole == split)
                #expect(whole.1.count <= 1000)
            }
        }
    }
}
