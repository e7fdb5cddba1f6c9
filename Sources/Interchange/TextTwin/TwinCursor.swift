import WebSocketWire

/// Reads one line of a twin from left to right. What is not as it should be throws, with its place.
struct TwinCursor {
    /// The line without its end; valid UTF-8.
    let line: [UInt8]
    let number: Int
    private(set) var position = 0

    init(_ line: [UInt8], number: Int) {
        self.line = line
        self.number = number
    }

    // MARK: Errors

    func error(_ part: String, expected: String, at place: Int? = nil) -> TextTwinError {
        let place = min(max(place ?? position, 0), line.count)
        return TextTwinError(
            line: number, column: place + 1, part: part, expected: expected, actual: excerpt(from: place))
    }

    /// What stands there, as far as it helps.
    private func excerpt(from place: Int) -> String {
        guard place < line.count else { return "the end of the line" }
        let limit = 40
        let text = String(decoding: line[place...].prefix(limit), as: UTF8.self)
        return "'\(text)\(line.count - place > limit ? "…" : "")'"
    }

    // MARK: Marks

    mutating func skipSpace() {
        while position < line.count, [0x20, 0x09, 0x0d].contains(line[position]) { position += 1 }
    }

    /// The next byte that is no space; nil at the end.
    mutating func peek() -> UInt8? {
        skipSpace()
        return position < line.count ? line[position] : nil
    }

    /// Passes over a mark if it is there.
    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ mark: Unicode.Scalar, _ part: String) throws(TextTwinError) {
        guard take(mark) else { throw error(part, expected: "'\(mark)'") }
    }

    mutating func expectEnd(_ part: String) throws(TextTwinError) {
        guard peek() == nil else { throw error(part, expected: "the end of the line") }
    }

    mutating func takeWord(_ word: StaticString) -> Bool {
        skipSpace()
        guard line[position...].starts(with: word.description.utf8) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    // MARK: Numbers

    /// An integer of up to 64 bits; read digit by digit, as no `Double` holds it.
    mutating func integer(_ part: String) throws(TextTwinError) -> TwinInteger {
        skipSpace()
        let start = position
        let isNegative = take("-")
        let digits = position
        var magnitude: UInt64 = 0
        while position < line.count, TwinText.isDigit(line[position]) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(line[position] - UInt8(ascii: "0")))
            guard !overflow, !carries else { throw error(part, expected: "an integer of up to 64 bits", at: start) }
            magnitude = sum
            position += 1
        }
        let hasLeadingZero = position > digits + 1 && line[digits] == UInt8(ascii: "0")
        let isFraction =
            position < line.count && [UInt8(ascii: "."), UInt8(ascii: "e")].contains(line[position] | 0x20)
        guard position > digits, !hasLeadingZero, !isFraction
        else { throw error(part, expected: "an integer", at: start) }
        return TwinInteger(isNegative: isNegative, magnitude: magnitude)
    }

    mutating func unsigned(_ part: String) throws(TextTwinError) -> UInt64 {
        skipSpace()
        let start = position
        let integer = try integer(part)
        guard let number = integer.unsigned else { throw error(part, expected: "a number from 0", at: start) }
        return number
    }

    mutating func milliseconds(_ part: String) throws(TextTwinError) -> Int64 {
        skipSpace()
        let start = position
        // Digits, and "+-.Ee".
        while position < line.count,
            TwinText.isDigit(line[position]) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(line[position])
        {
            position += 1
        }
        let text = line.span.extracting(start..<position)
        guard let nanoseconds = TwinText.nanoseconds(milliseconds: text) else {
            throw error(part, expected: "milliseconds with up to 6 decimal places", at: start)
        }
        return nanoseconds
    }

    // MARK: Strings

    /// A JSON string, without its escapes.
    mutating func bytes(_ part: String) throws(TextTwinError) -> [UInt8] {
        guard peek() == UInt8(ascii: "\"") else { throw error(part, expected: "a string") }
        position += 1
        var text: [UInt8] = []
        while true {
            let begin = position
            while position < line.count, line[position] >= 0x20, line[position] != UInt8(ascii: "\""),
                line[position] != UInt8(ascii: "\\")
            {
                position += 1
            }
            text += line[begin..<position]
            guard position < line.count else { throw error(part, expected: "the string's closing quote") }
            switch line[position] {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"): try escape(part, into: &text)
            default: throw error(part, expected: "no control character in a string")
            }
        }
    }

    mutating func text(_ part: String) throws(TextTwinError) -> String {
        String(decoding: try bytes(part), as: UTF8.self)
    }

    private mutating func escape(_ part: String, into text: inout [UInt8]) throws(TextTwinError) {
        let start = position
        guard position + 1 < line.count else { throw error(part, expected: "the rest of an escape") }
        position += 2
        switch line[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(line[start + 1])
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try unit(part, start))
            if code & 0xfc00 == 0xd800, line[position...].starts(with: "\\u".utf8) {
                position += 2
                let low = UInt32(try unit(part, start))
                guard low & 0xfc00 == 0xdc00 else { throw error(part, expected: "a pair of surrogates", at: start) }
                code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw error(part, expected: "a pair of surrogates", at: start)
            }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw error(part, expected: "an escape of JSON", at: start)
        }
    }

    private mutating func unit(_ part: String, _ start: Int) throws(TextTwinError) -> UInt16 {
        guard position + 4 <= line.count,
            let pair = TwinText.hexadecimal(line.span.extracting(position..<(position + 4)))
        else { throw error(part, expected: "four hexadecimal digits", at: start) }
        position += 4
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }

    // MARK: JSON as it stands

    /// An array or an object, as its bytes.
    mutating func json(_ part: String) throws(TextTwinError) -> [UInt8] {
        skipSpace()
        switch CanonicalJSON.scan(line.span, from: position) {
        case .end(let end):
            defer { position = end }
            return Array(line[position..<end])
        case .other(let place, let expected):
            throw error(part, expected: "\(expected) (else write the payload as a string)", at: place)
        }
    }
}

struct TwinInteger: Hashable {
    var isNegative: Bool
    var magnitude: UInt64

    /// Nil below 0.
    var unsigned: UInt64? { isNegative && magnitude > 0 ? nil : magnitude }

    /// Nil beyond 64 bits with a sign.
    var signed: Int64? {
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }
}
