/// Finds the tags of HTML, whatever state that is in: templates' parts begin and end anywhere.
package struct TagScanner {
    package struct Tag: Sendable {
        package var name: String
        package var isStart: Bool
        package var attributes: [(name: String, value: String)]
        /// Where it begins.
        package var start: Int
        /// Behind its `>`.
        package var end: Int

        package subscript(_ attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
    }

    private let bytes: [UInt8]
    private var position: Int
    /// The comments that were passed since the last tag.
    package private(set) var comments: [String] = []

    package init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        position = start
    }

    /// The next tag that is whole; nil at the end, or where a tag begins that does not end.
    package mutating func next() -> Tag? {
        comments.removeAll(keepingCapacity: true)
        while let open = bytes[min(position, bytes.count)...].firstIndex(of: UInt8(ascii: "<")) {
            position = open
            if starts("<!--") {
                guard let end = find("-->", from: open + 4) else { return nil }
                comments.append(text((open + 4)..<end))
                position = end + 3
                continue
            }
            if let tag = tag(at: open) { return tag }
            guard position > open else { return nil }
        }
        return nil
    }

    private mutating func tag(at open: Int) -> Tag? {
        var index = open + 1
        let isStart = index < bytes.count && bytes[index] != UInt8(ascii: "/")
        if !isStart { index += 1 }
        guard index < bytes.count, isLetter(bytes[index]) else {
            position = open + 1
            return nil
        }
        let name = word(&index)
        var tag = Tag(name: name.lowercased(), isStart: isStart, attributes: [], start: open, end: open)
        while true {
            while index < bytes.count, isSpace(bytes[index]) || bytes[index] == UInt8(ascii: "/") { index += 1 }
            guard index < bytes.count else {
                position = open
                return nil
            }
            if bytes[index] == UInt8(ascii: ">") {
                tag.end = index + 1
                position = index + 1
                return tag
            }
            let start = index
            let attribute = word(&index).lowercased()
            var value = ""
            if index < bytes.count, bytes[index] == UInt8(ascii: "=") {
                index += 1
                guard let found = self.value(&index) else {
                    position = open
                    return nil
                }
                value = found
            }
            if index == start { index += 1 }
            tag.attributes.append((attribute, value))
        }
    }

    private func value(_ index: inout Int) -> String? {
        guard index < bytes.count else { return nil }
        let quote = bytes[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return word(&index) }
        guard let end = bytes[(index + 1)...].firstIndex(of: quote) else { return nil }
        let value = text((index + 1)..<end)
        index = end + 1
        return value
    }

    private func word(_ index: inout Int) -> String {
        let start = index
        while index < bytes.count, !isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">"),
            bytes[index] != UInt8(ascii: "="), bytes[index] != UInt8(ascii: "/") || index == start
        { index += 1 }
        return text(start..<index)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    /// A slot between parts (1, see ``PathName``) stands where attributes do, or in quotes: `<input` slot `>`.
    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 1 || (0x09...0x0d).contains(byte) }
    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private func starts(_ word: String) -> Bool {
        bytes[position...].starts(with: word.utf8)
    }

    private func find(_ word: String, from start: Int) -> Int? {
        let letters = Array(word.utf8)
        guard bytes.count >= letters.count, start <= bytes.count - letters.count else { return nil }
        return (start...(bytes.count - letters.count)).first { bytes[$0..<($0 + letters.count)].elementsEqual(letters) }
    }
}
