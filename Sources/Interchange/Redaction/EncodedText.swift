/// Text in an encoding, decoded so that it can be changed and encoded again to as many bytes.
///
/// What does not decode stands for itself. Only characters that changed are encoded anew, in the form that they had.
struct EncodedText {
    enum Encoding: Hashable, Sendable {
        /// The inside of a JSON string (RFC 8259 section 7).
        case json
        /// Percent-encoding (RFC 3986 section 2.1); a `+` is taken as it is.
        case percent
        /// As percent, and a `+` is a blank: forms and queries (application/x-www-form-urlencoded).
        case form
        /// HTML with the character references that templates write for signs.
        case html
    }

    /// One character in its encoded and in its decoded bytes.
    private struct Unit {
        var encoded: Range<Int>
        var decoded: Range<Int>
    }

    let encoding: Encoding
    private let source: [UInt8]
    private(set) var decoded: [UInt8]
    /// Empty if nothing in the text is encoded: then the source is the text.
    private var units: [Unit] = []

    init(_ source: [UInt8], _ encoding: Encoding) {
        self.source = source
        self.encoding = encoding
        decoded = []
        guard source.contains(where: { Self.begins($0, encoding) }) else {
            decoded = source
            return
        }
        decoded.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let start = decoded.count
            let length = decodeUnit(at: index)
            units.append(Unit(encoded: index..<(index + length), decoded: start..<decoded.count))
            index += length
        }
    }

    var isPlain: Bool { units.isEmpty }

    /// The text with other characters, in as many bytes as before.
    /// - Parameter changed: as many bytes as ``decoded``; a character that cannot be written in its place stays.
    func encoded(_ changed: [UInt8]) -> [UInt8] {
        guard changed.count == decoded.count else { return source }
        guard !units.isEmpty else { return changed }
        var result = source
        for unit in units where changed[unit.decoded] != decoded[unit.decoded] {
            write(Array(changed[unit.decoded]), to: unit.encoded, of: &result)
        }
        return result
    }

    /// Which bytes of the text are marked, given which of its decoded ones are.
    func encoded(marks: [Bool]) -> [Bool] {
        guard !units.isEmpty, marks.count == decoded.count else { return marks }
        var result = [Bool](repeating: false, count: source.count)
        for unit in units where unit.decoded.contains(where: { marks[$0] }) {
            for index in unit.encoded { result[index] = true }
        }
        return result
    }

    /// Which of the decoded bytes are marked, given which bytes of the text are.
    func decoded(marks: some RandomAccessCollection<Bool>) -> [Bool] {
        let marks = Array(marks)
        guard !units.isEmpty, marks.count == source.count else { return marks }
        var result = [Bool](repeating: false, count: decoded.count)
        for unit in units where unit.encoded.contains(where: { marks[$0] }) {
            for index in unit.decoded { result[index] = true }
        }
        return result
    }

    private static func begins(_ byte: UInt8, _ encoding: Encoding) -> Bool {
        switch encoding {
        case .json: byte == 0x5c
        case .percent: byte == 0x25
        case .form: byte == 0x25 || byte == 0x2b
        case .html: byte == 0x26
        }
    }

    // MARK: - Decoding

    /// Appends what the character at the index stands for.
    /// - Returns: how many bytes it is encoded in.
    private mutating func decodeUnit(at index: Int) -> Int {
        let byte = source[index]
        if Self.begins(byte, encoding) {
            let length =
                switch encoding {
                case .json: decodeEscape(at: index)
                case .percent, .form: decodePercent(at: index)
                case .html: decodeReference(at: index)
                }
            if let length { return length }
        }
        let length = encoding == .percent || encoding == .form ? 1 : UTF8Length.ofScalar(in: source.span, at: index)
        decoded += source[index..<(index + length)]
        return length
    }

    private mutating func decodePercent(at index: Int) -> Int? {
        if source[index] == 0x2b {
            decoded.append(0x20)
            return 1
        }
        guard let value = hexadecimal(index + 1, digits: 2) else { return nil }
        decoded.append(UInt8(truncatingIfNeeded: value))
        return 3
    }

    private static let shortEscapes: [UInt8: UInt8] = [
        0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09,
    ]

    private mutating func decodeEscape(at index: Int) -> Int? {
        guard index + 1 < source.count else { return nil }
        if let byte = Self.shortEscapes[source[index + 1]] {
            decoded.append(byte)
            return 2
        }
        guard source[index + 1] == 0x75, let first = hexadecimal(index + 2, digits: 4) else { return nil }
        if let scalar = UnicodeScalar(first) {
            decoded += Array(String(scalar).utf8)
            return 6
        }
        // RFC 8259 section 7: a surrogate pair is one character.
        guard index + 7 < source.count, source[index + 6] == 0x5c, source[index + 7] == 0x75,
            let second = hexadecimal(index + 8, digits: 4), (0xd800...0xdbff).contains(first),
            (0xdc00...0xdfff).contains(second),
            let scalar = UnicodeScalar(0x10000 + (first & 0x3ff) << 10 + second & 0x3ff)
        else { return nil }
        decoded += Array(String(scalar).utf8)
        return 12
    }

    private static let references: [(text: [UInt8], byte: UInt8)] = [
        ("&amp;", 0x26), ("&lt;", 0x3c), ("&gt;", 0x3e), ("&quot;", 0x22), ("&#39;", 0x27), ("&#x27;", 0x27),
        ("&#34;", 0x22), ("&apos;", 0x27), ("&#x2F;", 0x2f), ("&#43;", 0x2b), ("&#64;", 0x40), ("&commat;", 0x40),
    ].map { (Array($0.0.utf8), $0.1) }

    private mutating func decodeReference(at index: Int) -> Int? {
        for reference in Self.references where source[index...].starts(with: reference.text) {
            decoded.append(reference.byte)
            return reference.text.count
        }
        return nil
    }

    private func hexadecimal(_ start: Int, digits: Int) -> UInt32? {
        guard start + digits <= source.count else { return nil }
        var value: UInt32 = 0
        for byte in source[start..<(start + digits)] {
            guard let digit = Self.hexadecimalDigit(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    // MARK: - Encoding

    private func write(_ new: [UInt8], to place: Range<Int>, of result: inout [UInt8]) {
        if place.count == new.count, !Self.begins(source[place.lowerBound], encoding) {
            result.replaceSubrange(place, with: new)
            return
        }
        let hasSmallDigits = source[place].contains { (0x61...0x66).contains($0) }
        switch encoding {
        case .html: return
        case .percent, .form:
            guard place.count == 3, let byte = new.first else { return }
            result.replaceSubrange(place, with: [0x25] + Self.hexadecimal(UInt32(byte), 2, hasSmallDigits))
        case .json:
            guard let scalar = String(validating: new, as: UTF8.self)?.unicodeScalars.first else { return }
            let words = Array(String(scalar).utf16)
            guard place.count == 6 * words.count else { return }
            var text: [UInt8] = []
            for word in words { text += [0x5c, 0x75] + Self.hexadecimal(UInt32(word), 4, hasSmallDigits) }
            result.replaceSubrange(place, with: text)
        }
    }

    static func hexadecimal(_ value: UInt32, _ count: Int, _ hasSmallDigits: Bool) -> [UInt8] {
        let digits = Array((hasSmallDigits ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
        return (0..<count).map { digits[Int(value >> (4 * UInt32(count - 1 - $0)) & 15)] }
    }
}
