import WebSocketWire

/// The small change of a line: strings, numbers, hexadecimal digits.
enum TwinText {
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        var validator = UTF8Validator()
        return validator.receive(bytes) == nil && validator.end() == nil
    }

    /// How many bytes a character has that a terminal may take as a command or that turns the direction of what follows:
    /// DEL, C1 controls, line separators, bidirectional marks; 0 for any other. They are escaped, so that a twin can be
    /// printed.
    static func commandByteCount(_ bytes: Span<UInt8>, at index: Int) -> Int {
        let first = bytes[index]
        guard first >= 0x7f, first == 0x7f || first == 0xc2 || first == 0xd8 || first == 0xe2 else { return 0 }
        if first == 0x7f { return 1 }
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch first {
        case 0xc2: return second >= 0x80 && second < 0xa0 ? 2 : 0
        case 0xd8: return second == 0x9c ? 2 : 0
        default:
            let third = index + 2 < bytes.count ? bytes[index + 2] : 0
            switch (second, third) {
            case (0x80, 0x8e...0x8f), (0x80, 0xa8...0xae), (0x81, 0xa6...0xa9): return 3
            default: return 0
            }
        }
    }

    /// Appends a JSON string (RFC 8259 section 7) with its quotes.
    /// - Parameter text: valid UTF-8.
    static func append(string text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        append(escaped: text, isQuoted: true, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// - Parameter isQuoted: whether quotes and backslashes are escaped as well.
    static func append(escaped text: Span<UInt8>, isQuoted: Bool, to bytes: inout [UInt8]) {
        var begin = 0
        var index = 0
        func flush(to end: Int, _ bytes: inout [UInt8]) {
            guard begin < end else { return }
            text.extracting(begin..<end).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }  // one copy
        }
        while index < text.count {
            let byte = text[index]
            let isPlain = byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            let commandByteCount = isPlain || byte < 0x7f ? 0 : commandByteCount(text, at: index)
            let isControl = byte < 0x20
            let needsBackslash = isQuoted && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\"))
            guard isControl || needsBackslash || commandByteCount > 0 else {
                index += 1
                continue
            }
            flush(to: index, &bytes)
            if needsBackslash {
                bytes += [UInt8(ascii: "\\"), byte]
            } else if let letter = letter(for: byte) {
                bytes += [UInt8(ascii: "\\"), letter]
            } else {
                append(unicodeEscape: code(text, at: index, byteCount: max(commandByteCount, 1)), to: &bytes)
            }
            index += max(commandByteCount, 1)
            begin = index
        }
        flush(to: index, &bytes)
    }

    private static func letter(for byte: UInt8) -> UInt8? {
        switch byte {
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0a: UInt8(ascii: "n")
        case 0x0c: UInt8(ascii: "f")
        case 0x0d: UInt8(ascii: "r")
        default: nil
        }
    }

    /// The code point of a character of one to three bytes of valid UTF-8.
    private static func code(_ text: Span<UInt8>, at index: Int, byteCount: Int) -> UInt16 {
        switch byteCount {
        case 2: UInt16(text[index] & 0x1f) << 6 | UInt16(text[index + 1] & 0x3f)
        case 3:
            UInt16(text[index] & 0x0f) << 12 | UInt16(text[index + 1] & 0x3f) << 6 | UInt16(text[index + 2] & 0x3f)
        default: UInt16(text[index])
        }
    }

    private static func append(unicodeEscape code: UInt16, to bytes: inout [UInt8]) {
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        append(hexadecimal: [UInt8(code >> 8), UInt8(code & 0xff)], to: &bytes)
    }

    static func append(hexadecimal data: [UInt8], to bytes: inout [UInt8]) {
        for byte in data {
            for digit in [byte >> 4, byte & 0xf] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }

    /// - Returns: nil if it is not pairs of hexadecimal digits.
    static func hexadecimal(_ digits: Span<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    // MARK: Milliseconds

    /// Appends nanoseconds as milliseconds, with as many decimal places as it takes.
    static func append(milliseconds nanoseconds: Int64, to bytes: inout [UInt8]) {
        if nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        bytes.append(contentsOf: String(whole).utf8)
        guard rest > 0 else { return }
        let digits = String(rest)
        let fraction = String(repeating: "0", count: 6 - digits.utf8.count) + digits
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: fraction.utf8.reversed().drop { $0 == UInt8(ascii: "0") }.reversed())
    }

    /// Reads them back, digit by digit: a `Double` would round. With an exponent too, as other programs write a small
    /// number: 3.4e-05.
    /// - Returns: nil if it is no such decimal number, finer than a nanosecond, or beyond 64 bits of nanoseconds.
    static func nanoseconds(milliseconds text: Span<UInt8>) -> Int64? {
        var index = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let start = index
        guard var magnitude = digits(text, &index, behind: 0) else { return nil }
        if text[start] == UInt8(ascii: "0"), index > start + 1 { return nil }
        // What the digits count, as a power of ten of nanoseconds.
        var scale = 6
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            let fraction = index
            guard let all = digits(text, &index, behind: magnitude) else { return nil }
            magnitude = all
            scale -= index - fraction
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            let sign = index < text.count && [0x2b, 0x2d].contains(text[index]) ? text[index] : nil
            if sign != nil { index += 1 }
            guard let exponent = digits(text, &index, behind: 0), exponent < 100 else { return nil }
            scale += sign == 0x2d ? -Int(exponent) : Int(exponent)
        }
        guard index == text.count, let scaled = scaled(magnitude, by: scale) else { return nil }
        guard isNegative else { return Int64(exactly: scaled) }
        return scaled <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- scaled) : nil
    }

    /// One digit or more, put behind those of `number`.
    private static func digits(_ text: Span<UInt8>, _ index: inout Int, behind number: UInt64) -> UInt64? {
        let start = index
        var number = number
        while index < text.count, isDigit(text[index]) {
            guard let next = appending(text[index] - UInt8(ascii: "0"), to: number) else { return nil }
            number = next
            index += 1
        }
        return index > start ? number : nil
    }

    /// - Returns: nil if it has too many digits, or a part is left.
    private static func scaled(_ magnitude: UInt64, by scale: Int) -> UInt64? {
        var scaled = magnitude
        guard scaled != 0 else { return 0 }
        for _ in 0..<scale.magnitude {
            if scale > 0 {
                guard let next = appending(0, to: scaled) else { return nil }
                scaled = next
            } else {
                guard scaled % 10 == 0 else { return nil }
                scaled /= 10
            }
        }
        return scaled
    }

    private static func appending(_ digit: UInt8, to number: UInt64) -> UInt64? {
        let (product, overflow) = number.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
        return carries ? nil : sum
    }
}
