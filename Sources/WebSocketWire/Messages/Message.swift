/// What the frames of one message add up to: reassembled, unmasked, inflated.
package struct Message: Hashable, Sendable {
    /// Which message of its direction this is, from 0. Messages lost in a gap are not counted: nobody knows how many.
    package var number: UInt64
    /// The number of its first frame in its direction of the socket.
    package var firstFrame: UInt64
    /// Where in its direction of the connection its first frame begins, in bytes.
    package var offset: UInt64
    /// Text, binary, or a reserved one; `.continuation` if the frame that would say it is not there.
    package var opcode: Opcode
    /// Unmasked and inflated, as far as it could be decoded, and at most ``MessageLimits/messageBytes``.
    package var payload: [UInt8] = []
    /// Bytes of the whole payload, inflated, also of what was cut off; what could not be decoded is not in it.
    package var size: UInt64 = 0
    /// Payload bytes on the wire, deflated if it was.
    package var wirePayloadSize: UInt64 = 0
    /// Bytes on the wire: heads and payloads of its own frames, not of control frames in between.
    package var wireSize: UInt64 = 0
    package var frameCount: UInt64 = 0
    /// Whether it was deflated on the wire (RFC 7692).
    package var isCompressed = false
    package var completeness: Completeness = .whole

    /// How much of the message there is. The first that holds, from below, is said.
    package enum Completeness: Hashable, Sendable {
        case whole
        /// The payload goes on behind what is kept, see ``MessageLimits/messageBytes``; all sizes are exact.
        case cut
        /// The final frame never came: another message, a gap or the end did. It may be cut as well.
        case endedEarly
        /// The payload holds what could be decoded before the reason showed. The sizes on the wire are exact.
        case undecodable(UndecodableReason)
    }

    package enum UndecodableReason: Hashable, Sendable {
        /// It refers to bytes of earlier messages that are lost (RFC 7692 section 7.2.3.2, context takeover).
        case compressionContextLost
        /// It is not what RFC 7692 section 7.2.2 inflates; the violation says where.
        case deflateError
        /// It inflates to more than ``MessageLimits/inflatedBytes``.
        case inflateLimit
        /// Its first frame is lost in a gap, so it is unknown whether it is text and whether it was deflated.
        case startLost
        /// RSV1 is set, and no extension that was negotiated says what that means. The payload is as it was, unmasked.
        case unknownExtension
    }
}

extension Message {
    /// A message of one frame, as it was on the wire.
    package init(number: UInt64, opcode: Opcode, payload: [UInt8], headByteCount: Int) {
        self.init(number: number, firstFrame: number, offset: 0, opcode: opcode)
        self.payload = payload
        size = UInt64(payload.count)
        wirePayloadSize = size
        wireSize = size + UInt64(headByteCount)
        frameCount = 1
    }
}

/// A close, ping or pong frame, or one of a reserved control opcode (RFC 6455 section 5.5).
package struct ControlFrame: Hashable, Sendable {
    package var opcode: Opcode
    /// The number of the frame in its direction of the socket.
    package var number: UInt64
    /// Where in its direction of the connection the frame begins, in bytes.
    package var offset: UInt64
    /// Unmasked, and at most ``MessageLimits/controlBytes``, which a frame that keeps to the protocol never has.
    package var payload: [UInt8] = []
    /// Payload bytes on the wire.
    package var wirePayloadSize: UInt64 = 0
    /// Bytes on the wire, with the head.
    package var wireSize: UInt64 = 0
    /// Whether all of the frame came.
    package var isWhole = true

    /// What a close frame says; nil for others and for one that is not whole.
    package var closeStatus: CloseStatus? {
        opcode == .close && isWhole ? CloseStatus(payload: payload) : nil
    }
}

/// How much of a message is kept and inflated.
package struct MessageLimits: Hashable, Sendable {
    /// The most payload bytes that a ``Message`` keeps; the rest is counted and checked, not kept. Default: 64 MiB.
    package var messageBytes: Int
    /// The most payload bytes that a ``ControlFrame`` keeps (the protocol allows 125). Default: 4 KiB.
    package var controlBytes: Int
    /// The most bytes that one message is inflated to, kept or not: this bounds the work for a bomb. Default: 1 GiB.
    package var inflatedBytes: UInt64
    /// Whether text is checked to be UTF-8. Default: yes.
    package var checksText = true

    package init(
        messageBytes: Int = 64 << 20, controlBytes: Int = 4 << 10, inflatedBytes: UInt64 = 1 << 30
    ) {
        self.messageBytes = max(messageBytes, 0)
        self.controlBytes = max(controlBytes, 0)
        self.inflatedBytes = inflatedBytes
    }
}
