/// Why HTML cannot be read as the tree that its text shows.
package struct HTMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the bytes given, from 0.
    package var offset: Int
    package var expected: String
    package var actual: String

    package var description: String { "byte \(offset): expected \(expected), found \(actual)" }
}

/// A tag, text or comment of HTML.
package enum HTMLToken: Hashable, Sendable {
    case startTag(name: String, attributes: [HTMLAttribute], isSelfClosing: Bool)
    case endTag(name: String)
    /// Character references are resolved, but in `script` and `style`, which have none.
    case text(String)
    case comment(String)
    case doctype
}

package struct HTMLAttribute: Hashable, Sendable {
    /// In lower case.
    package var name: String
    /// Character references are resolved. Empty for a bare name.
    package var value: String

    package init(_ name: String, _ value: String = "") {
        self.name = name
        self.value = value
    }
}

/// Cuts the HTML that templates make into tokens. It is strict: a tag must end, quotes must close. The HTML standard
/// (section 13.2.5) goes on after such errors; what a live view sends has none.
package struct HTMLTokenizer: Sendable {
    /// Where the next token begins.
    package private(set) var position = 0
    /// The element whose content is text up to its end tag, if we are within one.
    private var rawElement: String?

    package init() {}

    /// The next token; nil at the end.
    package mutating func next(_ bytes: Span<UInt8>) throws(HTMLError) -> HTMLToken? {
        guard position < bytes.count else { return nil }
        if let name = rawElement {
            rawElement = nil
            if let text = rawText(of: name, bytes) { return text }
        }
        guard beginsMarkup(bytes) else { return text(bytes) }
        switch bytes[position + 1] {
        case UInt8(ascii: "/"): return try endTag(bytes)
        case UInt8(ascii: "!"): return try declaration(bytes)
        default: return try startTag(bytes)
        }
    }

    /// A `<` that is followed by no name is text (HTML section 13.2.5.6).
    private func beginsMarkup(_ bytes: Span<UInt8>) -> Bool {
        guard bytes[position] == UInt8(ascii: "<"), position + 1 < bytes.count else { return false }
        let next = bytes[position + 1]
        return next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || isLetter(next)
    }

    private mutating func text(_ bytes: Span<UInt8>) -> HTMLToken {
        let start = position
        repeat { position += 1 } while position < bytes.count && !beginsMarkup(bytes)
        return .text(CharacterReferences.resolved(bytes, start..<position))
    }

    /// The text of an element that holds no tags; nil if it is empty.
    private mutating func rawText(of name: String, _ bytes: Span<UInt8>) -> HTMLToken? {
        let start = position
        let end = Array("</\(name)".utf8)
        while position < bytes.count {
            var matches = position + end.count <= bytes.count
            for index in end.indices where matches { matches = lower(bytes[position + index]) == end[index] }
            if matches { break }
            position += 1
        }
        guard position > start else { return nil }
        guard name == "script" || name == "style" else {
            return .text(CharacterReferences.resolved(bytes, start..<position))
        }
        return .text(String(decoding: [UInt8](copying: bytes, start..<position), as: UTF8.self))
    }

    // MARK: - Tags

    private mutating func startTag(_ bytes: Span<UInt8>) throws(HTMLError) -> HTMLToken {
        position += 1
        let name = self.name(bytes)
        var attributes: [HTMLAttribute] = []
        while true {
            skipSpace(bytes)
            guard position < bytes.count else { throw error(bytes, "the end of <\(name)>") }
            switch bytes[position] {
            case UInt8(ascii: ">"):
                position += 1
                if ["script", "style", "textarea", "title"].contains(name) { rawElement = name }
                return .startTag(name: name, attributes: attributes, isSelfClosing: false)
            case UInt8(ascii: "/"):
                position += 1
                guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else {
                    throw error(bytes, "\">\" after \"/\" in <\(name)>")
                }
                position += 1
                return .startTag(name: name, attributes: attributes, isSelfClosing: true)
            default:
                attributes.append(try attribute(of: name, bytes))
            }
        }
    }

    private mutating func attribute(of element: String, _ bytes: Span<UInt8>) throws(HTMLError) -> HTMLAttribute {
        let name = self.name(bytes)
        guard !name.isEmpty else { throw error(bytes, "an attribute of <\(element)>") }
        skipSpace(bytes)
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return HTMLAttribute(name) }
        position += 1
        skipSpace(bytes)
        guard position < bytes.count else { throw error(bytes, "a value of \(name)") }
        let quote = bytes[position]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = position
            while position < bytes.count, !isSpace(bytes[position]), bytes[position] != UInt8(ascii: ">") {
                position += 1
            }
            return HTMLAttribute(name, CharacterReferences.resolved(bytes, start..<position))
        }
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote { position += 1 }
        guard position < bytes.count else { throw error(bytes, "the closing quote of \(name)") }
        position += 1
        return HTMLAttribute(name, CharacterReferences.resolved(bytes, start..<(position - 1)))
    }

    private mutating func endTag(_ bytes: Span<UInt8>) throws(HTMLError) -> HTMLToken {
        position += 2
        let name = self.name(bytes)
        skipSpace(bytes)
        guard !name.isEmpty, position < bytes.count, bytes[position] == UInt8(ascii: ">") else {
            throw error(bytes, "the end of </\(name)>")
        }
        position += 1
        return .endTag(name: name)
    }

    private mutating func declaration(_ bytes: Span<UInt8>) throws(HTMLError) -> HTMLToken {
        guard starts(with: "<!--", bytes) else {
            while position < bytes.count, bytes[position] != UInt8(ascii: ">") { position += 1 }
            guard position < bytes.count else { throw error(bytes, "the end of <!") }
            position += 1
            return .doctype
        }
        position += 4
        let start = position
        while position < bytes.count, !starts(with: "-->", bytes) { position += 1 }
        guard position < bytes.count else { throw error(bytes, "the end of a comment") }
        position += 3
        return .comment(String(decoding: [UInt8](copying: bytes, start..<(position - 3)), as: UTF8.self))
    }

    // MARK: - Letters

    /// A name of an element or attribute, in lower case.
    private mutating func name(_ bytes: Span<UInt8>) -> String {
        var name: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            guard !isSpace(byte), byte != UInt8(ascii: ">"), byte != UInt8(ascii: "/"), byte != UInt8(ascii: "=")
            else { break }
            name.append(lower(byte))
            position += 1
        }
        return String(decoding: name, as: UTF8.self)
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    private func starts(with text: String, _ bytes: Span<UInt8>) -> Bool {
        var index = position
        for byte in text.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    private func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private func error(_ bytes: Span<UInt8>, _ expected: String) -> HTMLError {
        let actual = position < bytes.count ? "\"\(Character(Unicode.Scalar(bytes[position])))\"" : "the end"
        return HTMLError(offset: position, expected: expected, actual: actual)
    }
}
