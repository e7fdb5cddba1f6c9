/// Makes what stands in place of a secret: of the same length and alphabet, equal for equal values.
///
/// Digits become digits, small letters small letters, capitals capitals, `-` and `_` each other, a character beyond ASCII
/// one of the 64 beside it. Other signs and blanks stay as they are, so that every encoding of the value (JSON, percent,
/// HTML) keeps its form. A value of signs only becomes a row of `_` and `-`.
struct Placeholders: Sendable {
    /// What a placeholder has to look like.
    enum Shape: Hashable, Sendable {
        case any
        /// `-` and `_` stay too: they mean something in an address.
        case email
        /// It fails the check of card numbers (Luhn), so that nobody takes it for one.
        case card
        /// A JSON number: its first digit stays 0 or not 0.
        case number
    }

    private let hash: KeyedHash
    /// How often another one is tried, when the first is no good.
    private static let tries: UInt64 = 64

    init(key: RedactionKey) { hash = KeyedHash(key: key) }

    /// The placeholder of a value as it is once decoded.
    /// - Parameter isTaken: whether that placeholder would not do, being a secret itself.
    func placeholder(for value: [UInt8], shape: Shape = .any, isTaken: ([UInt8]) -> Bool = { _ in false }) -> [UInt8] {
        var result = value
        for tweak in 0..<Self.tries {
            result = make(value, shape, tweak)
            let isGood = result != value && !(shape == .card && Luhn.holds(result)) && !isTaken(result)
            if isGood || !Self.canChange(value) { return result }
        }
        return result
    }

    /// Bytes in place of bytes that are no text.
    func bytes(for value: Span<UInt8>) -> [UInt8] {
        var stream = KeyedStream(hash, of: value, tweak: 1 << 40)
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        while result.count < value.count {
            let word = stream.nextWord()
            for index in 0..<min(8, value.count - result.count) {
                result.append(UInt8(truncatingIfNeeded: word >> (8 * UInt64(index))))
            }
        }
        return result
    }

    /// Whether a placeholder can differ from the value at all.
    static func canChange(_ value: [UInt8]) -> Bool { value.contains { isChanging($0) || isSign($0) } }

    private static func isChanging(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f, 0x80...: true
        default: false
        }
    }

    /// Signs that can be replaced by `_` wherever they stand; the others belong to encodings.
    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23, 0x24, 0x28...0x2a, 0x2c, 0x2e, 0x3a, 0x3b, 0x3f, 0x40, 0x5b, 0x5d, 0x5e, 0x60, 0x7b...0x7e:
            true
        default: false
        }
    }

    private func make(_ value: [UInt8], _ shape: Shape, _ tweak: UInt64) -> [UInt8] {
        var stream = KeyedStream(hash, of: value.span, tweak: tweak)
        let isOfSigns = !value.contains(where: Self.isChanging)
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            let length = UTF8Length.ofScalar(in: value.span, at: index)
            if length > 1 {
                result += value[index..<(index + length - 1)]
                // U+0080 to U+009F are controls.
                let isLow = length == 2 && value[index] == 0xc2
                result.append(isLow ? 0xa0 + stream.next(below: 32) : 0x80 + stream.next(below: 64))
            } else {
                result.append(replacement(value[index], at: index, shape, isOfSigns, &stream))
            }
            index += length
        }
        return result
    }

    private func replacement(
        _ byte: UInt8, at index: Int, _ shape: Shape, _ isOfSigns: Bool, _ stream: inout KeyedStream
    ) -> UInt8 {
        let isNumber = shape == .number
        let isFirst = index == 0 || (isNumber && index == 1)
        return switch byte {
        case 0x2b...0x2e where isNumber: byte
        case 0x30 where isNumber && isFirst: byte
        case 0x31...0x39 where isFirst: 0x31 + stream.next(below: 9)
        case 0x30...0x39: 0x30 + stream.next(below: 10)
        case _ where isNumber && byte | 0x20 == 0x65: byte
        case 0x41...0x5a: 0x41 + stream.next(below: 26)
        case 0x61...0x7a: 0x61 + stream.next(below: 26)
        case _ where shape == .any && (byte == 0x2d || byte == 0x5f): stream.next(below: 2) == 0 ? 0x2d : 0x5f
        case 0x80...: 0x80 + stream.next(below: 64)
        case _ where isOfSigns && Self.isSign(byte): stream.next(below: 2) == 0 ? 0x2d : 0x5f
        default: byte
        }
    }
}

/// The check digit of card numbers (ISO/IEC 7812-1, annex B).
enum Luhn {
    /// Whether the digits among the bytes fulfil it.
    static func holds(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        var sum = 0
        var isDoubled = false
        for byte in bytes.reversed() where (0x30...0x39).contains(byte) {
            let digit = Int(byte - 0x30)
            sum &+= isDoubled ? (digit < 5 ? 2 * digit : 2 * digit - 9) : digit
            isDoubled.toggle()
        }
        return sum.isMultiple(of: 10)
    }
}

enum UTF8Length {
    /// How many bytes the character at the index has; 1 for bytes that are no UTF-8.
    static func ofScalar(in bytes: Span<UInt8>, at index: Int) -> Int {
        let length =
            switch bytes[index] {
            case 0xc2...0xdf: 2
            case 0xe0...0xef: 3
            case 0xf0...0xf4: 4
            default: 1
            }
        guard length > 1, index + length <= bytes.count else { return 1 }
        for place in (index + 1)..<(index + length) where bytes[place] & 0xc0 != 0x80 { return 1 }
        return length
    }
}
