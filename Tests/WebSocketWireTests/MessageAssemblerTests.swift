import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct MessageAssemblerTests {
    @Test func assemblesFragmentsAroundControlFrames() {
        let stream =
            frame(.text, "dä", isFinal: false, mask: key) + frame(.ping, "are you there", mask: key)
            + frame(.continuation, "", isFinal: false, mask: key) + frame(.pong, mask: key)
            + frame(.continuation, "ß", mask: key) + frame(.binary, [0xff], mask: key)
        for reads in splits(of: stream) {
            let events = events(of: reads, from: .client)
            #expect(events.violations.isEmpty)
            #expect(events.controls.map(\.opcode) == [.ping, .pong])
            #expect(events.controls.map(\.number) == [1, 3])
            #expect(events.controls.map(\.offset) == [9, 34])
            #expect(events.controls.map(\.wireSize) == [19, 6])
            #expect(events.controls.first?.payload == Array("are you there".utf8))
            #expect(
                events.messages == [
                    Message(
                        number: 0, firstFrame: 0, offset: 0, opcode: .text, payload: Array("däß".utf8), size: 5,
                        wirePayloadSize: 5, wireSize: 23, frameCount: 3),
                    Message(
                        number: 1, firstFrame: 5, offset: 48, opcode: .binary, payload: [0xff], size: 1,
                        wirePayloadSize: 1, wireSize: 7, frameCount: 1),
                ])
            #expect(events.count == 4)
        }
    }

    @Test func cutsALongMessageAndCountsItAll() {
        let limits = MessageLimits(messageBytes: 10)
        let text = "0123456789abcdef"
        for mask in [nil, key] {
            let sender: Peer = mask == nil ? .server : .client
            let stream =
                frame(.text, text, isFinal: false, mask: mask) + frame(.continuation, text, mask: mask)
                + frame(.text, String(text.prefix(10)), mask: mask)
            for reads in splits(of: stream) {
                let messages = events(of: reads, from: sender, limits: limits).messages
                #expect(messages.map(\.size) == [32, 10])
                #expect(messages.map(\.payload) == [Array("0123456789".utf8), Array("0123456789".utf8)])
                #expect(messages.map(\.completeness) == [.cut, .whole])
            }
        }
    }

    @Test func checksTextBehindTheCutToo() {
        var stream = frame(.text, [UInt8](repeating: 0x61, count: 30) + [0xff])
        let limits = MessageLimits(messageBytes: 5)
        let unmasked = events(of: [stream], from: .server, limits: limits)
        #expect(unmasked.violations == [.invalidUTF8(messageOffset: 30)])
        stream = frame(.text, [UInt8](repeating: 0x61, count: 30) + [0xff], mask: key)
        for reads in splits(of: stream) {
            let masked = events(of: reads, from: .client, limits: limits)
            #expect(masked.violations == [.invalidUTF8(messageOffset: 30)])
        }
    }

    @Test func tellsTheSizeOfTheOpenMessage() {
        var conversation = Conversation(from: .server)
        _ = conversation.receive(frame(.binary, [1, 2, 3], isFinal: false) + frame(.continuation, [4, 5]).prefix(3))
        #expect(conversation.assembler.openMessageSize == 4)
        _ = conversation.receive([5])
        #expect(conversation.assembler.openMessageSize == 0)
    }

    @Test func endsWhatIsOpenAtTheEnd() {
        let stream = frame(.text, "ab", isFinal: false) + frame(.ping, "pin").dropLast(1)
        for reads in splits(of: Array(stream)) {
            let events = events(of: reads, from: .server)
            #expect(events.messages.map(\.completeness) == [.endedEarly])
            #expect(events.texts == ["ab"])
            #expect(events.controls.map(\.isWhole) == [false])
            #expect(events.controls.map(\.payload) == [Array("pi".utf8)])
            #expect(events.controls.map(\.closeStatus) == [nil])
            #expect(events.violations.isEmpty)
        }
    }

    @Test func keepsAHugeControlFrameSmall() {
        let stream = frame(.ping, [UInt8](repeating: 1, count: 70000), length: .sixtyFourBits)
        let events = events(of: [stream], from: .server)
        #expect(events.controls.map(\.payload.count) == [4096])
        #expect(events.controls.map(\.wirePayloadSize) == [70000])
        #expect(events.violations == [.controlFrameTooLong(length: 70000)])
    }

    @Test func copiesAreIndependent() {
        var one = Conversation(from: .server, deflate: PermessageDeflate())
        let hello: [UInt8] = [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        let again: [UInt8] = [0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00]
        #expect(one.receive(hello).texts == ["Hello"])
        var two = one
        var other = CompressingServer(PermessageDeflate())
        // `again` is an H and a reference to 4 bytes of the message before.
        #expect(one.receive(other.message("World") + again).texts == ["World", "Horld"])
        #expect(two.receive(again).texts == ["Hello"])
    }

    @Test func copiesOfADeflaterAreIndependent() {
        var one = CompressingServer(PermessageDeflate())
        let first = one.message("Hello")
        var two = one
        let streams = [first + one.message("World") + one.message("Hello"), first + two.message("Hello")]
        let texts = streams.map { events(of: [$0], from: .server, deflate: PermessageDeflate()).texts }
        #expect(texts == [["Hello", "World", "Hello"], ["Hello", "Hello"]])
    }
}

