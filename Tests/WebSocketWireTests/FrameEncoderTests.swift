import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct FrameEncoderTests {
    @Test(arguments: [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10)])
    func writesTheShortestLength(count: Int, headBytes: Int) {
        let head = FrameHead(opcode: .binary, payloadLength: UInt64(count))
        #expect(head.byteCount == headBytes)
        #expect(head.payloadLength == UInt64(count))
        #expect(frame(.binary, [UInt8](repeating: 0, count: count)).count == headBytes + count)
    }

    @Test(arguments: [FrameHead.LengthEncoding.sevenBits, .sixteenBits, .sixtyFourBits], [UInt64(3), 300, 70000])
    func writesALongerLengthIfToldAndNeverAShorter(encoding: FrameHead.LengthEncoding, length: UInt64) {
        let head = FrameHead(opcode: .text, payloadLength: length, lengthEncoding: encoding)
        #expect(head.payloadLength == length)
        #expect(head.lengthEncoding == max(encoding, .shortest(for: length)))
    }

    @Test func writesEachPartOfTheHead() {
        let head = FrameHead(
            opcode: Opcode(rawValue: 5), isFinal: false, reservedBits: [.rsv1, .rsv3], maskKey: key,
            payloadLength: .max, lengthEncoding: nil)
        #expect(head.bytes == [0x55, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0x37, 0xfa, 0x21, 0x3d])
        #expect(FrameHead(bytes: head.bytes) == head)
        #expect(head.rsv1 && !head.rsv2 && head.rsv3 && !head.isFinal)
    }

    @Test func heldHeadsAreExactlyOneHead() {
        #expect(FrameHead(bytes: [0x81]) == nil)
        #expect(FrameHead(bytes: [0x81, 0x85, 1, 2, 3]) == nil)
        #expect(FrameHead(bytes: [0x81, 0x05, 1]) == nil)
        #expect(FrameHead(bytes: [0x81, 0x05])?.payloadLength == 5)
    }

    @Test(arguments: [(0, 4, 1), (1, 4, 1), (4, 4, 1), (5, 4, 2), (12, 4, 3), (5, 0, 5), (5, .max, 1)])
    func fragmentsAMessage(count: Int, frameSize: Int, frames: UInt64) {
        var generator = SeededGenerator(seed: 5)
        let payload = generator.bytes(count)
        var bytes: [UInt8] = []
        var keys: [MaskKey] = []
        FrameEncoder.appendMessage(
            opcode: .binary, payload: payload.span, frameSize: frameSize,
            maskKey: {
                keys.append(MaskKey(littleEndian: .random(in: 0 ... .max, using: &generator)))
                return keys.last
            }, to: &bytes)
        let events = events(of: [bytes], from: .client)
        #expect(events.violations.isEmpty)
        #expect(events.messages.map(\.payload) == [payload])
        #expect(events.messages.map(\.frameCount) == [frames])
        #expect(Set(keys).count == Int(frames))
    }

    @Test func marksTheFirstFrameOfADeflatedMessageOnly() {
        var bytes: [UInt8] = []
        let deflated: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        FrameEncoder.appendMessage(
            opcode: .text, isCompressed: true, payload: deflated.span, frameSize: 3, to: &bytes)
        #expect(bytes == [0x41, 3, 0xf2, 0x48, 0xcd, 0x00, 3, 0xc9, 0xc9, 0x07, 0x80, 1, 0x00])
    }
}
