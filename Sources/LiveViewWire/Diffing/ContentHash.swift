/// A 64-bit hash of bytes and numbers, the same in each process: a word is folded in by one wide multiplication.
///
/// It resists chance, not malice: who may choose texts that must not collide gives it a secret seed.
package struct ContentHash: Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64 = 0) { state = seed ^ 0x9e37_79b9_7f4a_7c15 }

    package var value: UInt64 { Self.fold(state ^ 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3) }

    package mutating func add(_ number: UInt64) {
        state = Self.fold(state ^ number ^ 0xa076_1d64_78bd_642f, 0x9fb2_1c65_1e98_df25 ^ state)
    }

    /// Adds the bytes and their count.
    package mutating func add(_ bytes: [UInt8]) {
        let span = bytes.span
        let raw = span.bytes
        var index = 0
        while index &+ 8 <= span.count {
            add(UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))  // plain numbers
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < span.count {
            rest = rest << 8 | UInt64(span[index])
            index &+= 1
        }
        add(rest)
        add(UInt64(span.count))
    }

    /// The hash of some bytes, alone.
    package static func of(_ bytes: Span<UInt8>, _ range: Range<Int>, seed: UInt64 = 0) -> UInt64 {
        var hash = ContentHash(seed: seed)
        let raw = bytes.bytes
        var index = range.lowerBound
        while index &+ 8 <= range.upperBound {
            hash.add(UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))  // numbers
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < range.upperBound {
            rest = rest << 8 | UInt64(bytes[index])
            index &+= 1
        }
        hash.add(rest)
        hash.add(UInt64(range.count))
        return hash.value
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
