/// SipHash-2-4 (Aumasson and Bernstein, 2012): numbers that nobody can foretell who has not the key.
struct KeyedHash: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// - Parameter key: 128 bits, drawn anew for each run of the command.
    init(key: RedactionKey) {
        low = key.low
        high = key.high
    }

    /// The hash of the bytes, with a number beside them that tells apart several hashes of the same bytes.
    func value(of bytes: Span<UInt8>, tweak: UInt64 = 0) -> UInt64 {
        var state = State(low: low, high: high ^ tweak)
        var position = 0
        while position &+ 8 <= bytes.count {
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(bytes[position &+ index]) << (8 * UInt64(index)) }
            state.absorb(word)
            position &+= 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for index in position..<bytes.count { last |= UInt64(bytes[index]) << (8 * UInt64(index &- position)) }
        state.absorb(last)
        return state.finish()
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(low: UInt64, high: UInt64) {
            v0 = low ^ 0x736f_6d65_7073_6575
            v1 = high ^ 0x646f_7261_6e64_6f6d
            v2 = low ^ 0x6c79_6765_6e65_7261
            v3 = high ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            mix()
            mix()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            for _ in 0..<4 { mix() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func mix() {
            v0 = v0 &+ v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 = v2 &+ v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 = v0 &+ v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 = v2 &+ v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
    }
}

/// What the placeholders of one run of the command are made with; who has it and the result can test guesses.
package struct RedactionKey: Hashable, Sendable {
    var low: UInt64
    var high: UInt64

    /// A key of the system's random numbers.
    package static func random() -> RedactionKey {
        var generator = SystemRandomNumberGenerator()
        return RedactionKey(low: generator.next(), high: generator.next())
    }

    /// A key that is the same each time, for tests: the result keeps no secret from who knows it.
    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}

/// Numbers drawn from the hash of a value: the same for the same value and key.
struct KeyedStream {
    private let hash: KeyedHash
    private let seed: [UInt8]
    private var counter: UInt64 = 0
    private var word: UInt64 = 0
    private var left = 0

    /// - Parameter tweak: tells apart the tries for one value.
    init(_ hash: KeyedHash, of value: Span<UInt8>, tweak: UInt64) {
        self.hash = hash
        var seed: [UInt8] = []
        for half in 0..<2 as Range<UInt64> {
            let word = hash.value(of: value, tweak: tweak << 1 | half)
            for index in 0..<8 { seed.append(UInt8(truncatingIfNeeded: word >> (8 * UInt64(index)))) }
        }
        self.seed = seed
    }

    mutating func nextWord() -> UInt64 {
        counter &+= 1
        return hash.value(of: seed.span, tweak: counter | 1 << 63)
    }

    /// A number below `bound`, which is 1 to 256. The unevenness of 2^-8 shows nothing of the value.
    mutating func next(below bound: UInt8) -> UInt8 {
        if left < 2 {
            word = nextWord()
            left = 8
        }
        let pair = word & 0xffff
        word >>= 16
        left -= 2
        return UInt8(truncatingIfNeeded: pair % UInt64(max(bound, 1)))
    }
}
