/// The grammar of JSON (RFC 8259) over bytes: each function moves `position` behind what it names, or throws.
enum JSONScanner {
    /// Passes one value of any kind. It does not recurse: what is open is a bit each, set for an object.
    static func value(
        _ bytes: Span<UInt8>, at position: inout Int, end: Int, depth: Int, maximumDepth: Int
    ) throws(JSONError) {
        var open = OpenBrackets()
        while true {
            space(bytes, at: &position, end: end)
            guard position < end else { throw error(bytes, at: position, end: end, "a value") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position &+= 1
                _ = try string(bytes, at: &position, end: end)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth &+ open.count < maximumDepth else {
                    throw tooDeep(at: position, maximumDepth: maximumDepth)
                }
                let isObject = bytes[position] == UInt8(ascii: "{")
                position &+= 1
                space(bytes, at: &position, end: end)
                if position < end, bytes[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    position &+= 1
                } else {
                    open.push(isObject)
                    if isObject { try key(bytes, at: &position, end: end) }
                    continue
                }
            case UInt8(ascii: "t"):
                try word("true", bytes, at: &position, end: end)
            case UInt8(ascii: "f"):
                try word("false", bytes, at: &position, end: end)
            case UInt8(ascii: "n"):
                try word("null", bytes, at: &position, end: end)
            default:
                try number(bytes, at: &position, end: end)
            }
            if try !continues(after: &open, bytes, at: &position, end: end) { return }
        }
    }

