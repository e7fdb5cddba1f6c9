/// A rule of RFC 6455 or RFC 7692 that a peer broke. It is something to tell, not an error: assembling goes on.
package struct ProtocolViolation: Hashable, Sendable {
    package var kind: Kind
    /// The number of the frame in its direction of the socket.
    package var frame: UInt64
    /// Where in its direction of the connection that frame begins, in bytes.
    package var offset: UInt64

    package init(_ kind: Kind, frame: UInt64, offset: UInt64) {
        self.kind = kind
        self.frame = frame
        self.offset = offset
    }

    package enum Kind: Hashable, Sendable {
        case reservedOpcode(Opcode)
        /// Bits that no negotiated extension gives a meaning to.
        case reservedBits(ReservedBits)
        /// With permessage-deflate negotiated: RSV1 on a frame that does not begin a message.
        case rsv1OnContinuation
        case rsv1OnControlFrame
        case controlFrameTooLong(length: UInt64)
        case fragmentedControlFrame
        case continuationWithoutStart
        /// A data frame that is no continuation, while a message is not finished.
        case newMessageInsideFragmented
        case unmaskedClientFrame
        case maskedServerFrame
        case nonMinimalLength(FrameHead.LengthEncoding, length: UInt64)
        /// The highest bit of a 64-bit length is set; the stream cannot be framed from there on.
        case lengthTooLarge(UInt64)
        /// Where in the message's payload, inflated, the first character that is none begins.
        case invalidUTF8(messageOffset: UInt64)
        /// A close frame with one byte, which cannot be a code.
        case closePayloadOfOneByte
        case invalidCloseCode(CloseCode)
        /// Where in the reason (the payload's bytes from the third on) the first character that is none begins.
        case invalidCloseReason(reasonOffset: UInt64)
        case dataAfterClose
        case deflateError(InflateError)
        /// A limit of ours, not of a protocol: see ``MessageLimits/inflatedBytes``.
        case inflateLimit(UInt64)
    }
}

extension ProtocolViolation.Kind {
    /// The code that an endpoint closes the socket with for this (RFC 6455 section 7.4.1).
    package var closeCode: CloseCode {
        switch self {
        case .reservedOpcode, .reservedBits, .rsv1OnContinuation, .rsv1OnControlFrame, .controlFrameTooLong,
            .fragmentedControlFrame, .continuationWithoutStart, .newMessageInsideFragmented, .unmaskedClientFrame,
            .maskedServerFrame, .nonMinimalLength, .lengthTooLarge, .closePayloadOfOneByte, .invalidCloseCode,
            .dataAfterClose:
            .protocolError
        case .invalidUTF8, .invalidCloseReason, .deflateError: .invalidFramePayloadData
        case .inflateLimit: .messageTooBig
        }
    }

    /// The section that holds the rule.
    package var rule: String {
        switch self {
        case .reservedOpcode, .reservedBits, .nonMinimalLength, .lengthTooLarge: "RFC 6455 5.2"
        case .unmaskedClientFrame, .maskedServerFrame: "RFC 6455 5.1"
        case .continuationWithoutStart, .newMessageInsideFragmented: "RFC 6455 5.4"
        case .controlFrameTooLong, .fragmentedControlFrame: "RFC 6455 5.5"
        case .closePayloadOfOneByte, .invalidCloseReason, .dataAfterClose: "RFC 6455 5.5.1"
        case .invalidCloseCode: "RFC 6455 7.4"
        case .invalidUTF8: "RFC 6455 8.1"
        case .rsv1OnContinuation, .rsv1OnControlFrame: "RFC 7692 6.1"
        case .deflateError: "RFC 7692 7.2.2"
        case .inflateLimit: "limit"
        }
    }

    /// What was expected and what came.
    private var expectation: String {
        switch self {
        case .reservedOpcode(let opcode): "expected opcode 0, 1, 2, 8, 9 or 10, got \(opcode.rawValue)"
        case .reservedBits(let bits): "expected RSV bits 0, got \(bits)"
        case .rsv1OnContinuation: "expected RSV1 on a message's first frame only, got it on a continuation"
        case .rsv1OnControlFrame: "expected RSV1 on data frames only, got it on a control frame"
        case .controlFrameTooLong(let length): "expected at most 125 bytes in a control frame, got \(length)"
        case .fragmentedControlFrame: "expected FIN on a control frame, got none"
        case .continuationWithoutStart: "expected a frame that begins a message, got a continuation"
        case .newMessageInsideFragmented: "expected a continuation of the open message, got a new message"
        case .unmaskedClientFrame: "expected a masked frame from the client, got an unmasked one"
        case .maskedServerFrame: "expected an unmasked frame from the server, got a masked one"
        case .nonMinimalLength(let encoding, let length):
            "expected length \(length) in its shortest form, got it in \(encoding.byteCount) bytes"
        case .lengthTooLarge(let length): "expected a length below 2^63, got \(length)"
        case .invalidUTF8(let offset): "expected UTF-8 in a text message, got other bytes at byte \(offset)"
        case .closePayloadOfOneByte: "expected 0 or at least 2 bytes in a close frame, got 1"
        case .invalidCloseCode(let code): "expected a close code that may be sent, got \(code.rawValue)"
        case .invalidCloseReason(let offset): "expected UTF-8 in a close reason, got other bytes at byte \(offset)"
        case .dataAfterClose: "expected no data frame after a close frame, got one"
        case .deflateError(let error): "expected a deflated message, got \(error)"
        case .inflateLimit(let limit): "expected a message that inflates to at most \(limit) bytes, got more"
        }
    }
}

extension ProtocolViolation: CustomStringConvertible {
    /// One line: the frame, what was expected, what came, and the section that holds the rule.
    package var description: String {
        "frame \(frame) at byte \(offset): \(kind)"
    }
}

extension ProtocolViolation.Kind: CustomStringConvertible {
    package var description: String { "\(expectation) (\(rule))" }
}

extension ReservedBits: CustomStringConvertible {
    package var description: String {
        let names: [(ReservedBits, String)] = [(.rsv1, "RSV1"), (.rsv2, "RSV2"), (.rsv3, "RSV3")]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: "+")
    }
}
