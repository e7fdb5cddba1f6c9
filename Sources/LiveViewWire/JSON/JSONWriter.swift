/// Writes JSON (RFC 8259), without white space, to the end of some bytes.
///
/// It places the commas; that each object's value follows its key is the caller's part.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    /// Whether a comma must come before the next key or element.
    private var needsComma = false

    package init() { bytes = [] }

    /// With room for so many bytes.
    package init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Goes on behind bytes that there are.
    /// - Parameter bytes: taken, and left empty, so that nothing is copied.
    package init(taking bytes: inout [UInt8]) {
        self.bytes = []
        swap(&self.bytes, &bytes)
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    package mutating func key(_ key: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        // A static string's own bytes, for as long as the call lasts. Ours need no escape.
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
        needsComma = false
    }

    package mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func key(_ index: Int) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        decimal(index)
        bytes.append(contentsOf: "\":".utf8)
        needsComma = false
    }

    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string($0.span) }
    }

    /// A string of UTF-8. What must be escaped is (RFC 8259 section 7), and nothing else.
    package mutating func string(_ utf8: Span<UInt8>) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        var position = 0
        while position < utf8.count {
            let start = position
            JSONScanner.ordinary(utf8, at: &position, end: utf8.count)
            bytes.append(utf8, start..<position)
            guard position < utf8.count else { break }
            escape(utf8[position])
            position &+= 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func integer(_ value: Int) {
        comma()
        decimal(value)
    }

    package mutating func boolean(_ value: Bool) {
        comma()
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    package mutating func null() {
        comma()
        bytes.append(contentsOf: "null".utf8)
    }

    /// A value that is JSON already; that it is, is the caller's part.
    package mutating func raw(_ json: Span<UInt8>) {
        comma()
        bytes.append(json, 0..<json.count)
    }

    // MARK: - Taking back

    /// A place to come back to.
    struct Mark {
        fileprivate var count: Int
        fileprivate var needsComma: Bool
    }

    var mark: Mark { Mark(count: bytes.count, needsComma: needsComma) }

    /// Forgets what was written since the mark.
    mutating func rewind(to mark: Mark) {
        bytes.removeSubrange(mark.count...)
        needsComma = mark.needsComma
    }

    // MARK: -

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func begin(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func decimal(_ value: Int) {
        if (0..<10).contains(value) {
            bytes.append(UInt8(ascii: "0") &+ UInt8(value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        default:
            let digits = String(byte, radix: 16)
            bytes.append(contentsOf: (digits.count == 1 ? "u000" : "u00").utf8)
            bytes.append(contentsOf: digits.utf8)
        }
    }
}
