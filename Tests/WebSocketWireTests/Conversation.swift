import TestSupport

@testable import WebSocketWire

/// Feeds reads to a parser and an assembler, as the reader of a recording does.
struct Conversation {
    var parser = FrameParser()
    var assembler: MessageAssembler

    init(from sender: Peer, deflate: PermessageDeflate? = nil, limits: MessageLimits = MessageLimits()) {
        assembler = MessageAssembler(sender: sender, deflate: deflate, limits: limits)
    }

    mutating func receive(_ bytes: [UInt8]) -> [MessageEvent] {
        var events: [MessageEvent] = []
        var position = 0
        while true {
            switch parser.next(bytes.span, at: &position) {
            case .needsBytes: return events
            case .piece(let piece): events += assembler.receive(piece, bytes.span)
            case .unframeable(let head, let offset): events += assembler.unframeable(head, offset: offset)
            }
        }
    }
}

/// All events of a stream that arrives in these reads and then ends.
func events(
    of reads: [[UInt8]], from sender: Peer, deflate: PermessageDeflate? = nil, limits: MessageLimits = MessageLimits()
) -> [MessageEvent] {
    var conversation = Conversation(from: sender, deflate: deflate, limits: limits)
    return reads.flatMap { conversation.receive($0) } + conversation.assembler.end()
}

/// The bytes of one frame.
func frame(
    _ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, bits: ReservedBits = [], mask: MaskKey? = nil,
    length: FrameHead.LengthEncoding? = nil
) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameEncoder.append(
        opcode: opcode, isFinal: isFinal, reservedBits: bits, maskKey: mask, lengthEncoding: length,
        payload: payload.span, to: &bytes)
    return bytes
}

func frame(_ opcode: Opcode, _ payload: String, isFinal: Bool = true, mask: MaskKey? = nil) -> [UInt8] {
    frame(opcode, Array(payload.utf8), isFinal: isFinal, mask: mask)
}

extension [MessageEvent] {
    var messages: [Message] { compactMap { if case .message(let message) = $0 { message } else { nil } } }
    var texts: [String] { messages.map { String(decoding: $0.payload, as: UTF8.self) } }
    var controls: [ControlFrame] { compactMap { if case .control(let frame) = $0 { frame } else { nil } } }
    var violations: [ProtocolViolation.Kind] {
        compactMap { if case .violation(let violation) = $0 { violation.kind } else { nil } }
    }
}

let key = MaskKey(0x37, 0xfa, 0x21, 0x3d)
