/// Writes frames (RFC 6455 section 5.2).
///
/// It writes what it is told, also what the protocol forbids: tests and the replay of odd peers need that.
package enum FrameEncoder {
    /// Appends one frame.
    /// - Parameters:
    ///   - maskKey: the key to mask with, which a client must draw anew for each frame; nil for no masking.
    ///   - lengthEncoding: see ``FrameHead/init(opcode:isFinal:reservedBits:maskKey:payloadLength:lengthEncoding:)``.
    package static func append(
        opcode: Opcode, isFinal: Bool = true, reservedBits: ReservedBits = [], maskKey: MaskKey? = nil,
        lengthEncoding: FrameHead.LengthEncoding? = nil, payload: Span<UInt8>, to output: inout [UInt8]
    ) {
        let head = FrameHead(
            opcode: opcode, isFinal: isFinal, reservedBits: reservedBits, maskKey: maskKey,
            payloadLength: UInt64(payload.count), lengthEncoding: lengthEncoding)
        append(head, to: &output)
        if let maskKey {
            maskKey.append(payload, to: &output)
        } else {
            output.append(payload)
        }
    }

    /// Appends a head alone.
    package static func append(_ head: FrameHead, to output: inout [UInt8]) {
        for index in 0..<head.byteCount { output.append(head.byte(at: index)) }
    }

    /// Appends a message in as many frames as it takes (RFC 6455 section 5.4).
    /// - Parameters:
    ///   - isCompressed: whether `payload` is deflated: sets RSV1 on the first frame (RFC 7692 section 6.1).
    ///   - frameSize: the most payload bytes of one frame; less than 1 counts as 1. An empty message is one frame.
    ///   - maskKey: called once a frame.
    package static func appendMessage(
        opcode: Opcode, isCompressed: Bool = false, payload: Span<UInt8>, frameSize: Int = .max,
        maskKey: () -> MaskKey? = { nil }, to output: inout [UInt8]
    ) {
        var position = 0
        repeat {
            let size = min(max(frameSize, 1), payload.count - position)
            append(
                opcode: position == 0 ? opcode : .continuation,
                isFinal: position + size == payload.count,
                reservedBits: isCompressed && position == 0 ? .rsv1 : [],
                maskKey: maskKey(),
                payload: payload.extracting(position..<(position + size)),
                to: &output)
            position += size
        } while position < payload.count
    }
}

extension FrameHead {
    /// Makes a head.
    /// - Parameters:
    ///   - payloadLength: what the head states, whatever follows it.
    ///   - lengthEncoding: nil for the shortest, as section 5.2 demands. One that is longer than needed is taken, one
    ///     that cannot hold the length is not.
    package init(
        opcode: Opcode, isFinal: Bool = true, reservedBits: ReservedBits = [], maskKey: MaskKey? = nil,
        payloadLength: UInt64, lengthEncoding: LengthEncoding? = nil
    ) {
        self.init()
        let shortest = LengthEncoding.shortest(for: payloadLength)
        let encoding = max(shortest, lengthEncoding ?? shortest)
        append((isFinal ? 0x80 : 0) | reservedBits.rawValue | opcode.rawValue)
        let sevenBits = encoding == .sevenBits ? UInt8(truncatingIfNeeded: payloadLength) : encoding.rawValue
        append((maskKey == nil ? 0 : 0x80) | sevenBits)
        for index in 0..<encoding.byteCount {
            append(UInt8(truncatingIfNeeded: payloadLength >> (8 * UInt64(encoding.byteCount - 1 - index))))
        }
        for byte in maskKey?.bytes ?? [] { append(byte) }
    }
}

extension FrameHead.LengthEncoding: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.byteCount < right.byteCount }

    /// The only encoding that RFC 6455 section 5.2 allows for a length.
    package static func shortest(for length: UInt64) -> Self {
        switch length {
        case 0...125: .sevenBits
        case 126...0xffff: .sixteenBits
        default: .sixtyFourBits
        }
    }
}

/// The three bits of a head that extensions give a meaning to (RFC 6455 section 5.2).
package struct ReservedBits: OptionSet, Hashable, Sendable {
    /// The bits where they stand in a head's first byte.
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x70 }

    package static let rsv1 = ReservedBits(rawValue: 0x40)
    package static let rsv2 = ReservedBits(rawValue: 0x20)
    package static let rsv3 = ReservedBits(rawValue: 0x10)
}

extension FrameHead {
    package var reservedBits: ReservedBits { ReservedBits(rawValue: byte(at: 0)) }
}
