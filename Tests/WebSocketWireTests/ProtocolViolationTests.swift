import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct ProtocolViolationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var stream: [UInt8]
        var kinds: [ProtocolViolation.Kind]
        var texts: [String] = []
        var sender: Peer = .server
        var deflate: PermessageDeflate?

        var testDescription: String { name }
    }

    static let heads: [Case] = [
        Case(
            name: "reserved data opcode", stream: frame(Opcode(rawValue: 3), "a"),
            kinds: [.reservedOpcode(Opcode(rawValue: 3))], texts: ["a"]),
        Case(
            name: "reserved control opcode", stream: frame(Opcode(rawValue: 11), "a"),
            kinds: [.reservedOpcode(Opcode(rawValue: 11))]),
        Case(
            name: "RSV1 without an extension", stream: frame(.text, [0xff], bits: .rsv1), kinds: [.reservedBits(.rsv1)],
            texts: ["\u{fffd}"]),
        Case(
            name: "RSV2 and RSV3", stream: frame(.text, [0x61], bits: [.rsv2, .rsv3]),
            kinds: [.reservedBits([.rsv2, .rsv3])], texts: ["a"], deflate: PermessageDeflate()),
        Case(
            name: "RSV1 on a continuation",
            stream: frame(.text, "a", isFinal: false) + frame(.continuation, [0x62], bits: .rsv1),
            kinds: [.rsv1OnContinuation], texts: ["ab"], deflate: PermessageDeflate()),
        Case(
            name: "RSV1 on a ping", stream: frame(.ping, [], bits: .rsv1), kinds: [.rsv1OnControlFrame],
            deflate: PermessageDeflate()),
        Case(
            name: "long control frame", stream: frame(.ping, [UInt8](repeating: 0, count: 126)),
            kinds: [.controlFrameTooLong(length: 126)]),
        Case(
            name: "fragmented control frame", stream: frame(.ping, "a", isFinal: false),
            kinds: [.fragmentedControlFrame]),
        Case(
            name: "unmasked client frame", stream: frame(.text, "a"), kinds: [.unmaskedClientFrame], texts: ["a"],
            sender: .client),
        Case(
            name: "masked server frame", stream: frame(.text, "a", mask: key), kinds: [.maskedServerFrame], texts: ["a"]
        ),
        Case(
            name: "16 bits for 1", stream: frame(.text, [0x61], length: .sixteenBits),
            kinds: [.nonMinimalLength(.sixteenBits, length: 1)], texts: ["a"]),
        Case(
            name: "64 bits for 1", stream: frame(.text, [0x61], length: .sixtyFourBits),
            kinds: [.nonMinimalLength(.sixtyFourBits, length: 1)], texts: ["a"]),
        Case(
            name: "length of 2^63", stream: frame(.text, "a") + [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0, 1],
            kinds: [.lengthTooLarge(1 << 63)], texts: ["a"]),
    ]

    static let messages: [Case] = [
        Case(
            name: "continuation without start", stream: frame(.continuation, "a") + frame(.text, "b"),
            kinds: [.continuationWithoutStart], texts: ["a", "b"]),
        Case(
            name: "new message inside a fragmented one",
            stream: frame(.text, "a", isFinal: false) + frame(.text, "b") + frame(.text, "c"),
            kinds: [.newMessageInsideFragmented], texts: ["a", "b", "c"]),
        Case(
            name: "invalid UTF-8 across frames",
            stream: frame(.text, [0x61, 0xe2], isFinal: false) + frame(.ping) + frame(.continuation, [0x82, 0x41]),
            kinds: [.invalidUTF8(messageOffset: 1)], texts: ["a\u{fffd}A"]),
        Case(
            name: "text that ends within a character", stream: frame(.text, [0x61, 0xe2, 0x82]),
            kinds: [.invalidUTF8(messageOffset: 1)], texts: ["a\u{fffd}"]),
        Case(name: "no UTF-8 in a binary message", stream: frame(.binary, [0xff]), kinds: [], texts: ["\u{fffd}"]),
        Case(
            name: "data after close",
            stream: frame(.close, [3, 232]) + frame(.pong) + frame(.text, "a") + frame(.binary, "b"),
            kinds: [.dataAfterClose, .dataAfterClose], texts: ["a", "b"]),
        Case(
            name: "deflate error", stream: frame(.text, [0xff, 0xff], bits: .rsv1),
            kinds: [.deflateError(.invalid("invalid block type"))], texts: [""], deflate: PermessageDeflate()),
        Case(
            name: "deflated data that ends within a block", stream: frame(.text, [0xf2, 0x48, 0xcd], bits: .rsv1),
            kinds: [.deflateError(.unfinished)], texts: ["He"], deflate: PermessageDeflate()),
        Case(
            name: "a deflated message of no bytes", stream: frame(.text, [], bits: .rsv1),
            kinds: [.deflateError(.empty)], texts: [""], deflate: PermessageDeflate()),
        Case(name: "one byte of close code", stream: frame(.close, [3]), kinds: [.closePayloadOfOneByte]),
        Case(
            name: "close code and reason", stream: frame(.close, [3, 237, 0x61, 0xff]),
            kinds: [.invalidCloseCode(.noStatusReceived), .invalidCloseReason(reasonOffset: 1)]),
        Case(
            name: "close reason that ends within a character", stream: frame(.close, [3, 232, 0xc3]),
            kinds: [.invalidCloseReason(reasonOffset: 0)]),
    ]

    @Test(arguments: heads + messages)
    func saysWhichRuleIsBrokenAndGoesOn(example: Case) {
        for reads in splits(of: example.stream) {
            let events = events(of: reads, from: example.sender, deflate: example.deflate)
            #expect(events.violations == example.kinds)
            #expect(events.texts == example.texts)
        }
    }

    @Test(arguments: (heads + messages).flatMap(\.kinds))
    func describesItselfInOneLine(kind: ProtocolViolation.Kind) {
        let text = ProtocolViolation(kind, frame: 12, offset: 345).description
        #expect(text.hasPrefix("frame 12 at byte 345: expected "))
        #expect(text.contains("(RFC "))
        #expect(!text.contains("\n"))
        #expect(kind.closeCode.isAllowedInCloseFrame)
    }

    @Test func namesTheFrame() {
        let stream = frame(.text, "ab", isFinal: false) + frame(.continuation, [0xff])
        let expected = ProtocolViolation(.invalidUTF8(messageOffset: 2), frame: 1, offset: 4)
        #expect(events(of: [stream], from: .server).first == .violation(expected))
        #expect(
            expected.description
                == "frame 1 at byte 4: expected UTF-8 in a text message, got other bytes at byte 2 (RFC 6455 8.1)")
    }

    @Test func endsTheOldMessageEarly() {
        let stream = frame(.text, "a", isFinal: false) + frame(.text, "b")
        let messages = events(of: [stream], from: .server).messages
        #expect(messages.map(\.completeness) == [.endedEarly, .whole])
        #expect(messages.map(\.number) == [0, 1])
    }

    @Test func keepsBytesUnderAnUnknownExtensionAsTheyAre() {
        let messages = events(of: [frame(.text, [1, 0xff], bits: .rsv1)], from: .server).messages
        #expect(messages.map(\.completeness) == [.undecodable(.unknownExtension)])
        #expect(messages.map(\.isCompressed) == [false])
        #expect(messages.map(\.payload) == [[1, 0xff]])
    }
}

@Suite struct CloseCodeTests {
    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func mayBeSent(code: UInt16) {
        #expect(events(of: [frame(.close, [UInt8(code >> 8), UInt8(code & 255)])], from: .server).violations.isEmpty)
    }

    @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    func mayNotBeSent(code: UInt16) {
        let events = events(of: [frame(.close, [UInt8(code >> 8), UInt8(code & 255)])], from: .server)
        #expect(events.violations == [.invalidCloseCode(CloseCode(rawValue: code))])
        #expect(events.controls.first?.closeStatus?.code?.rawValue == code)
    }

    @Test func readsCodeAndReason() {
        let status = CloseStatus(code: .goingAway, reason: "bye ☂")
        let events = events(of: [frame(.close, status.payload, mask: key), frame(.close, mask: key)], from: .client)
        #expect(events.controls.map(\.closeStatus) == [status, CloseStatus(code: nil)])
        #expect(events.violations.isEmpty)
    }

    @Test func cutsALongReasonBetweenCharacters() {
        let payload = CloseStatus(code: .normalClosure, reason: String(repeating: "☂", count: 50)).payload
        #expect(payload.count == 2 + 41 * 3)
        #expect(events(of: [frame(.close, payload)], from: .server).violations.isEmpty)
    }
}
