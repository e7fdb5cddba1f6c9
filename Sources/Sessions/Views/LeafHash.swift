/// Hashes for what trees hold, the same within a process. They resist chance: two texts of a recording are taken for one
/// with a probability of 2^-64.
enum LeafHash {
    /// The hash of some of the bytes. Most leaves are shorter than a word: those cost one load and one multiplication.
    @inline(__always)
    static func of(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
        let count = end &- start
        guard count <= 8 else { return long(bytes, start, end) }
        var word: UInt64 = 0
        if start &+ 8 <= bytes.count, count > 0 {
            let raw = bytes.bytes
            // Unsafe: a plain number, within the bytes.
            word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
            word &= ~0 >> UInt64(64 &- 8 &* count)
        } else {
            // At the message's end there are not eight bytes to load.
            for index in 0..<count { word |= UInt64(bytes[start &+ index]) << UInt64(8 &* index) }
        }
        return mix(word ^ 0x9e37_79b9_7f4a_7c15, UInt64(truncatingIfNeeded: count) ^ 0x9fb2_1c65_1e98_df25)
    }

    private static func long(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
        let raw = bytes.bytes
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        var index = start
        while index &+ 8 <= end {
            // Unsafe: a plain number, within the bytes.
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            hash = mix(hash ^ word, 0xa076_1d64_78bd_642f)
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < end {
            rest = rest << 8 | UInt64(bytes[index])
            index &+= 1
        }
        hash = mix(hash ^ rest, 0xe703_7ed1_a0b4_28db)
        return mix(hash ^ UInt64(truncatingIfNeeded: end &- start), 0x8ebc_6af0_9c88_c6e3)
    }

    @inline(__always)
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
