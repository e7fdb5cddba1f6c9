/// A JSON value that was built, for the small things that are kept: params, event values, replies.
package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// The number as it was written: no digit is lost.
    case number(String)
    case string(String)
    indirect case array([JSONValue])
    /// In the order of the text; a key that comes twice is there twice.
    indirect case object([Member])

    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// Reads a whole text.
    package init(
        _ bytes: Span<UInt8>, in range: Range<Int>? = nil, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        var reader = JSONReader(range ?? 0..<bytes.count, limits: limits)
        self = try reader.value(bytes)
        try reader.finish(bytes)
    }

    /// The value of an object's key; the last one where it comes twice, as in JavaScript. Nil for what is no object.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var integer: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }
}

extension JSONReader {
    /// Builds the next value.
    package mutating func value(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        switch try kind(bytes) {
        case .null:
            try skip(bytes)
            return .null
        case .boolean:
            return .boolean(try boolean(bytes))
        case .number:
            return .number(String(decoding: [UInt8](copying: bytes, try skip(bytes)), as: UTF8.self))
        case .string:
            return .string(try string(bytes).string(bytes))
        case .array:
            var elements: [JSONValue] = []
            try beginArray(bytes)
            while try nextElement(bytes) { elements.append(try value(bytes)) }
            return .array(elements)
        case .object:
            var members: [JSONValue.Member] = []
            try beginObject(bytes)
            while let key = try nextKey(bytes) {
                members.append(JSONValue.Member(key.string(bytes), try value(bytes)))
            }
            return .object(members)
        }
    }
}

extension JSONWriter {
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .number(let digits): raw(Array(digits.utf8).span)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
}
