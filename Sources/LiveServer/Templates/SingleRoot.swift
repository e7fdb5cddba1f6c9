import LiveViewWire

/// Whether a template is one element, whatever its slots hold: a component must be, for the client finds it by that.
enum SingleRoot {
    private enum State {
        case text
        /// Behind `<`: what it is, is not known yet.
        case markup
        case name
        case tag
        case quoted(UInt8)
        case comment(dashes: Int)
    }

    private static let voids: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]

    /// Blanks and comments may stand around the element.
    static func isSingle(_ statics: Statics) -> Bool {
        var scan = Scan()
        for part in 0..<statics.partCount {
            if part > 0, !scan.slot() { return false }
            for byte in statics[part] { if !scan.take(byte) { return false } }
        }
        return scan.roots == 1 && scan.depth == 0
    }

    private struct Scan {
        var roots = 0
        var depth = 0
        private var state = State.text
        private var name = ""
        private var isEnd = false
        private var last: UInt8 = 0

        /// A slot stands here.
        /// - Returns: whether it may.
        func slot() -> Bool {
            if case .text = state { return depth > 0 }
            return true
        }

        /// - Returns: whether it can still be one element.
        mutating func take(_ byte: UInt8) -> Bool {
            defer { last = byte }
            switch state {
            case .text:
                if byte == UInt8(ascii: "<") {
                    state = .markup
                } else if depth == 0, ![0x20, 0x09, 0x0a, 0x0d].contains(byte) {
                    return false
                }
            case .markup:
                if byte == UInt8(ascii: "!") {
                    state = .comment(dashes: 0)
                } else {
                    isEnd = byte == UInt8(ascii: "/")
                    name = isEnd ? "" : String(Unicode.Scalar(byte))
                    state = .name
                }
            case .name:
                switch byte {
                case UInt8(ascii: ">"): return endTag()
                case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "/"): state = .tag
                default: name.unicodeScalars.append(Unicode.Scalar(byte))
                }
            case .tag:
                switch byte {
                case UInt8(ascii: ">"): return endTag()
                case UInt8(ascii: "\""), UInt8(ascii: "'"): state = .quoted(byte)
                default: break
                }
            case .quoted(let quote):
                if byte == quote { state = .tag }
            case .comment(let dashes):
                if byte == UInt8(ascii: ">"), dashes >= 2 {
                    state = .text
                } else {
                    state = .comment(dashes: byte == UInt8(ascii: "-") ? dashes + 1 : 0)
                }
            }
            return true
        }

        private mutating func endTag() -> Bool {
            state = .text
            if isEnd {
                depth -= 1
                return depth >= 0
            }
            if depth == 0 { roots += 1 }
            if last != UInt8(ascii: "/"), !SingleRoot.voids.contains(name.lowercased()) { depth += 1 }
            return roots == 1
        }
    }
}
