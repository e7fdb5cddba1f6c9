/// Reads the fields of one protobuf message. It is given the bytes anew with each call, and keeps its place.
package struct ProtobufReader {
    /// A field's value as the wire has it; what it means is the message's business.
    package enum Value: Hashable, Sendable {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// Text, bytes, a message within, or packed numbers: indices into the bytes given.
        case bytes(Range<Int>)
    }

    package struct Field: Hashable, Sendable {
        package var number: UInt32
        package var value: Value
        /// Where in the bytes given the field's tag begins.
        package var position: Int
    }

    private(set) var position: Int
    private let end: Int
    /// Where in the file the first of the bytes given stands, and what they are, for errors.
    private let offset: UInt64
    private let name: String

    /// - Parameters:
    ///   - range: where the message is in the bytes that each call gives.
    ///   - offset: where in the file the first of these bytes is.
    ///   - name: the message's name, for errors.
    package init(_ range: Range<Int>, offset: UInt64, name: String) {
        position = range.lowerBound
        end = range.upperBound
        self.offset = offset
        self.name = name
    }

    /// The next field, known or not; nil at the end.
    package mutating func next(_ bytes: Span<UInt8>) throws(FormatError) -> Field? {
        guard position < end else { return nil }
        let start = position
        let tag = try varint(bytes)
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else {
            throw error(at: start, "a field number of 1 to 2^29 - 1", "\(tag >> 3)")
        }
        let number = UInt32(tag >> 3)
        guard let type = ProtobufWireType(rawValue: UInt8(tag & 7)) else {
            throw error(at: start, "wire type 0, 1, 2 or 5 in field \(number)", "\(tag & 7)")
        }
        let value: Value
        switch type {
        case .varint:
            value = .varint(try varint(bytes))
        case .fixed64:
            value = .fixed64(bytes.littleEndian(at: try take(8, of: number).lowerBound))
        case .fixed32:
            value = .fixed32(bytes.littleEndian(at: try take(4, of: number).lowerBound))
        case .bytes:
            let count = try varint(bytes)
            value = .bytes(try take(count, of: number))
        }
        return Field(number: number, value: value, position: start)
    }

    /// A varint of at most 64 bits. Most are one byte: those take the short way.
    @inline(__always)
    mutating func varint(_ bytes: Span<UInt8>) throws(FormatError) -> UInt64 {
        if position < end, bytes[position] < 0x80 {
            position += 1
            return UInt64(bytes[position - 1])
        }
        return try longVarint(bytes)
    }

    private mutating func longVarint(_ bytes: Span<UInt8>) throws(FormatError) -> UInt64 {
        let start = position
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            guard shift < 63 || byte <= 1 else { break }
            position += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw error(at: start, "a varint of at most 64 bits", position < end ? "a longer one" : "the message's end")
    }

    private mutating func take(_ count: UInt64, of field: UInt32) throws(FormatError) -> Range<Int> {
        guard count <= UInt64(end - position) else {
            throw error(at: position, "\(count) bytes in field \(field)", "\(end - position)")
        }
        let range = position..<(position + Int(count))
        position = range.upperBound
        return range
    }

    func error(at position: Int, _ expected: String, _ actual: String) -> FormatError {
        FormatError(offset: offset &+ UInt64(position), record: name, expected: expected, actual: actual)
    }
}

// MARK: - What a field should be

extension ProtobufReader {
    func uint(_ field: Field) throws(FormatError) -> UInt64 {
        guard case .varint(let number) = field.value else { throw mismatch(field, "a varint") }
        return number
    }

    func uint32(_ field: Field) throws(FormatError) -> UInt32 {
        let number = try uint(field)
        guard let small = UInt32(exactly: number) else {
            throw error(at: field.position, "at most 32 bits in field \(field.number)", "\(number)")
        }
        return small
    }

    func bool(_ field: Field) throws(FormatError) -> Bool { try uint(field) != 0 }

    /// An enum's value; nil for 0. A value that this version does not name is an error: a new one raises the version.
    func value<Value: ProtobufEnum>(
        _ field: Field, as type: Value.Type = Value.self
    ) throws(FormatError) -> Value? {
        let number = try uint(field)
        guard number != 0 else { return nil }
        guard let value = UInt8(exactly: number).flatMap(Value.init(rawValue:)) else {
            let known = Value.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
            throw error(at: field.position, "one of \(known) in field \(field.number)", "\(number)")
        }
        return value
    }

    func fixed32(_ field: Field) throws(FormatError) -> UInt32 {
        guard case .fixed32(let number) = field.value else { throw mismatch(field, "4 fixed bytes") }
        return number
    }

    func fixed64(_ field: Field) throws(FormatError) -> UInt64 {
        guard case .fixed64(let number) = field.value else { throw mismatch(field, "8 fixed bytes") }
        return number
    }

    func range(_ field: Field) throws(FormatError) -> Range<Int> {
        guard case .bytes(let range) = field.value else { throw mismatch(field, "bytes with a length") }
        return range
    }

    func text(_ field: Field, _ bytes: Span<UInt8>) throws(FormatError) -> String {
        guard let text = String(validating: bytes.bytes(in: try range(field)), as: UTF8.self) else {
            throw error(at: field.position, "UTF-8 in field \(field.number)", "other bytes")
        }
        return text
    }

    private func mismatch(_ field: Field, _ expected: String) -> FormatError {
        let actual =
            switch field.value {
            case .varint: "a varint"
            case .fixed64: "8 fixed bytes"
            case .fixed32: "4 fixed bytes"
            case .bytes: "bytes with a length"
            }
        return error(at: field.position, "\(expected) in field \(field.number)", actual)
    }
}
