/// A string of JSON where it stands: its escapes are resolved only when somebody wants to read it.
package struct JSONText: Hashable, Sendable {
    /// The bytes between the quotes.
    package var content: Range<Int>
    package var hasEscapes: Bool

    package init(content: Range<Int>, hasEscapes: Bool) {
        self.content = content
        self.hasEscapes = hasEscapes
    }

    /// Its text as UTF-8.
    package func utf8(_ bytes: Span<UInt8>) -> [UInt8] {
        guard hasEscapes else { return [UInt8](copying: bytes, content) }
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        appendUnescaped(bytes, to: &text)
        return text
    }

    /// Appends its text as UTF-8.
    package func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        if hasEscapes { appendUnescaped(bytes, to: &text) } else { text.append(bytes, content) }
    }

    /// Its text. Bytes that are no UTF-8 become U+FFFD.
    package func string(_ bytes: Span<UInt8>) -> String {
        guard !hasEscapes else { return String(decoding: utf8(bytes), as: UTF8.self) }
        // Unsafe: the buffer lives as long as the call, and its bytes are copied.
        return bytes.extracting(content).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether it says `word`.
    package func equals(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
        if hasEscapes { return string(bytes) == "\(word)" }
        guard content.count == word.utf8CodeUnitCount else { return false }
        // A static string's own bytes, for as long as the call lasts.
        return word.withUTF8Buffer { letters in
            for index in 0..<letters.count where bytes[content.lowerBound &+ index] != letters[index] { return false }
            return true
        }
    }

    /// What it says as an index: decimal digits without a leading zero, at most 9 of them; else nil.
    package func index(_ bytes: Span<UInt8>) -> Int? {
        guard !hasEscapes, (1...9).contains(content.count) else { return nil }
        guard content.count == 1 || bytes[content.lowerBound] != UInt8(ascii: "0") else { return nil }
        var value = 0
        for index in content {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    private func appendUnescaped(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        var position = content.lowerBound
        while position < content.upperBound {
            let start = position
            JSONScanner.ordinary(bytes, at: &position, end: content.upperBound)
            text.append(bytes, start..<position)
            guard position &+ 1 < content.upperBound else { break }
            let letter = bytes[position &+ 1]
            position &+= 2
            switch letter {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                text.append(contentsOf: UTF8.encode(scalar(bytes, at: &position)) ?? UTF8.replacement)
            default: text.append(letter)
            }
        }
    }

    /// The scalar of `\uXXXX`, of two such where they are a pair of surrogates; U+FFFD for half a pair.
    private func scalar(_ bytes: Span<UInt8>, at position: inout Int) -> Unicode.Scalar {
        guard let unit = codeUnit(bytes, at: position) else { return "\u{FFFD}" }
        position &+= 4
        guard unit & 0xfc00 == 0xd800 else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
        guard position &+ 6 <= content.upperBound, bytes[position] == UInt8(ascii: "\\"),
            bytes[position &+ 1] == UInt8(ascii: "u"), let low = codeUnit(bytes, at: position &+ 2),
            low & 0xfc00 == 0xdc00
        else { return "\u{FFFD}" }
        position &+= 6
        return Unicode.Scalar(0x10000 &+ (unit & 0x3ff) << 10 &+ (low & 0x3ff)) ?? "\u{FFFD}"
    }

    private func codeUnit(_ bytes: Span<UInt8>, at position: Int) -> UInt32? {
        guard position &+ 4 <= content.upperBound else { return nil }
        var unit: UInt32 = 0
        for index in position..<(position &+ 4) {
            guard let digit = JSONScanner.hexDigit(bytes[index]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }
}

extension UTF8 {
    fileprivate static var replacement: EncodedScalar { encodedReplacementCharacter }
}

extension [UInt8] {
    /// A copy of some of the bytes.
    init(copying bytes: Span<UInt8>, _ range: Range<Int>) {
        self.init()
        append(bytes, range)
    }

    /// Appends some of the bytes.
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        // The buffer lives as long as the call, and its bytes are copied.
        bytes.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