// MARK: - Gaps

@Suite struct GapTests {
    @Test func endsTheOpenMessageAndSkipsTheRestOfIt() {
        var conversation = Conversation(from: .server)
        #expect(conversation.receive(frame(.text, "ab", isFinal: false)).isEmpty)
        let lost = conversation.assembler.lostBytes()
        #expect(lost.messages.map(\.completeness) == [.endedEarly])
        #expect(lost.texts == ["ab"])
        let events = conversation.receive(
            frame(.continuation, "cd", isFinal: false) + frame(.ping) + frame(.continuation, "ef")
                + frame(.text, "gh") + frame(.continuation, "ij"))
        #expect(events.messages.map(\.completeness) == [.undecodable(.startLost), .whole, .whole])
        #expect(events.messages.map(\.opcode) == [.continuation, .text, .continuation])
        #expect(events.messages.map(\.wirePayloadSize) == [4, 2, 2])
        #expect(events.messages.map(\.number) == [1, 2, 3])
        #expect(events.texts == ["", "gh", "ij"])
        #expect(events.violations == [.continuationWithoutStart])
    }

    @Test func passesOverAFrameWhoseHeadIsLost() {
        var assembler = MessageAssembler(sender: .server, deflate: nil)
        let bytes: [UInt8] = [1, 2, 3]
        let middle = FramePiece(number: 7, offset: 90, part: 3, isLast: false, head: nil, payload: 0..<3)
        let last = FramePiece(number: 7, offset: 90, part: 4, isLast: true, head: nil, payload: 0..<1)
        #expect(assembler.receive(middle, bytes.span).isEmpty)
        #expect(assembler.receive(last, bytes.span).isEmpty)
        let head = FrameHead(opcode: .text, payloadLength: 1)
        let next = FramePiece(number: 8, offset: 99, part: 0, isLast: true, head: head, payload: 0..<1)
        #expect(assembler.receive(next, [0x61].span).texts == ["a"])
    }

    @Test func takesAHeadWithinAFrameForAGap() {
        var assembler = MessageAssembler(sender: .server, deflate: nil)
        let head = FrameHead(opcode: .text, payloadLength: 5)
        let begun = FramePiece(number: 0, offset: 0, part: 0, isLast: false, head: head, payload: 0..<1)
        let next = FramePiece(number: 3, offset: 40, part: 0, isLast: true, head: head, payload: 0..<5)
        let hello = Array("Hello".utf8)
        #expect(assembler.receive(begun, hello.span).isEmpty)
        let messages = assembler.receive(next, hello.span).messages
        #expect(messages.map(\.completeness) == [.endedEarly, .whole])
        #expect(messages.map(\.size) == [1, 5])
    }

    @Test func takesAPayloadRangeOutsideTheBytesForNone() {
        var assembler = MessageAssembler(sender: .server, deflate: nil)
        let head = FrameHead(opcode: .text, payloadLength: 5)
        let piece = FramePiece(number: 0, offset: 0, part: 0, isLast: true, head: head, payload: 7..<12)
        #expect(assembler.receive(piece, [1, 2].span).messages.map(\.size) == [0])
    }
}
