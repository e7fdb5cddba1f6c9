import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct RFCExampleTests {
    static let singleFrames: [(Peer, [UInt8], [UInt8])] = [
        (.server, [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], frame(.text, "Hello")),
        (
            .client, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
            frame(.text, "Hello", mask: key)
        ),
    ]

    @Test(arguments: singleFrames)
    func readsAndWritesHello(sender: Peer, example: [UInt8], encoded: [UInt8]) {
        #expect(encoded == example)
        for reads in splits(of: example) {
            let events = events(of: reads, from: sender)
            #expect(events.texts == ["Hello"])
            #expect(events.count == 1)
        }
    }

    @Test func readsAndWritesFragments() {
        let example: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]
        var encoded: [UInt8] = []
        FrameEncoder.appendMessage(
            opcode: .text, payload: Array("Hello".utf8).span, frameSize: 3, to: &encoded)
        #expect(encoded == example)
        let messages = events(of: [example], from: .server).messages
        #expect(messages.first?.frameCount == 2)
        #expect(messages.first?.wireSize == 9)
        #expect(messages.first?.wirePayloadSize == 5)
        #expect(messages.first?.payload == Array("Hello".utf8))
    }

    @Test func readsAndWritesPingAndPong() {
        let ping: [UInt8] = [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
        let pong: [UInt8] = [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        #expect(frame(.ping, "Hello") == ping)
        #expect(frame(.pong, "Hello", mask: key) == pong)
        #expect(events(of: [ping], from: .server).controls.map(\.payload) == [Array("Hello".utf8)])
        #expect(events(of: [pong], from: .client).controls.map(\.payload) == [Array("Hello".utf8)])
    }

    @Test(arguments: [(256, [0x82, 0x7e, 0x01, 0x00]), (65536, [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0])])
    func writesLongerLengths(count: Int, head: [UInt8]) {
        let bytes = frame(.binary, [UInt8](repeating: 7, count: count))
        #expect(Array(bytes.dropLast(count)) == head)
        #expect(events(of: [bytes], from: .server).messages.map(\.size) == [UInt64(count)])
    }

    /// RFC 7692 section 7.2.3, in its order; each is "Hello" once inflated.
    static let deflated: [[[UInt8]]] = [
        [[0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]],
        [[0x41, 0x03, 0xf2, 0x48, 0xcd], [0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00]],
        [[0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]],
        [[0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]],
        [[0xc1, 0x0d, 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]],
    ]

    @Test(arguments: deflated)
    func inflatesHello(frames: [[UInt8]]) {
        for reads in splits(of: frames.flatMap { $0 }) {
            let events = events(of: reads, from: .server, deflate: PermessageDeflate())
            #expect(events.texts == ["Hello"])
            #expect(events.messages.first?.completeness == .whole)
            #expect(events.count == 1)
        }
    }

    @Test func inflatesWithTheContextOfTheMessageBefore() {
        let first: [UInt8] = [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        let second: [UInt8] = [0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00]
        for reads in splits(of: first + second) {
            #expect(events(of: reads, from: .server, deflate: PermessageDeflate()).texts == ["Hello", "Hello"])
        }
    }

    @Test func deflatesHello() {
        var deflater = Deflater()
        var first: [UInt8] = []
        var second: [UInt8] = []
        var empty: [UInt8] = []
        #expect(deflater.append(message: Array("Hello".utf8).span, to: &first))
        #expect(deflater.append(message: Array("Hello".utf8).span, to: &second))
        #expect(deflater.append(message: [UInt8]().span, to: &empty))
        #expect(first == [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])
        #expect(second == [0xf2, 0x00, 0x11, 0x00, 0x00])
        #expect(empty == [0x00])
    }
}
