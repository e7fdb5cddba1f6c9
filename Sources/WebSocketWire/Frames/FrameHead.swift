/// What stands before a frame's payload, exactly as it was on the wire (RFC 6455 section 5.2).
///
/// The 2 to 14 bytes are kept inline, so that passing a head around allocates nothing and a recorder can write it
/// down verbatim: every property is read from the bytes.
package struct FrameHead: Hashable, Sendable {
    /// The most bytes that a head can have: 2, 8 of length, 4 of mask key.
    package static let maximumByteCount = 14

    /// Bytes 0 to 7, the first one lowest.
    private var low: UInt64 = 0
    /// Bytes 8 to 13, the first one lowest.
    private var high: UInt64 = 0
    private var received: UInt8 = 0

    /// A head that no byte has arrived of yet.
    init() {}

    /// Reads a head from its bytes.
    /// - Parameter bytes: exactly one head: 2 to 14 bytes.
    /// - Returns: nil if `bytes` is not exactly one whole head.
    package init?(bytes: some Collection<UInt8>) {
        for byte in bytes {
            guard !isComplete else { return nil }
            append(byte)
        }
        guard isComplete else { return nil }
    }

    /// Reads a head from its bytes as ``words`` has them.
    /// - Parameters:
    ///   - low: bytes 0 to 7, the first one lowest.
    ///   - high: bytes 8 to 13 likewise.
    ///   - byteCount: how many bytes there are; those behind them must be 0.
    /// - Returns: nil if they are not exactly one whole head.
    package init?(low: UInt64, high: UInt64, byteCount: Int) {
        guard (2...Self.maximumByteCount).contains(byteCount) else { return nil }
        self.low = low
        self.high = high
        received = UInt8(byteCount)
        guard byteCount == expectedByteCount else { return nil }
    }

    /// How many bytes there are, 0 to 14.
    package var byteCount: Int { Int(received) }

    /// The bytes as they were on the wire.
    package var bytes: [UInt8] { (0..<byteCount).map(byte(at:)) }

    /// The bytes as two little-endian words, for a writer that stores words; only `byteCount` bytes of them count.
    package var words: (low: UInt64, high: UInt64) { (low, high) }

    /// How many bytes the head has once it is whole; 2 until the second byte has told.
    var expectedByteCount: Int {
        guard received >= 2 else { return 2 }
        return 2 + lengthEncoding.byteCount + (isMasked ? 4 : 0)
    }

    var isComplete: Bool { received >= 2 && byteCount == expectedByteCount }

    mutating func append(_ byte: UInt8) {
        if received < 8 {
            low |= UInt64(byte) << (8 * UInt64(received))
        } else {
            high |= UInt64(byte) << (8 * UInt64(received & 7))
        }
        received += 1
    }

    func byte(at index: Int) -> UInt8 {
        let word = index < 8 ? low : high
        return UInt8(truncatingIfNeeded: word >> (8 * UInt64(index & 7)))
    }
}

// MARK: - What the bytes say

extension FrameHead {
    /// How a head writes its payload length (RFC 6455 section 5.2, "Payload length").
    package enum LengthEncoding: UInt8, Hashable, Sendable {
        /// 0 to 125, in the second byte itself.
        case sevenBits = 0
        /// 126, then 2 bytes.
        case sixteenBits = 126
        /// 127, then 8 bytes.
        case sixtyFourBits = 127

        /// Bytes of length after the second byte: 0, 2 or 8.
        package var byteCount: Int {
            switch self {
            case .sevenBits: 0
            case .sixteenBits: 2
            case .sixtyFourBits: 8
            }
        }
    }

    package var isFinal: Bool { low & 0x80 != 0 }
    package var rsv1: Bool { low & 0x40 != 0 }
    package var rsv2: Bool { low & 0x20 != 0 }
    package var rsv3: Bool { low & 0x10 != 0 }
    package var opcode: Opcode { Opcode(rawValue: UInt8(low & 0x0f)) }
    package var isMasked: Bool { low & 0x8000 != 0 }

    package var lengthEncoding: LengthEncoding {
        LengthEncoding(rawValue: byte(at: 1) & 0x7f) ?? .sevenBits
    }

    /// The payload's length in bytes as the head states it. It comes from the peer and can be any number: compare it
    /// before making an `Int` of it.
    package var payloadLength: UInt64 {
        switch lengthEncoding {
        case .sevenBits: return UInt64(byte(at: 1) & 0x7f)
        case .sixteenBits: return UInt64(byte(at: 2)) << 8 | UInt64(byte(at: 3))
        case .sixtyFourBits: return (2..<10).reduce(0) { $0 << 8 | UInt64(byte(at: $1)) }
        }
    }

    /// The four bytes that the payload is XORed with, or nil for an unmasked frame.
    package var maskKey: MaskKey? {
        guard isMasked else { return nil }
        let start = 2 + lengthEncoding.byteCount
        return MaskKey(byte(at: start), byte(at: start + 1), byte(at: start + 2), byte(at: start + 3))
    }
}

/// A frame's opcode, known or not (RFC 6455 section 11.8).
package struct Opcode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

    package static let continuation = Opcode(rawValue: 0x0)
    package static let text = Opcode(rawValue: 0x1)
    package static let binary = Opcode(rawValue: 0x2)
    package static let close = Opcode(rawValue: 0x8)
    package static let ping = Opcode(rawValue: 0x9)
    package static let pong = Opcode(rawValue: 0xA)

    package var isControl: Bool { rawValue & 0x8 != 0 }
    /// 3 to 7 and 11 to 15 are for later versions of the protocol.
    package var isReserved: Bool { rawValue & 0x7 > 2 }
}

/// The key of one frame (RFC 6455 section 5.3).
package struct MaskKey: Hashable, Sendable {
    /// The key's first byte on the wire is the lowest.
    package let littleEndian: UInt32

    package init(littleEndian: UInt32) { self.littleEndian = littleEndian }

    package init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        littleEndian = UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24
    }

    package var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: littleEndian >> (8 * UInt32($0))) } }
}
