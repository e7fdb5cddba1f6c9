/// Writes JSON (RFC 8259) straight into bytes: keys stay in the order they are written in.
///
/// By hand, since Foundation's encoder neither keeps an order that is ours nor is quick enough for millions of lines.
struct JSONWriter {
    private(set) var bytes: [UInt8]
    private var needsComma = false

    /// - Parameter bytes: what is there already; the writer appends to it.
    init(appendingTo bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func object(_ body: (inout JSONWriter) -> Void) { enclosed("{", "}", body) }

    mutating func array(_ body: (inout JSONWriter) -> Void) { enclosed("[", "]", body) }

    mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.description.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ text: String) { string(utf8: Array(text.utf8)) }

    /// - Parameter utf8: valid UTF-8.
    mutating func string(utf8: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var begin = 0
        for position in utf8.indices {
            guard let escape = Self.escape(utf8[position], after: position > 0 ? utf8[position - 1] : 0) else {
                continue
            }
            bytes.append(contentsOf: utf8[begin..<(position - escape.replaced)])
            bytes.append(contentsOf: escape.text.utf8)
            begin = position + 1
        }
        bytes.append(contentsOf: utf8[begin...])
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    mutating func base64(_ data: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendBase64(of: data)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    mutating func number(_ value: some BinaryInteger) { literal(String(value)) }

    /// A number or another literal that is written already.
    mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func enclosed(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ body: (inout Self) -> Void) {
        separate()
        bytes.append(UInt8(ascii: opening))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: closing))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    /// What must, and what had better, be escaped: quote, backslash, and all control characters, C1 too (two bytes in
    /// UTF-8), since a line may end up on a terminal.
    private static func escape(_ byte: UInt8, after previous: UInt8) -> (text: String, replaced: Int)? {
        switch byte {
        case UInt8(ascii: "\""): ("\\\"", 0)
        case UInt8(ascii: "\\"): ("\\\\", 0)
        case 0x0a: ("\\n", 0)
        case 0x0d: ("\\r", 0)
        case 0x09: ("\\t", 0)
        case 0..<0x10: ("\\u000" + String(byte, radix: 16), 0)
        case 0x10..<0x20, 0x7f: ("\\u00" + String(byte, radix: 16), 0)
        case 0x80..<0xa0 where previous == 0xc2: ("\\u00" + String(byte, radix: 16), 1)
        default: nil
        }
    }

    private mutating func appendBase64(of data: [UInt8]) {
        let alphabet = Self.alphabet
        bytes.reserveCapacity(bytes.count + (data.count + 2) / 3 * 4)
        for begin in stride(from: 0, to: data.count, by: 3) {
            let second = begin + 1 < data.count ? data[begin + 1] : 0
            let third = begin + 2 < data.count ? data[begin + 2] : 0
            let bits = UInt32(data[begin]) << 16 | UInt32(second) << 8 | UInt32(third)
            bytes.append(alphabet[Int(bits >> 18)])
            bytes.append(alphabet[Int(bits >> 12 & 0x3f)])
            bytes.append(begin + 1 < data.count ? alphabet[Int(bits >> 6 & 0x3f)] : UInt8(ascii: "="))
            bytes.append(begin + 2 < data.count ? alphabet[Int(bits & 0x3f)] : UInt8(ascii: "="))
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
