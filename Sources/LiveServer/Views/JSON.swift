package import LiveViewWire

/// A value of JSON: params, what events carry, what is pushed to the browser.
///
/// Reading never fails: what is not there is ``null``, and what cannot be read as a type is nil.
///
/// ```swift
/// let page = params["page"].int ?? 1
/// context.pushEvent("chart", ["points": [1, 2, 3], "name": JSON(name)])
/// ```
public struct JSON: Hashable, Sendable {
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    /// A string.
    public init(_ text: String) { value = .string(text) }
    /// A whole number.
    public init(_ number: Int) { value = .number(String(number)) }
    /// True or false.
    public init(_ condition: Bool) { value = .boolean(condition) }
    /// An array.
    public init(_ elements: [JSON]) { value = .array(elements.map(\.value)) }

    /// JSON has no infinity and no NaN: they become null.
    public init(_ number: Double) { value = number.isFinite ? .number("\(number)") : .null }

    /// The members come in the order of their keys.
    public init(_ members: [String: JSON]) {
        value = .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.value) })
    }

    /// Null: also what is read where there is nothing.
    public static let null = JSON(.null)

    // MARK: - Reading

    /// The value of an object's key. Set to null, it goes; set in what is no object, it makes one.
    public subscript(_ key: String) -> JSON {
        get { JSON(value[key] ?? .null) }
        set {
            var members: [JSONValue.Member] = []
            if case .object(let known) = value { members = known.filter { $0.key != key } }
            if newValue.isPresent { members.append(JSONValue.Member(key, newValue.value)) }
            value = .object(members)
        }
    }

    /// The element of an array.
    public subscript(_ index: Int) -> JSON {
        guard case .array(let elements) = value, elements.indices.contains(index) else { return .null }
        return JSON(elements[index])
    }

    /// Whether it is anything but null.
    public var isPresent: Bool { value != .null }

    /// A string; numbers too, as they were written.
    public var string: String? {
        switch value {
        case .string(let text), .number(let text): text
        case .null, .boolean, .array, .object: nil
        }
    }

    /// A whole number, also if it is written in a string: what forms and attributes hold is text.
    public var int: Int? { string.flatMap { Int($0) } }

    /// A number, also if it is written in a string.
    public var double: Double? { string.flatMap { Double($0) } }

    /// True and false; of strings `true`, `on` (checkboxes) and `false`.
    public var bool: Bool? {
        switch value {
        case .boolean(let condition): condition
        case .string("true"), .string("on"): true
        case .string("false"): false
        case .string, .null, .number, .array, .object: nil
        }
    }

    /// The elements of an array; of an object whose keys are all numbers, those in their order (`item[0]`, `item[1]`).
    public var array: [JSON]? {
        switch value {
        case .array(let elements):
            return elements.map { JSON($0) }
        case .object(let members):
            let numbered = members.compactMap { member in Int(member.key).map { ($0, member.value) } }
            guard numbered.count == members.count else { return nil }
            return numbered.sorted { $0.0 < $1.0 }.map { JSON($0.1) }
        case .null, .boolean, .number, .string:
            return nil
        }
    }

    /// An object's keys, in their order.
    public var keys: [String] {
        guard case .object(let members) = value else { return [] }
        return members.map(\.key)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self.init(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self.init(value) }
    /// A number.
    public init(floatLiteral value: Double) { self.init(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self.init(value) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self.init(elements) }
    /// An object, its members in this order.
    public init(dictionaryLiteral members: (String, JSON)...) {
        value = .object(members.map { JSONValue.Member($0.0, $0.1.value) })
    }
    /// Null.
    public init(nilLiteral: ()) { value = .null }
}

extension JSON: CustomStringConvertible {
    /// The JSON text.
    public var description: String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
