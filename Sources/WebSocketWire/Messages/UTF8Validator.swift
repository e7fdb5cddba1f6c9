/// Checks that bytes are UTF-8 (RFC 3629) as they arrive: no overlong form, no surrogate, nothing above U+10FFFF.
package struct UTF8Validator: Hashable, Sendable {
    /// How many bytes the begun character still needs.
    private var missing = 0
    /// What the next byte of the begun character may be.
    private var allowed: ClosedRange<UInt8> = continuation
    /// Where the begun character begins, or the next one if none is begun.
    private var characterOffset: UInt64 = 0
    /// Bytes of the begun character so far.
    private var begun: UInt64 = 0
    /// Where the first character that is none begins, in bytes from the first byte ever given.
    package private(set) var invalidOffset: UInt64?

    private static let continuation: ClosedRange<UInt8> = 0x80...0xbf

    package init() {}

    /// Takes the next bytes. Once something is invalid, all that follows is passed over.
    /// - Returns: where the first invalid character begins, if it is found in these bytes.
    package mutating func receive(_ bytes: Span<UInt8>) -> UInt64? {
        guard invalidOffset == nil else { return nil }
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                let end = endOfASCII(bytes, from: index)
                characterOffset &+= UInt64(end &- index)
                index = end
                let start = index
                while let length = shortCharacter(bytes, at: index) { index &+= length }
                characterOffset &+= UInt64(index &- start)
                guard index < bytes.count else { return nil }
                if bytes[index] < 0x80 { continue }
            }
            guard accept(bytes[index]) else {
                invalidOffset = characterOffset
                return invalidOffset
            }
            index &+= 1
        }
        return nil
    }

    /// The text is over.
    /// - Returns: where the character begins that is not whole, if there is one.
    package mutating func end() -> UInt64? {
        guard invalidOffset == nil, missing > 0 else { return nil }
        invalidOffset = characterOffset
        return invalidOffset
    }

    /// Takes a byte that begins a character of several bytes, or goes on with it (RFC 3629 section 4).
    private mutating func accept(_ byte: UInt8) -> Bool {
        guard missing == 0 else {
            guard allowed.contains(byte) else { return false }
            allowed = Self.continuation
            missing &-= 1
            begun &+= 1
            if missing == 0 { characterOffset &+= begun }
            return true
        }
        begun = 1
        allowed = Self.continuation
        switch byte {
        case 0xc2...0xdf: missing = 1
        case 0xe1...0xec, 0xee, 0xef: missing = 2
        case 0xf1...0xf3: missing = 3
        // The rest would be overlong, surrogates, or above U+10FFFF but for a narrower second byte.
        case 0xe0: (missing, allowed) = (2, 0xa0...0xbf)
        case 0xed: (missing, allowed) = (2, 0x80...0x9f)
        case 0xf0: (missing, allowed) = (3, 0x90...0xbf)
        case 0xf4: (missing, allowed) = (3, 0x80...0x8f)
        default: return false
        }
        return true
    }

    /// The length of a valid character of two or three bytes, if one is at `index` and four
    /// bytes are there to load: that is most text beyond ASCII.
    private func shortCharacter(_ bytes: Span<UInt8>, at index: Int) -> Int? {
        guard index &+ 4 <= bytes.count else { return nil }
        let loaded = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self)  // plain numbers
        let word = UInt32(littleEndian: loaded)
        if word & 0x00c0_c0f0 == 0x0080_80e0 {
            let isOverlong = word & 0x200f == 0
            let isSurrogate = word & 0x200f == 0x200d
            return isOverlong || isSurrogate ? nil : 3
        }
        return word & 0xc0e0 == 0x80c0 && word & 0x1e != 0 ? 2 : nil
    }

    /// The first byte from `start` on that is not ASCII, or the end.
    private func endOfASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let highBits: UInt64 = 0x8080_8080_8080_8080
        let raw = bytes.bytes
        var index = start
        while index &+ 32 <= bytes.count {
            let block = raw.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)  // plain numbers
            guard (block & SIMD4(repeating: highBits)) == .zero else { break }
            index &+= 32
        }
        while index &+ 8 <= bytes.count {
            let word = raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)  // plain numbers
            let high = UInt64(littleEndian: word) & highBits
            guard high == 0 else { return index &+ high.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index &+= 1 }
        return index
    }
}
