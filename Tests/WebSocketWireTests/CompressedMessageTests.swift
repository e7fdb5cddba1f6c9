import TestSupport
import Testing

@testable import WebSocketWire

/// Writes compressed messages as a server does.
struct CompressingServer {
    let deflate: PermessageDeflate
    var deflater: Deflater

    init(_ deflate: PermessageDeflate) {
        self.deflate = deflate
        deflater = deflate.deflater(for: .server)
    }

    mutating func message(_ payload: [UInt8], opcode: Opcode = .text, frameSize: Int = .max) -> [UInt8] {
        var deflated: [UInt8] = []
        #expect(deflater.append(message: payload.span, to: &deflated))
        var bytes: [UInt8] = []
        FrameEncoder.appendMessage(
            opcode: opcode, isCompressed: true, payload: deflated.span, frameSize: frameSize, to: &bytes)
        return bytes
    }

    mutating func message(_ text: String, frameSize: Int = .max) -> [UInt8] {
        message(Array(text.utf8), frameSize: frameSize)
    }
}

/// Text as applications send it: the same words again and again.
func json(_ count: Int, using generator: inout SeededGenerator) -> [UInt8] {
    var text = "["
    while text.utf8.count < count {
        text += "{\"id\":\(UInt16.random(in: 0 ... .max, using: &generator)),\"name\":\"Zoë\",\"values\":[true,null]},"
    }
    return Array(text.utf8)
}

let noTakeover = PermessageDeflate(serverNoContextTakeover: true, clientNoContextTakeover: true)

@Suite struct CompressedMessageTests {
    @Test(arguments: 8...15, [false, true])
    func bringsMessagesThrough(windowBits: Int, serverNoContextTakeover: Bool) {
        let deflate = PermessageDeflate(
            serverNoContextTakeover: serverNoContextTakeover, serverMaxWindowBits: windowBits)
        var generator = SeededGenerator(seed: UInt64(windowBits))
        var server = CompressingServer(deflate)
        let payloads: [[UInt8]] = [
            json(3000, using: &generator), [], json(90000, using: &generator), [0x61], generator.bytes(70000),
            json(500, using: &generator), [], [], generator.bytes(3),
        ]
        let stream = payloads.flatMap {
            server.message($0, opcode: .binary, frameSize: Int.random(in: 1...50000, using: &generator))
        }
        for reads in [[stream]] + (0..<5).map({ _ in randomSplit(of: stream, using: &generator) }) {
            let events = events(of: reads, from: .server, deflate: deflate)
            #expect(events.messages.map(\.payload) == payloads)
            #expect(events.messages.allSatisfy { $0.completeness == .whole && $0.isCompressed })
            #expect(events.messages.map(\.wireSize).reduce(0, +) == UInt64(stream.count))
            #expect(events.violations.isEmpty)
        }
    }

    @Test func contextTakeoverMakesTheSecondMessageSmaller() {
        var generator = SeededGenerator(seed: 8)
        let payload = json(1000, using: &generator)
        for (deflate, isSmaller) in [(PermessageDeflate(), true), (noTakeover, false)] {
            var server = CompressingServer(deflate)
            let first = server.message(payload)
            #expect((server.message(payload).count < first.count / 4) == isSmaller)
        }
    }

    /// zlib finds a reference that goes behind the window only if the output leaves in small steps.
    @Test(arguments: 8...15)
    func deflatesWithinTheWindow(windowBits: Int) throws {
        var generator = SeededGenerator(seed: 9)
        var deflater = Deflater(windowBits: windowBits)
        let payload = json(60000, using: &generator)
        var deflated: [UInt8] = []
        #expect(deflater.append(message: payload.span, to: &deflated))
        let small = try #require(InflateStream(.raw, windowBits: Int32(-windowBits)))
        var output: [UInt8] = []
        var position = 0
        while small.next(deflated.span, at: &position, into: &output, room: 1) == .madeOutput {}
        #expect(output == payload)
    }

