/// Text made safe for HTML: between tags, and within attribute values in quotes of either kind.
enum HTMLEscaping {
    static func escaped(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { bytes in
            let plain = plainPrefix(UnsafeRawBufferPointer(bytes))
            guard let first = bytes[plain...].firstIndex(where: { replacement(for: $0) != nil }) else {
                return Array(bytes)
            }
            var escaped: [UInt8] = []
            escaped.reserveCapacity(bytes.count + 16)
            escaped.append(contentsOf: bytes[..<first])
            for byte in bytes[first...] {
                if let replacement = replacement(for: byte) {
                    replacement.withUTF8Buffer { escaped.append(contentsOf: $0) }
                } else {
                    escaped.append(byte)
                }
            }
            return escaped
        }
    }

    /// How many bytes of the beginning, by eights, need no replacement: most texts need none, and are looked at each time
    /// they are rendered.
    private static func plainPrefix(_ bytes: UnsafeRawBufferPointer) -> Int {
        // Unsafe: the text's own bytes, for as long as the call lasts, and eight of them are there.
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // Two pairs differ in one bit: & and ', < and >.
            let found =
                zeroByte(word ^ repeated(0x22)) | zeroByte((word | repeated(0x01)) ^ repeated(0x27))
                | zeroByte((word | repeated(0x02)) ^ repeated(0x3E))
            guard found == 0 else { return index }
            index += 8
        }
        return index
    }

    @inline(__always)
    private static func repeated(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

    /// Not 0 if one of the eight bytes is 0.
    @inline(__always)
    private static func zeroByte(_ word: UInt64) -> UInt64 {
        (word &- repeated(0x01)) & ~word & repeated(0x80)
    }

    @inline(__always)
    private static func replacement(for byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
