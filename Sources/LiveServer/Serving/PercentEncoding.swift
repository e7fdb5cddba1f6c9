/// Percent-encoded text of URLs and forms (RFC 3986 section 2.1, application/x-www-form-urlencoded).
package enum PercentEncoding {
    /// Decodes `%41`; what is no such triplet stays as it is. Bytes that are not UTF-8 become U+FFFD.
    /// - Parameter plusIsSpace: as in forms and queries.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        guard text.utf8.contains(where: { $0 == 0x25 || plusIsSpace && $0 == 0x2b }) else { return String(text) }
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2, let high = digit(rest[rest.startIndex]),
                let low = digit(rest[rest.startIndex + 1])
            {
                decoded.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte == 0x2b && plusIsSpace ? 0x20 : byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The pairs of a query or a form, in order; a name without `=` has an empty value.
    package static func parameters(of text: some StringProtocol) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let mark = pair.firstIndex(of: "=") ?? pair.endIndex
            let name = decode(pair[..<mark], plusIsSpace: true)
            return (name, decode(pair[mark...].dropFirst(), plusIsSpace: true))
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