    @Test func unmasksBeforeItInflates() {
        var generator = SeededGenerator(seed: 10)
        let payload = generator.bytes(50000)
        var deflater = PermessageDeflate().deflater(for: .client)
        var deflated: [UInt8] = []
        #expect(deflater.append(message: payload.span, to: &deflated))
        let stream = frame(.binary, deflated, bits: .rsv1, mask: key)
        for reads in [[stream]] + (0..<20).map({ _ in randomSplit(of: stream, using: &generator) }) {
            let events = events(of: reads, from: .client, deflate: PermessageDeflate())
            #expect(events.messages.map(\.payload) == [payload])
        }
    }

    @Test func goesOnAfterAMessageThatEndsWithAFinalBlock() {
        // "Hello" in a final block, without the empty block that should follow it; then one that refers to it.
        let final = frame(.text, [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], bits: .rsv1)
        let again = frame(.text, [0xf2, 0x00, 0x11, 0x00, 0x00], bits: .rsv1)
        let twoBlocks = frame(
            .text, [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0xf2, 0x00, 0x11, 0x00, 0x00], bits: .rsv1)
        for reads in splits(of: final + again + twoBlocks + again) {
            let events = events(of: reads, from: .server, deflate: PermessageDeflate())
            #expect(events.texts == ["Hello", "Hello", "HelloHello", "Hello"])
            #expect(events.violations.isEmpty)
        }
    }

    @Test func checksTextAfterInflating() {
        var server = CompressingServer(PermessageDeflate())
        let stream = server.message([0x61, 0x62, 0xff], frameSize: 2)
        for reads in splits(of: stream) {
            let events = events(of: reads, from: .server, deflate: PermessageDeflate())
            #expect(events.violations == [.invalidUTF8(messageOffset: 2)])
            #expect(events.messages.map(\.completeness) == [.whole])
        }
    }

    @Test func keepsPlainMessagesOutOfTheContext() {
        var server = CompressingServer(PermessageDeflate())
        let stream = server.message("Hello") + frame(.text, "plain") + server.message("Hello")
        let events = events(of: [stream], from: .server, deflate: PermessageDeflate())
        #expect(events.texts == ["Hello", "plain", "Hello"])
        #expect(events.messages.map(\.isCompressed) == [true, false, true])
    }
}

@Suite struct CompressionContextTests {
    @Test func isLostInAGapWithTakeover() {
        var server = CompressingServer(PermessageDeflate())
        var conversation = Conversation(from: .server, deflate: PermessageDeflate())
        #expect(conversation.receive(server.message("one two three")).texts == ["one two three"])
        #expect(conversation.assembler.lostBytes().isEmpty)
        let events = conversation.receive(
            server.message("one two three") + frame(.text, "plain") + server.message("four", frameSize: 2))
        #expect(
            events.messages.map(\.completeness) == [
                .undecodable(.compressionContextLost), .whole, .undecodable(.compressionContextLost),
            ])
        #expect(events.texts == ["", "plain", ""])
        #expect(events.messages.map(\.isCompressed) == [true, false, true])
        #expect(events.messages.allSatisfy { $0.wirePayloadSize > 0 })
        #expect(events.violations.isEmpty)
    }

    @Test func isNotNeededWithoutTakeover() {
        var server = CompressingServer(noTakeover)
        var conversation = Conversation(from: .server, deflate: noTakeover)
        let first = server.message("one two three")
        #expect(conversation.receive(Array(first.prefix(6))).isEmpty)
        #expect(conversation.assembler.lostBytes().messages.map(\.completeness) == [.endedEarly])
        conversation.parser = FrameParser()
        #expect(conversation.receive(server.message("four")).texts == ["four"])
    }

    @Test(arguments: [PermessageDeflate(), noTakeover])
    func isLostWithADeflateError(deflate: PermessageDeflate) {
        var server = CompressingServer(deflate)
        let stream = server.message("one") + frame(.text, [0x07, 0x07], bits: .rsv1) + server.message("two")
        for reads in splits(of: stream) {
            let messages = events(of: reads, from: .server, deflate: deflate).messages
            let last: Message.Completeness =
                deflate == noTakeover ? .whole : .undecodable(.compressionContextLost)
            #expect(messages.map(\.completeness) == [.whole, .undecodable(.deflateError), last])
        }
    }

    @Test(arguments: [PermessageDeflate(), noTakeover])
    func isLostWithAMessageThatNeverEnds(deflate: PermessageDeflate) {
        var server = CompressingServer(deflate)
        var begun: [UInt8] = []
        FrameEncoder.append(
            opcode: .text, isFinal: false, reservedBits: .rsv1, payload: [0xf2, 0x48].span, to: &begun)
        let stream = begun + server.message("two")
        for reads in splits(of: stream) {
            let events = events(of: reads, from: .server, deflate: deflate)
            let last: Message.Completeness =
                deflate == noTakeover ? .whole : .undecodable(.compressionContextLost)
            #expect(events.messages.map(\.completeness) == [.endedEarly, last])
            #expect(events.violations == [.newMessageInsideFragmented])
        }
    }

    @Test func canBeSetFromAWindow() {
        var server = CompressingServer(PermessageDeflate())
        var generator = SeededGenerator(seed: 12)
        let payload = json(50000, using: &generator)
        var one = Inflater(contextTakeover: true)
        var two = Inflater(contextTakeover: true)
        #expect(inflated(server.message(payload), by: &one) == payload)
        #expect(one.window == payload.suffix(32768))
        two.loseContext()
        two.window = one.window
        #expect(!two.isContextLost)
        #expect(inflated(server.message(payload), by: &two) == payload)
    }

    private func inflated(_ frame: [UInt8], by inflater: inout Inflater) -> [UInt8] {
        var output: [UInt8] = []
        var position = FrameHead(bytes: frame.prefix(4))?.byteCount ?? 2
        while inflater.next(frame.span, at: &position, into: &output) == .madeOutput {}
        #expect(inflater.endMessage(into: &output) == .whole)
        return output
    }
}