    /// After a value: closes what ends, and passes the comma, and the key if there is one, before the next value.
    /// - Returns: false if nothing is open any more.
    @inline(__always)
    private static func continues(
        after open: inout OpenBrackets, _ bytes: Span<UInt8>, at position: inout Int, end: Int
    ) throws(JSONError) -> Bool {
        while open.count > 0 {
            let isObject = open.isObject
            space(bytes, at: &position, end: end)
            let byte = position < end ? bytes[position] : 0
            if byte == UInt8(ascii: ",") {
                position &+= 1
                if isObject { try key(bytes, at: &position, end: end) }
                return true
            }
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw error(bytes, at: position, end: end, isObject ? "\",\" or \"}\"" : "\",\" or \"]\"")
            }
            position &+= 1
            open.pop()
        }
        return false
    }

    @inline(__always)
    private static func key(_ bytes: Span<UInt8>, at position: inout Int, end: Int) throws(JSONError) {
        space(bytes, at: &position, end: end)
        guard position < end, bytes[position] == UInt8(ascii: "\"") else {
            throw error(bytes, at: position, end: end, "a key")
        }
        position &+= 1
        _ = try string(bytes, at: &position, end: end)
        space(bytes, at: &position, end: end)
        guard position < end, bytes[position] == UInt8(ascii: ":") else {
            throw error(bytes, at: position, end: end, "\":\"")
        }
        position &+= 1
    }

    /// Passes a string whose opening quote is passed already (RFC 8259 section 7).
    @inline(__always)
    static func string(_ bytes: Span<UInt8>, at position: inout Int, end: Int) throws(JSONError) -> JSONText {
        let start = position
        var hasEscapes = false
        while true {
            ordinary(bytes, at: &position, end: end)
            guard position < end else { throw error(bytes, at: position, end: end, "the end of a string") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position &+= 1
                return JSONText(content: start..<(position &- 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try escape(bytes, at: &position, end: end)
            default:
                throw error(bytes, at: position, end: end, "no control character in a string")
            }
        }
    }

    /// Passes what stands for itself in a string: up to a quote, a backslash or a control character.
    @inline(__always)
    static func ordinary(_ bytes: Span<UInt8>, at position: inout Int, end: Int) {
        let raw = bytes.bytes
        while position &+ 8 <= end {
            let word = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))  // plain numbers
            let found = marks(in: word)
            if found != 0 {
                position &+= found.trailingZeroBitCount >> 3
                return
            }
            position &+= 8
        }
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            position &+= 1
        }
    }

    /// The high bit of each byte that is a quote, a backslash or a control character. Bits above the lowest one may be
    /// wrong: the subtractions borrow.
    @inline(__always)
    private static func marks(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let hits =
            ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
        return hits & (ones &* 0x80)
    }

    private static func escape(_ bytes: Span<UInt8>, at position: inout Int, end: Int) throws(JSONError) {
        guard position &+ 1 < end else { throw error(bytes, at: end, end: end, "the rest of an escape") }
        switch bytes[position &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
        case UInt8(ascii: "u"):
            for index in (position &+ 2)..<(position &+ 6) {
                guard index < end, hexDigit(bytes[index]) != nil else {
                    throw error(bytes, at: index, end: end, "a hexadecimal digit")
                }
            }
            position &+= 6
        default:
            throw error(bytes, at: position &+ 1, end: end, "one of \"\\/bfnrtu after a backslash")
        }
    }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }

    // MARK: - Numbers, words, white space

    @inline(__always)
    static func beginsNumber(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || isDigit(byte) }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Passes a number (RFC 8259 section 6).
    static func number(_ bytes: Span<UInt8>, at position: inout Int, end: Int) throws(JSONError) {
        guard position < end, beginsNumber(bytes[position]) else {
            throw error(bytes, at: position, end: end, "a value")
        }
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        if position < end, bytes[position] == UInt8(ascii: "0") {
            position &+= 1
        } else {
            try digits(bytes, at: &position, end: end)
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            try digits(bytes, at: &position, end: end)
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try digits(bytes, at: &position, end: end)
        }
    }

    private static func digits(_ bytes: Span<UInt8>, at position: inout Int, end: Int) throws(JSONError) {
        guard position < end, isDigit(bytes[position]) else { throw error(bytes, at: position, end: end, "a digit") }
        while position < end, isDigit(bytes[position]) { position &+= 1 }
    }

    static func word(
        _ word: StaticString, _ bytes: Span<UInt8>, at position: inout Int, end: Int
    ) throws(JSONError) {
        let count = word.utf8CodeUnitCount
        var matches = end &- position >= count
        // A static string's own bytes, for as long as the call lasts.
        word.withUTF8Buffer { letters in
            for index in 0..<count where matches { matches = bytes[position &+ index] == letters[index] }
        }
        guard matches else { throw error(bytes, at: position, end: end, "\(word)") }
        position &+= count
    }

    @inline(__always)
    static func space(_ bytes: Span<UInt8>, at position: inout Int, end: Int) {
        while position < end {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            position &+= 1
        }
    }

    // MARK: - Errors

    static func error(_ bytes: Span<UInt8>, at position: Int, end: Int, _ expected: String) -> JSONError {
        guard position < end else { return JSONError(offset: end, expected: expected, actual: "the end") }
        let byte = bytes[position]
        let actual = (0x20..<0x7f).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
        return JSONError(offset: position, expected: expected, actual: actual)
    }

    static func tooDeep(at position: Int, maximumDepth: Int) -> JSONError {
        JSONError(
            offset: position, expected: "at most \(maximumDepth) arrays and objects in one another", actual: "more")
    }
}

/// What is open around a value: a bit each, set for an object; at most 512.
private struct OpenBrackets {
    private var words = SIMD8<UInt64>(repeating: 0)
    private(set) var count = 0
    /// Whether the innermost is an object.
    private(set) var isObject = false

    mutating func push(_ isObject: Bool) {
        self.isObject = isObject
        let bit: UInt64 = 1 << UInt64(count & 63)
        if isObject { words[(count >> 6) & 7] |= bit } else { words[(count >> 6) & 7] &= ~bit }
        count &+= 1
    }

    mutating func pop() {
        count &-= 1
        guard count > 0 else { return }
        let index = count &- 1
        isObject = words[(index >> 6) & 7] & (1 << UInt64(index & 63)) != 0
    }
}
