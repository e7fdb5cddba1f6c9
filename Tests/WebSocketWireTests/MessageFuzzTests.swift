import TestSupport
import Testing

@testable import WebSocketWire

/// Damaged and invented streams: nothing traps, nothing grows beyond its limit, and no split changes an event.
@Suite struct MessageFuzzTests {
    static let limits = MessageLimits(messageBytes: 500, controlBytes: 60, inflatedBytes: 3000)
    static let agreements: [PermessageDeflate?] = [nil, PermessageDeflate(), noTakeover]

    static func check(_ stream: [UInt8], _ generator: inout SeededGenerator) {
        let sender: Peer = Bool.random(using: &generator) ? .client : .server
        let deflate = agreements.randomElement(using: &generator) ?? nil
        let whole = events(of: [stream], from: sender, deflate: deflate, limits: limits)
        let reads = randomSplit(of: stream, using: &generator)
        #expect(events(of: reads, from: sender, deflate: deflate, limits: limits) == whole)
        for message in whole.messages {
            #expect(message.payload.count <= limits.messageBytes)
            #expect(message.size <= max(limits.inflatedBytes + 1, message.wirePayloadSize))
        }
        #expect(whole.controls.allSatisfy { $0.payload.count <= limits.controlBytes })
    }

    /// Frames with any flags, as a sender without manners writes them.
    static func anyFrames(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let opcodes: [UInt8] = [0, 0, 1, 1, 2, 3, 8, 9, 10, 15]
            let compressed: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
            let payload = [
                compressed, Array("dä".utf8), [], generator.bytes(Int.random(in: 0...200, using: &generator)),
            ].randomElement(using: &generator)
            bytes += frame(
                Opcode(rawValue: opcodes.randomElement(using: &generator) ?? 0), payload ?? [],
                isFinal: Int.random(in: 0...3, using: &generator) > 0,
                bits: [[], [], .rsv1, .rsv2].randomElement(using: &generator) ?? [],
                mask: Bool.random(using: &generator) ? key : nil,
                length: [nil, nil, .sixteenBits, .sixtyFourBits].randomElement(using: &generator) ?? nil)
        }
        return bytes
    }

    @Test func survivesAnyFrames() {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<3000 { Self.check(Self.anyFrames(&generator), &generator) }
    }

    @Test func survivesAnyBytes() {
        var generator = SeededGenerator(seed: 15)
        for _ in 0..<3000 {
            var stream = Self.anyFrames(&generator)
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                stream[Int.random(in: 0..<stream.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            Self.check(stream, &generator)
        }
    }

    @Test func survivesDamagedCompressedPayloads() {
        var generator = SeededGenerator(seed: 16)
        for _ in 0..<2000 {
            var deflater = Deflater()
            var stream: [UInt8] = []
            for _ in 0..<3 {
                var deflated: [UInt8] = []
                let payload = json(Int.random(in: 1...2000, using: &generator), using: &generator)
                #expect(deflater.append(message: payload.span, to: &deflated))
                for _ in 0..<Int.random(in: 0...2, using: &generator) {
                    deflated[Int.random(in: 0..<deflated.count, using: &generator)] ^=
                        1 << UInt8.random(in: 0...7, using: &generator)
                }
                FrameEncoder.appendMessage(
                    opcode: .text, isCompressed: true, payload: deflated.span, frameSize: 100, to: &stream)
            }
            Self.check(stream, &generator)
        }
    }
}