@Suite struct BombTests {
    static let zeros = [UInt8](repeating: 0, count: 10_000_000)

    @Test func cutsAndCountsAllOfIt() {
        var server = CompressingServer(PermessageDeflate())
        let stream = server.message(Self.zeros, opcode: .binary)
        #expect(stream.count < 11000)
        var generator = SeededGenerator(seed: 11)
        for reads in [[stream], randomSplit(of: stream, using: &generator)] {
            let limits = MessageLimits(messageBytes: 1 << 20)
            let events = events(of: reads, from: .server, deflate: PermessageDeflate(), limits: limits)
            #expect(events.messages.map(\.size) == [10_000_000])
            #expect(events.messages.map(\.payload.count) == [1 << 20])
            #expect(events.messages.map(\.completeness) == [.cut])
            #expect(events.violations.isEmpty)
        }
    }

    @Test(arguments: [PermessageDeflate(), noTakeover], [0, 1, 16383, 16384, 16385, 1 << 20])
    func stopsInflatingAtTheLimit(deflate: PermessageDeflate, limit: Int) {
        var server = CompressingServer(deflate)
        let stream = server.message(Self.zeros, opcode: .binary, frameSize: 3000) + server.message("")
        var generator = SeededGenerator(seed: 11)
        for reads in [[stream], randomSplit(of: stream, using: &generator)] {
            let limits = MessageLimits(inflatedBytes: UInt64(limit))
            let events = events(of: reads, from: .server, deflate: deflate, limits: limits)
            #expect(events.violations == [.inflateLimit(UInt64(limit))])
            #expect(events.messages.first?.completeness == .undecodable(.inflateLimit))
            #expect(events.messages.first?.size == UInt64(limit + 1))
            #expect(events.messages.map(\.wireSize).reduce(0, +) == UInt64(stream.count))
            #expect(
                events.messages.last?.completeness
                    == (deflate == noTakeover ? .whole : .undecodable(.compressionContextLost)))
        }
    }

    @Test func takesAMessageOfExactlyTheLimit() {
        var server = CompressingServer(PermessageDeflate())
        let stream = server.message([UInt8](repeating: 0, count: 40000), opcode: .binary)
        let limits = MessageLimits(messageBytes: 40000, inflatedBytes: 40000)
        let events = events(of: [stream], from: .server, deflate: PermessageDeflate(), limits: limits)
        #expect(events.messages.map(\.completeness) == [.whole])
        #expect(events.violations.isEmpty)
    }
}
