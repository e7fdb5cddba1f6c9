/// Reads JSON (RFC 8259) step by step and builds nothing: it tells where values are, and steps over those that nobody
/// asks for. Whatever it passes is checked against the grammar.
///
/// It is given the same bytes anew with each call, and keeps its place. That text is UTF-8 is the message's business
/// (RFC 6455 section 8.1): bytes from 0x80 up pass.
///
/// ```swift
/// try reader.beginObject(bytes)
/// while let key = try reader.nextKey(bytes) { values[key] = try reader.skip(bytes) }
/// ```
package struct JSONReader: Sendable {
    /// Where the next byte is.
    package private(set) var position: Int
    private let end: Int
    private let maximumDepth: Int
    private var depth = 0
    /// Whether the innermost open array or object has had no member yet.
    private var isAtFirstMember = false

    /// - Parameter range: where in the bytes of each call the JSON is.
    package init(_ range: Range<Int>, limits: JSONLimits = JSONLimits()) {
        position = range.lowerBound
        end = range.upperBound
        maximumDepth = limits.maximumDepth
    }

    // MARK: - What comes next

    /// The kind of the next value, which stays to be read.
    package mutating func kind(_ bytes: Span<UInt8>) throws(JSONError) -> JSONKind {
        skipSpace(bytes)
        guard position < end else { throw error(bytes, "a value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: throw error(bytes, "a value")
        }
    }

    /// Checks that nothing but white space follows the value read.
    package mutating func finish(_ bytes: Span<UInt8>) throws(JSONError) {
        skipSpace(bytes)
        guard position == end else { throw error(bytes, "the end") }
    }

    // MARK: - Arrays and objects

    package mutating func beginObject(_ bytes: Span<UInt8>) throws(JSONError) {
        try begin(UInt8(ascii: "{"), "an object", bytes)
    }

    /// The next member's key, after which its value must be read; nil at the object's end, which is then passed.
    package mutating func nextKey(_ bytes: Span<UInt8>) throws(JSONError) -> JSONText? {
        guard try beginMember(before: UInt8(ascii: "}"), "\",\" or \"}\"", bytes) else { return nil }
        let key = try string(bytes)
        skipSpace(bytes)
        guard position < end, bytes[position] == UInt8(ascii: ":") else { throw error(bytes, "\":\"") }
        position += 1
        return key
    }

    package mutating func beginArray(_ bytes: Span<UInt8>) throws(JSONError) {
        try begin(UInt8(ascii: "["), "an array", bytes)
    }

    /// Whether there is another element, which must then be read; at the array's end, which is then passed, false. Then
    /// it must not be asked again: it would be the array around this one that answers.
    package mutating func nextElement(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        try beginMember(before: UInt8(ascii: "]"), "\",\" or \"]\"", bytes)
    }

    /// Steps over what is left of the innermost open array.
    package mutating func skipRestOfArray(_ bytes: Span<UInt8>) throws(JSONError) {
        while try nextElement(bytes) { try skip(bytes) }
    }

    private mutating func begin(_ bracket: UInt8, _ expected: String, _ bytes: Span<UInt8>) throws(JSONError) {
        skipSpace(bytes)
        guard position < end, bytes[position] == bracket else { throw error(bytes, expected) }
        guard depth < maximumDepth else { throw tooDeep() }
        position += 1
        depth += 1
        isAtFirstMember = true
    }

    private mutating func beginMember(
        before bracket: UInt8, _ expected: String, _ bytes: Span<UInt8>
    ) throws(JSONError) -> Bool {
        skipSpace(bytes)
        guard position < end else { throw error(bytes, expected) }
        if bytes[position] == bracket {
            position += 1
            depth -= 1
            isAtFirstMember = false
            return false
        }
        if !isAtFirstMember {
            guard bytes[position] == UInt8(ascii: ",") else { throw error(bytes, expected) }
            position += 1
            skipSpace(bytes)
        }
        isAtFirstMember = false
        return true
    }

    // MARK: - Single values

    package mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> JSONText {
        skipSpace(bytes)
        guard position < end, bytes[position] == UInt8(ascii: "\"") else { throw error(bytes, "a string") }
        position += 1
        isAtFirstMember = false
        return try JSONScanner.string(bytes, at: &position, end: end)
    }

    /// A string, or nil for `null`.
    package mutating func stringOrNull(_ bytes: Span<UInt8>) throws(JSONError) -> JSONText? {
        skipSpace(bytes)
        guard position < end else { throw error(bytes, "a string or null") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return try string(bytes)
        case UInt8(ascii: "n"):
            try JSONScanner.word("null", bytes, at: &position, end: end)
            isAtFirstMember = false
            return nil
        default:
            throw error(bytes, "a string or null")
        }
    }

    /// A number without fraction or exponent that fits an `Int`.
    package mutating func integer(_ bytes: Span<UInt8>) throws(JSONError) -> Int {
        skipSpace(bytes)
        let start = position
        guard position < end, JSONScanner.beginsNumber(bytes[position]) else { throw error(bytes, "an integer") }
        let isNegative = bytes[position] == UInt8(ascii: "-")
        try JSONScanner.number(bytes, at: &position, end: end)
        isAtFirstMember = false
        var value = 0
        for index in (isNegative ? start + 1 : start)..<position {
            let digit = Int(bytes[index]) - Int(UInt8(ascii: "0"))
            let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            guard (0...9).contains(digit), !overflows, !overflowsToo else {
                throw JSONError(offset: start, expected: "an integer of at most 64 bits", actual: "another number")
            }
            value = sum
        }
        return value
    }

    package mutating func boolean(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        skipSpace(bytes)
        let isTrue = position < end && bytes[position] == UInt8(ascii: "t")
        guard isTrue || position < end && bytes[position] == UInt8(ascii: "f") else {
            throw error(bytes, "true or false")
        }
        try JSONScanner.word(isTrue ? "true" : "false", bytes, at: &position, end: end)
        isAtFirstMember = false
        return isTrue
    }

    /// Steps over the next value, whatever it is.
    /// - Returns: where it is, without the white space around it.
    @discardableResult
    package mutating func skip(_ bytes: Span<UInt8>) throws(JSONError) -> Range<Int> {
        skipSpace(bytes)
        let start = position
        try JSONScanner.value(bytes, at: &position, end: end, depth: depth, maximumDepth: maximumDepth)
        isAtFirstMember = false
        return start..<position
    }

    // MARK: -

    @inline(__always)
    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        JSONScanner.space(bytes, at: &position, end: end)
    }

    private func error(_ bytes: Span<UInt8>, _ expected: String) -> JSONError {
        JSONScanner.error(bytes, at: position, end: end, expected)
    }

    private func tooDeep() -> JSONError {
        JSONScanner.tooDeep(at: position, maximumDepth: maximumDepth)
    }
}
