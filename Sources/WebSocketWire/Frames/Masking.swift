/// Masking and unmasking, which are the same XOR (RFC 6455 section 5.3).
///
/// The *phase* is the number of the payload's bytes that came before: it lets the parts of one payload be unmasked one
/// after the other. Only its remainder by 4 counts.
extension MaskKey {
    /// XORs the bytes from `start` to the end where they stand.
    package func apply(to bytes: inout MutableSpan<UInt8>, from start: Int = 0, phase: Int = 0) {
        guard start >= 0 else { return }
        let count = bytes.count
        let word = repeated(phase: phase)
        let block = SIMD4<UInt64>(repeating: word)
        var raw = bytes.mutableBytes
        var index = start
        while index &+ 32 <= count {
            let masked = raw.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)  // plain numbers
            raw.storeBytes(of: masked ^ block, toByteOffset: index, as: SIMD4<UInt64>.self)
            index &+= 32
        }
        while index &+ 8 <= count {
            let masked = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)  // plain numbers
            raw.storeBytes(of: masked ^ word, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        var rest = UInt64(littleEndian: word)
        while index < count {
            bytes[index] ^= UInt8(truncatingIfNeeded: rest)
            rest >>= 8
            index &+= 1
        }
    }

    /// XORs the array's bytes from `start` to its end where they stand.
    package func apply(to bytes: inout [UInt8], from start: Int = 0, phase: Int = 0) {
        var span = bytes.mutableSpan
        apply(to: &span, from: start, phase: phase)
    }

    /// Appends the XORed bytes to `output` and leaves the given ones as they are.
    package func append(_ bytes: Span<UInt8>, phase: Int = 0, to output: inout [UInt8]) {
        let start = output.count
        output.append(bytes)
        apply(to: &output, from: start, phase: phase)
    }

    /// The key twice, in the order of memory, turned so that its first byte is the one for the payload's byte `phase`.
    private func repeated(phase: Int) -> UInt64 {
        let shift = UInt32(truncatingIfNeeded: phase & 3) &* 8
        let turned = littleEndian &>> shift | (shift == 0 ? 0 : littleEndian &<< (32 &- shift))
        return (UInt64(turned) << 32 | UInt64(turned)).littleEndian
    }
}

extension [UInt8] {
    /// Appends the bytes of a span.
    mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }  // one copy instead of a loop over bytes
    }
}
