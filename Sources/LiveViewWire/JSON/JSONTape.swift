/// All values of a JSON text (RFC 8259) in one flat list, made in one pass: for those who must look at a value before
/// they know what the ones before it mean. It is used again for text after text, and then allocates nothing.
///
/// A value's own values follow it; ``Token/next`` is the one behind them all:
///
/// ```swift
/// var member = index + 1
/// while member < tape[index].next { use(tape[member].key); member = tape[member].next }
/// ```
package struct JSONTape: Sendable {
    /// What a reader of tapes puts up with.
    package struct Limits: Hashable, Sendable {
        package var json = JSONLimits()
        /// Values of one text; 28 bytes of memory each. Default: 4 million.
        package var maximumTokenCount = 4_000_000

        package init() {}
    }

    package struct Token: Sendable {
        package var kind: JSONKind
        /// Of a string: whether it has escapes.
        package var hasEscapes: Bool
        /// What it is the value of, in an object; see ``Key``.
        package var key: Key
        /// Where in the bytes it begins. A string begins with its quote.
        package var start: Int32
        package var end: Int32
        /// The index of the next value that is not part of this one.
        package var next: Int32
        /// Where the key's text begins, behind its quote. 0 in an array.
        package var keyStart: Int32
        package var keyByteCount: Int32

        @inlinable package var range: Range<Int> { Int(start)..<Int(end) }
        @inlinable package var byteCount: Int { Int(end &- start) }
        /// Of a string: what is between the quotes.
        package var text: JSONText { JSONText(content: (Int(start) &+ 1)..<(Int(end) &- 1), hasEscapes: hasEscapes) }
        package var keyRange: Range<Int> { Int(keyStart)..<Int(keyStart &+ keyByteCount) }
    }

    /// A member's key as a number: an index as it is, a word of up to three ASCII letters packed, below zero.
    package struct Key: Hashable, Sendable {
        package private(set) var code: Int32

        /// The key of a slot or an entry; nil if it is none.
        @inlinable package var index: Int? { code >= 0 ? Int(code) : nil }

        /// Elements of arrays, and keys that are neither indices nor short.
        package static let other = Key(code: -1)

        fileprivate init(code: Int32) { self.code = code }

        /// The key that says `word`: one to three ASCII letters.
        package init(_ word: StaticString) {
            var code: Int32 = 0
            // A static string's own bytes, for as long as the call lasts.
            word.withUTF8Buffer { for letter in $0.prefix(3) { code = code << 8 | Int32(letter) } }
            self.code = -code
        }

        fileprivate init(_ bytes: Span<UInt8>, _ text: JSONText) {
            self = .other
            guard !text.hasEscapes, (1...9).contains(text.content.count) else { return }
            if let index = text.index(bytes) {
                code = Int32(index)
            } else if text.content.count <= 3 {
                var packed: Int32 = 0
                for index in text.content { packed = packed << 8 | Int32(bytes[index] & 0x7f) }
                if packed > 1 { code = -packed }
            }
        }
    }

    package private(set) var tokens: [Token] = []
    /// Indices of the arrays and objects that are open.
    private var open: [Int32] = []

    package init() {}

    @inlinable package subscript(_ index: Int) -> Token { tokens[index] }
    @inlinable package var count: Int { tokens.count }

    /// Reads one value, in place of what is on the tape.
    package mutating func read(
        _ bytes: Span<UInt8>, in range: Range<Int>? = nil, limits: Limits = Limits()
    ) throws(JSONError) {
        tokens.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        let range = range ?? 0..<bytes.count
        guard range.upperBound < Int32.max else {
            throw JSONError(offset: 0, expected: "less than 2 GiB", actual: "\(range.upperBound) bytes")
        }
        var position = range.lowerBound
        try read(bytes, at: &position, end: range.upperBound, limits)
        JSONScanner.space(bytes, at: &position, end: range.upperBound)
        guard position == range.upperBound else {
            throw JSONScanner.error(bytes, at: position, end: range.upperBound, "the end")
        }
    }

    private mutating func read(
        _ bytes: Span<UInt8>, at position: inout Int, end: Int, _ limits: Limits
    ) throws(JSONError) {
        var token = Token(
            kind: .null, hasEscapes: false, key: .other, start: 0, end: 0, next: 0, keyStart: 0, keyByteCount: 0)
        while true {
            JSONScanner.space(bytes, at: &position, end: end)
            guard position < end else { throw JSONScanner.error(bytes, at: position, end: end, "a value") }
            guard tokens.count < limits.maximumTokenCount else {
                throw JSONError(
                    offset: position, expected: "at most \(limits.maximumTokenCount) values", actual: "more")
            }
            token.start = Int32(truncatingIfNeeded: position)
            let isOpened = try begin(&token, bytes, at: &position, end: end)
            token.end = Int32(truncatingIfNeeded: position)
            token.next = Int32(truncatingIfNeeded: tokens.count &+ 1)
            tokens.append(token)
            if isOpened {
                guard open.count < limits.json.maximumDepth else {
                    throw JSONScanner.tooDeep(at: position, maximumDepth: limits.json.maximumDepth)
                }
                open.append(token.next &- 1)
            } else {
                guard try closes(bytes, at: &position, end: end) else { return }
            }
            try key(of: &token, bytes, at: &position, end: end)
        }
    }

    /// Passes a value that is no array or object, or the beginning of one that is.
    /// - Returns: whether values of its own follow.
    @inline(__always)
    private func begin(
        _ token: inout Token, _ bytes: Span<UInt8>, at position: inout Int, end: Int
    ) throws(JSONError) -> Bool {
        token.hasEscapes = false
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\""):
            position &+= 1
            token.hasEscapes = try JSONScanner.string(bytes, at: &position, end: end).hasEscapes
            token.kind = .string
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            token.kind = byte == UInt8(ascii: "{") ? .object : .array
            position &+= 1
            JSONScanner.space(bytes, at: &position, end: end)
            // Either bracket's closing one is two behind it.
            guard position < end, bytes[position] == byte &+ 2 else { return true }
            position &+= 1
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            try JSONScanner.word(byte == UInt8(ascii: "t") ? "true" : "false", bytes, at: &position, end: end)
            token.kind = .boolean
        case UInt8(ascii: "n"):
            try JSONScanner.word("null", bytes, at: &position, end: end)
            token.kind = .null
        default:
            try JSONScanner.number(bytes, at: &position, end: end)
            token.kind = .number
        }
        return false
    }

    /// After a value: closes what ends, and passes the comma before the next.
    /// - Returns: false if nothing is open any more.
    @inline(__always)
    private mutating func closes(
        _ bytes: Span<UInt8>, at position: inout Int, end: Int
    ) throws(JSONError) -> Bool {
        while let last = open.last {
            let isObject = tokens[Int(last)].kind == .object
            JSONScanner.space(bytes, at: &position, end: end)
            let byte = position < end ? bytes[position] : 0
            if byte == UInt8(ascii: ",") {
                position &+= 1
                return true
            }
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw JSONScanner.error(
                    bytes, at: position, end: end, isObject ? "\",\" or \"}\"" : "\",\" or \"]\"")
            }
            position &+= 1
            tokens[Int(last)].end = Int32(truncatingIfNeeded: position)
            tokens[Int(last)].next = Int32(truncatingIfNeeded: tokens.count)
            open.removeLast()
        }
        return false
    }

    /// Before a value: its key, if it is in an object.
    @inline(__always)
    private func key(
        of token: inout Token, _ bytes: Span<UInt8>, at position: inout Int, end: Int
    ) throws(JSONError) {
        guard let last = open.last, tokens[Int(last)].kind == .object else {
            token.key = .other
            (token.keyStart, token.keyByteCount) = (0, 0)
            return
        }
        JSONScanner.space(bytes, at: &position, end: end)
        guard position < end, bytes[position] == UInt8(ascii: "\"") else {
            throw JSONScanner.error(bytes, at: position, end: end, "a key")
        }
        position &+= 1
        if Self.index(of: &token, bytes, at: &position, end: end) { return }
        let text = try JSONScanner.string(bytes, at: &position, end: end)
        token.key = Key(bytes, text)
        token.keyStart = Int32(truncatingIfNeeded: text.content.lowerBound)
        token.keyByteCount = Int32(truncatingIfNeeded: text.content.count)
        JSONScanner.space(bytes, at: &position, end: end)
        guard position < end, bytes[position] == UInt8(ascii: ":") else {
            throw JSONScanner.error(bytes, at: position, end: end, "\":\"")
        }
        position &+= 1
    }

    /// Passes a key that is an index, and its colon, if nothing is between: most keys of most messages.
    /// - Returns: false, and nothing is passed, for any other.
    @inline(__always)
    private static func index(
        of token: inout Token, _ bytes: Span<UInt8>, at position: inout Int, end: Int
    ) -> Bool {
        var place = position
        var value: Int32 = 0
        while place < end, place &- position < 9 {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ Int32(digit)
            place &+= 1
        }
        let count = place &- position
        guard count > 0, place &+ 1 < end, bytes[place] == UInt8(ascii: "\""), bytes[place &+ 1] == UInt8(ascii: ":"),
            count == 1 || bytes[position] != UInt8(ascii: "0")
        else { return false }
        token.key = Key(code: value)
        token.keyStart = Int32(truncatingIfNeeded: position)
        token.keyByteCount = Int32(truncatingIfNeeded: count)
        position = place &+ 2
        return true
    }

    // MARK: - Looking things up

    /// The value of an object's key; the last one where it comes twice, as in JavaScript.
    package func member(_ key: Key, of object: Int) -> Int? {
        guard tokens[object].kind == .object else { return nil }
        var found: Int?
        var member = object &+ 1
        let end = Int(tokens[object].next)
        while member < end {
            if tokens[member].key == key { found = member }
            member = Int(tokens[member].next)
        }
        return found
    }

    /// The value of an object's key of any length.
    package func member(named name: StaticString, of object: Int, _ bytes: Span<UInt8>) -> Int? {
        guard tokens[object].kind == .object else { return nil }
        var found: Int?
        var member = object &+ 1
        let end = Int(tokens[object].next)
        while member < end {
            let token = tokens[member]
            if token.keyByteCount == name.utf8CodeUnitCount,
                JSONText(content: token.keyRange, hasEscapes: false).equals(name, bytes)
            {
                found = member
            }
            member = Int(token.next)
        }
        return found
    }

    /// A number without fraction or exponent that fits an `Int`; nil for anything else.
    package func integer(_ index: Int, _ bytes: Span<UInt8>) -> Int? {
        let token = tokens[index]
        guard token.kind == .number else { return nil }
        guard token.byteCount < 10 else {
            var reader = JSONReader(token.range)
            return try? reader.integer(bytes)
        }
        // Nearly all: few digits, whose grammar was checked.
        let isNegative = bytes[Int(token.start)] == UInt8(ascii: "-")
        var value = 0
        for place in (isNegative ? Int(token.start) + 1 : Int(token.start))..<Int(token.end) {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return isNegative ? -value : value
    }

    /// A string's text; nil for anything else. Bytes that are no UTF-8 become U+FFFD.
    package func string(_ index: Int, _ bytes: Span<UInt8>) -> String? {
        tokens[index].kind == .string ? tokens[index].text.string(bytes) : nil
    }
}
