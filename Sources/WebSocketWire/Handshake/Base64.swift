/// Base64 with padding (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding: UInt8 = 0x3d

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes.span, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of the bytes.
    package static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let digits = alphabet.span
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        var start = 0
        while start < bytes.count {
            let count = min(3, bytes.count - start)
            var bits = UInt32(bytes[start]) << 16
            if count > 1 { bits |= UInt32(bytes[start + 1]) << 8 }
            if count > 2 { bits |= UInt32(bytes[start + 2]) }
            text.append(digits[Int(bits >> 18)])
            text.append(digits[Int(bits >> 12 & 0x3f)])
            text.append(count > 1 ? digits[Int(bits >> 6 & 0x3f)] : padding)
            text.append(count > 2 ? digits[Int(bits & 0x3f)] : padding)
            start += 3
        }
    }

    /// - Returns: nil for anything but whole, padded groups whose unused bits are zero: each text has one meaning.
    package static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8).span) }

    /// The same of bytes that are the text.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var start = 0
        while start < text.count {
            let isLast = start + 4 == text.count
            var digitCount = 4
            if isLast, text[start + 3] == padding { digitCount = text[start + 2] == padding ? 2 : 3 }
            var bits: UInt32 = 0
            for index in 0..<digitCount {
                guard let value = value(of: text[start + index]) else { return nil }
                bits |= value << (18 - 6 * UInt32(index))
            }
            let count = digitCount - 1
            let unused: UInt32 = (1 << (24 - 8 * UInt32(count))) - 1
            guard bits & unused == 0 else { return nil }
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * UInt32(index)))) }
            start += 4
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case 0x41...0x5a: UInt32(digit) - 0x41
        case 0x61...0x7a: UInt32(digit) - 0x61 + 26
        case 0x30...0x39: UInt32(digit) - 0x30 + 52
        case 0x2b: 62
        case 0x2f: 63
        default: nil
        }
    }
}
