import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct FrameParserTests {
    /// One frame as it was found, its parts joined.
    struct Found: Hashable {
        var number: UInt64
        var offset: UInt64
        var head: FrameHead
        var payload: [UInt8] = []
        var isWhole = false
    }

    /// Joins the parts that the parser finds, and checks that they follow each other.
    static func frames(in reads: [[UInt8]], _ parser: inout FrameParser) -> [Found] {
        var found: [Found] = []
        var parts: UInt32 = 0
        for bytes in reads {
            var position = 0
            reading: while true {
                switch parser.next(bytes.span, at: &position) {
                case .needsBytes: break reading
                case .unframeable: continue
                case .piece(let piece):
                    if let head = piece.head {
                        found.append(Found(number: piece.number, offset: piece.offset, head: head))
                        parts = 0
                    }
                    #expect(piece.part == parts)
                    #expect(piece.number == found.last?.number)
                    parts += 1
                    found[found.count - 1].payload += bytes[piece.payload]
                    found[found.count - 1].isWhole = piece.isLast
                }
            }
            #expect(position == bytes.count)
        }
        return found
    }

    static let sizes = [0, 1, 125, 126, 200, 65535, 65536]

    @Test(arguments: sizes, [nil, key])
    func findsFramesOfEachLengthEncoding(size: Int, mask: MaskKey?) {
        var generator = SeededGenerator(seed: UInt64(size))
        let payload = generator.bytes(size)
        let bytes = frame(.binary, payload, mask: mask) + frame(.ping, "x", mask: mask)
        var wire = payload
        mask?.apply(to: &wire)
        for reads in size > 1000 ? [[bytes]] + [randomSplit(of: bytes, using: &generator)] : splits(of: bytes) {
            var parser = FrameParser(offset: 100)
            let found = Self.frames(in: reads, &parser)
            #expect(found.map(\.payload) == [wire, found.last?.payload])
            #expect(found.map(\.number) == [0, 1])
            #expect(found.map(\.offset) == [100, 100 + UInt64(bytes.count - (mask == nil ? 3 : 7))])
            #expect(found.map(\.isWhole) == [true, true])
            #expect(found.first?.head.payloadLength == UInt64(size))
            #expect(found.first?.head.maskKey == mask)
            #expect(found.first?.head.bytes == Array(bytes.prefix(found[0].head.byteCount)))
            #expect(parser.isBetweenFrames)
            #expect(parser.offset == 100 + UInt64(bytes.count))
        }
    }

    @Test func keepsAnUnfinishedHead() {
        let bytes = frame(.text, [UInt8](repeating: 1, count: 300), mask: key)
        for count in 0..<8 {
            var parser = FrameParser()
            #expect(Self.frames(in: [Array(bytes.prefix(count))], &parser).isEmpty)
            #expect(parser.unfinishedHead == Array(bytes.prefix(count)))
            #expect(parser.isBetweenFrames == (count == 0))
        }
    }

    @Test func tellsAHeadBeforeItsPayload() {
        var parser = FrameParser()
        let found = Self.frames(in: [[0x81, 0x05]], &parser)
        #expect(found.map(\.isWhole) == [false])
        #expect(!parser.isBetweenFrames)
        #expect(parser.unfinishedHead.isEmpty)
    }

    @Test func stopsAtALengthThatCannotBe() {
        let good = frame(.text, "a")
        let bytes = good + [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 1, 9, 9, 9]
        for reads in splits(of: bytes) {
            var parser = FrameParser()
            var steps: [FrameParser.Step] = []
            for read in reads {
                var position = 0
                while true {
                    let step = parser.next(read.span, at: &position)
                    if step == .needsBytes { break }
                    if case .unframeable = step { steps.append(step) }
                }
            }
            guard let head = FrameHead(bytes: bytes[3..<13]) else {
                Issue.record("the head is whole")
                return
            }
            #expect(steps == [.unframeable(head: head, offset: 3)])
            #expect(parser.offset == UInt64(bytes.count))
        }
    }

    @Test func takesTheLargestLengthThatCanBe() {
        var parser = FrameParser()
        let head: [UInt8] = [0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        let found = Self.frames(in: [head, [1, 2, 3], [4]], &parser)
        #expect(found.map(\.head.payloadLength) == [UInt64(Int64.max)])
        #expect(found.map(\.payload) == [[1, 2, 3, 4]])
    }

    @Test func readsAnyBytesInAnySplit() {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<2000 {
            let bytes = generator.bytes(Int.random(in: 0...80, using: &generator))
            var whole = FrameParser()
            var split = FrameParser()
            let expected = Self.frames(in: [bytes], &whole)
            let reads = randomSplit(of: bytes, using: &generator)
            #expect(Self.frames(in: reads, &split) == expected)
            #expect(whole.unfinishedHead == split.unfinishedHead)
            #expect(whole.offset == split.offset)
        }
    }
}
