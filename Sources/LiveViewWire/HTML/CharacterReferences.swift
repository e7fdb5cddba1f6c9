/// Character references (HTML section 13.2.5.72), as far as servers write them: by number, and the names that escaping
/// makes. Other names stay as they are.
enum CharacterReferences {
    private static let names: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{a0}",
    ]

    static func resolved(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            if bytes[position] == UInt8(ascii: "&"), let (scalar, end) = reference(bytes, position, range.upperBound) {
                text.append(contentsOf: String(Character(scalar)).utf8)
                position = end
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The character that a reference stands for, and where it ends; nil if there is none.
    private static func reference(
        _ bytes: Span<UInt8>, _ start: Int, _ end: Int
    ) -> (Unicode.Scalar, Int)? {
        var semicolon = start + 1
        while semicolon < min(end, start + 12), bytes[semicolon] != UInt8(ascii: ";") { semicolon += 1 }
        guard semicolon < end, bytes[semicolon] == UInt8(ascii: ";") else { return nil }
        let name = String(decoding: [UInt8](copying: bytes, (start + 1)..<semicolon), as: UTF8.self)
        if let scalar = names[name] { return (scalar, semicolon + 1) }
        guard name.hasPrefix("#") else { return nil }
        let isHex = name.hasPrefix("#x") || name.hasPrefix("#X")
        guard let number = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10) else { return nil }
        return (Unicode.Scalar(number) ?? "\u{FFFD}", semicolon + 1)
    }
}
