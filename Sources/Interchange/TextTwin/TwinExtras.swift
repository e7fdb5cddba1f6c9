/// The extras of a line: each is taken by the part of the record that it belongs to, and none may be left.
struct TwinExtras {
    private enum Value {
        case integer(TwinInteger)
        case bool(Bool)
        case text([UInt8])
        case null
    }

    private var values: [TwinExtra: (value: Value, place: Int)] = [:]
    private let line: TwinCursor

    /// Reads the object, if there is one.
    init(_ cursor: inout TwinCursor, isThere: Bool) throws(TextTwinError) {
        line = cursor
        guard isThere else { return }
        try cursor.expect("{", "extras")
        if cursor.take("}") { return }
        repeat {
            cursor.skipSpace()
            let place = cursor.position
            let word = try cursor.text("extras")
            guard let key = TwinExtra(rawValue: word) else {
                throw cursor.error("extras", expected: "a key that TextTwin.md has", at: place)
            }
            guard values[key] == nil else { throw cursor.error(word, expected: "no key twice", at: place) }
            try cursor.expect(":", word)
            cursor.skipSpace()
            values[key] = (try Self.value(&cursor, word), cursor.position)
        } while cursor.take(",")
        try cursor.expect("}", "extras")
    }

    private static func value(_ cursor: inout TwinCursor, _ part: String) throws(TextTwinError) -> Value {
        if cursor.peek() == UInt8(ascii: "\"") { return .text(try cursor.bytes(part)) }
        if cursor.takeWord("true") { return .bool(true) }
        if cursor.takeWord("false") { return .bool(false) }
        if cursor.takeWord("null") { return .null }
        return .integer(try cursor.integer(part))
    }

    // MARK: Taking

    private mutating func take(_ key: TwinExtra) -> (value: Value, place: Int)? { values.removeValue(forKey: key) }

    private func error(_ key: TwinExtra, _ place: Int, _ expected: String) -> TextTwinError {
        line.error(key.rawValue, expected: expected, at: place)
    }

    mutating func number(_ key: TwinExtra) throws(TextTwinError) -> UInt64? {
        guard let (value, place) = take(key) else { return nil }
        guard case .integer(let integer) = value, let number = integer.unsigned else {
            throw error(key, place, "a number from 0 as \(key.rawValue)")
        }
        return number
    }

    mutating func number<Number: FixedWidthInteger>(
        _ key: TwinExtra, as type: Number.Type, upTo limit: Number = .max
    ) throws(TextTwinError) -> Number? {
        guard let place = values[key]?.place, let number = try number(key) else { return nil }
        guard let small = Number(exactly: number), small <= limit else {
            throw error(key, place, "at most \(limit) as \(key.rawValue)")
        }
        return small
    }

    /// A number that is said by its difference to the expected one; the sum wraps around.
    mutating func number(_ key: TwinExtra, from expected: UInt64) throws(TextTwinError) -> UInt64 {
        guard let (value, place) = take(key) else { return expected }
        guard case .integer(let integer) = value, let difference = integer.signed else {
            throw error(key, place, "a difference of 64 bits as \(key.rawValue)")
        }
        return expected &+ UInt64(bitPattern: difference)
    }

    mutating func bool(_ key: TwinExtra, expected: Bool) throws(TextTwinError) -> Bool {
        guard let (value, place) = take(key) else { return expected }
        guard case .bool(let bool) = value else { throw error(key, place, "true or false as \(key.rawValue)") }
        return bool
    }

    mutating func text(_ key: TwinExtra) throws(TextTwinError) -> String? {
        guard let (value, place) = take(key) else { return nil }
        guard case .text(let text) = value else { throw error(key, place, "a string as \(key.rawValue)") }
        return String(decoding: text, as: UTF8.self)
    }

    mutating func bytes(_ key: TwinExtra, _ byteCounts: ClosedRange<Int>) throws(TextTwinError) -> [UInt8]? {
        guard let (value, place) = take(key) else { return nil }
        guard case .text(let text) = value, let bytes = TwinText.hexadecimal(text.span),
            byteCounts.contains(bytes.count)
        else {
            let lower = byteCounts.lowerBound * 2
            let digits = byteCounts.count == 1 ? "\(lower)" : "\(lower) to \(byteCounts.upperBound * 2)"
            throw error(key, place, "\(digits) hexadecimal digits as \(key.rawValue)")
        }
        return bytes
    }

    /// One of several words.
    mutating func word<Value>(
        _ key: TwinExtra, of values: [Value], _ word: (Value) -> String
    ) throws(TextTwinError) -> Value? {
        guard let place = self.values[key]?.place, let text = try text(key) else { return nil }
        guard let value = values.first(where: { word($0) == text }) else {
            throw error(key, place, "one of \(values.map(word).joined(separator: ", "))")
        }
        return value
    }

    mutating func takeFalse(_ key: TwinExtra) -> Bool {
        guard case .bool(false)? = values[key]?.value else { return false }
        values[key] = nil
        return true
    }

    mutating func takeNull(_ key: TwinExtra) -> Bool {
        guard case .null? = values[key]?.value else { return false }
        values[key] = nil
        return true
    }

    /// - Throws: if something is left that no part of the record asked for.
    func expectNone(_ kind: TwinKind) throws(TextTwinError) {
        guard let (key, entry) = values.min(by: { $0.value.place < $1.value.place }) else { return }
        throw error(key, entry.place, "no \(key.rawValue) in a line of kind \(kind.word)")
    }
}
