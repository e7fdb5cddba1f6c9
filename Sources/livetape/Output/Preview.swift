/// Makes text from a recording harmless on a terminal and cuts it to a width.
///
/// Recorded bytes are foreign: an escape sequence among them could recolour, retitle or even command the terminal.
/// Control characters become their pictures (U+2400), invisible and direction-changing ones their `\u{…}`.
struct Preview {
    private(set) var text = ""
    private var columnsLeft: Int
    private var isCut = false

    /// - Parameter columns: the most columns; nil for all of it.
    init(columns: Int?) { columnsLeft = columns ?? .max }

    static func of(utf8 bytes: some Sequence<UInt8>, columns: Int?) -> String {
        var preview = Preview(columns: columns)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): guard preview.append(scalar) else { break decoding }
            case .error: guard preview.append("\u{fffd}") else { break decoding }
            case .emptyInput: break decoding
            }
        }
        return preview.finished()
    }

    static func of(_ string: String, columns: Int? = nil) -> String { of(utf8: string.utf8, columns: columns) }

    /// "83 a4 6a 6f …"
    static func hexadecimal(_ bytes: some Sequence<UInt8>, columns: Int?) -> String {
        var preview = Preview(columns: columns)
        for byte in bytes {
            let digits = String(byte, radix: 16)
            guard preview.append(contentsOf: (digits.count == 1 ? "0" : "") + digits + " ") else { break }
        }
        return preview.finished()
    }

    private mutating func append(contentsOf string: String) -> Bool {
        string.unicodeScalars.allSatisfy { append($0) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) -> Bool {
        let shown = Self.harmless(scalar)
        let width = shown.unicodeScalars.reduce(0) { $0 + Self.columns(of: $1) }
        // One column stays free for the sign that says "cut here".
        guard width < columnsLeft || columnsLeft == .max else {
            isCut = true
            return false
        }
        if columnsLeft != .max { columnsLeft -= width }
        text += shown
        return true
    }

    private func finished() -> String { isCut ? text + "…" : text }

    private static func harmless(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0..<0x20:
            return Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "?"
        case 0x7f:
            return "\u{2421}"
        case 0x80..<0xa0, 0xad, 0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xe0000...0xe0fff:
            return "\\u{\(String(scalar.value, radix: 16))}"
        default:
            return String(scalar)
        }
    }

    /// A short form of Unicode's East Asian Width: enough that a line is not longer than the terminal.
    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x300: 1
        case 0x300...0x36f, 0x20d0...0x20ff, 0xfe00...0xfe0f: 0
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1faff, 0x20000...0x3fffd:
            2
        default: 1
        }
    }
}
