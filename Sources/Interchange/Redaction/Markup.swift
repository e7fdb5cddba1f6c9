/// As much of HTML as it takes to find the attributes of a tag, or of a piece of one.
enum Markup {
    struct Attribute {
        var name: [UInt8]
        /// Where the value is, without quotes.
        var range: Range<Int>
        /// The value as it is written.
        var value: [UInt8]
    }

    struct Tag {
        /// Empty for a piece of a tag whose beginning is elsewhere.
        var name: [UInt8]
        var attributes: [Attribute]
    }

    /// The tags of a text, and first the attributes before any tag.
    static func tags(in bytes: [UInt8]) -> [Tag] {
        var tags: [Tag] = []
        var position = 0
        let loose = attributes(in: bytes, from: &position, isTag: false)
        if !loose.isEmpty { tags.append(Tag(name: [], attributes: loose)) }
        while position < bytes.count {
            guard bytes[position] == 0x3c, position + 1 < bytes.count, isLetter(bytes[position + 1]) else {
                position += 1
                continue
            }
            position += 1
            let start = position
            while position < bytes.count, isName(bytes[position]) { position += 1 }
            let name = bytes[start..<position].map { $0 | 0x20 }
            let found = attributes(in: bytes, from: &position, isTag: true)
            if !found.isEmpty { tags.append(Tag(name: name, attributes: found)) }
        }
        return tags
    }

    /// The attributes of one tag, or piece of a tag.
    static func attributes(in bytes: [UInt8]) -> [Attribute] {
        var position = 0
        if bytes.first == 0x3c {
            position = 1
            while position < bytes.count, isName(bytes[position]) { position += 1 }
            return attributes(in: bytes, from: &position, isTag: true)
        }
        return attributes(in: bytes, from: &position, isTag: false)
    }

    /// Whether the text ends behind `value="`.
    static func endsInOpenValue(_ bytes: [UInt8]) -> Bool {
        guard let quote = bytes.last, quote == 0x22 || quote == 0x27 else { return false }
        return bytes.dropLast().suffix(6).map { $0 | 0x20 } == Array("value=".utf8).map { $0 | 0x20 }
    }

    /// - Parameters:
    ///   - position: moved to the end of the tag, or, outside of one, to the first `<`.
    ///   - isTag: within a tag a value need not be quoted, and a `>` ends it.
    private static func attributes(in bytes: [UInt8], from position: inout Int, isTag: Bool) -> [Attribute] {
        var attributes: [Attribute] = []
        var name = 0..<0
        while position < bytes.count {
            let byte = bytes[position]
            if isName(byte) {
                let start = position
                while position < bytes.count, isName(bytes[position]) { position += 1 }
                name = start..<position
            } else if byte == 0x3d, !name.isEmpty {
                position += 1
                while position < bytes.count, isTag, isBlank(bytes[position]) { position += 1 }
                guard let range = value(in: bytes, from: &position, isTag: isTag) else { continue }
                attributes.append(
                    Attribute(name: bytes[name].map(lower), range: range, value: Array(bytes[range])))
                name = 0..<0
            } else if byte == 0x3c || (byte == 0x3e && isTag) {
                return attributes
            } else {
                if !isBlank(byte) { name = 0..<0 }
                position += 1
            }
        }
        return attributes
    }

    private static func value(in bytes: [UInt8], from position: inout Int, isTag: Bool) -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let quote = bytes[position]
        if quote == 0x22 || quote == 0x27 {
            position += 1
            let start = position
            while position < bytes.count, bytes[position] != quote { position += 1 }
            defer { position = min(position + 1, bytes.count) }
            return start..<position
        }
        guard isTag else { return nil }
        let start = position
        while position < bytes.count, !isBlank(bytes[position]), bytes[position] != 0x3e { position += 1 }
        return start < position ? start..<position : nil
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3a, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x40: true
        default: false
        }
    }
}
