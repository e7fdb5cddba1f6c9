/// Reads the fields of one MCAP record's body (its specification, "Serialization"). It is given the body anew with each
/// call, and keeps its place.
struct MCAPFieldReader {
    private let opcode: MCAPOpcode
    /// Where in the file the body begins.
    private let bodyOffset: UInt64
    private(set) var position = 0

    /// - Parameter offset: where in the file the record begins.
    init(_ opcode: MCAPOpcode, offset: UInt64) {
        self.opcode = opcode
        self.bodyOffset = offset &+ UInt64(MCAP.recordHeadByteCount)
    }

    mutating func integer<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ body: Span<UInt8>, _ field: String, as type: Number.Type = Number.self
    ) throws(FormatError) -> Number {
        let width = Number.bitWidth / 8
        guard body.count - position >= width else {
            throw error(field, "\(width) bytes", "\(body.count - position)")
        }
        let number: Number = body.littleEndian(at: position)
        position += width
        return number
    }

    mutating func string(_ body: Span<UInt8>, _ field: String) throws(FormatError) -> String {
        let place = position
        let content = try prefixed(body, field)
        guard let text = String(validating: content, as: UTF8.self) else {
            position = place
            throw error(field, "UTF-8", "other bytes")
        }
        return text
    }

    mutating func prefixed(_ body: Span<UInt8>, _ field: String) throws(FormatError) -> [UInt8] {
        let count: UInt32 = try integer(body, field)
        guard UInt64(count) <= UInt64(body.count - position) else {
            throw error(field, "\(count) bytes", "\(body.count - position)")
        }
        let end = position + Int(count)
        defer { position = end }
        return body.bytes(in: position..<end)
    }

    /// Bytes behind a count of 64 bits.
    mutating func longPrefixed(_ body: Span<UInt8>, _ field: String) throws(FormatError) -> [UInt8] {
        let count: UInt64 = try integer(body, field)
        guard count <= UInt64(body.count - position) else {
            throw error(field, "\(count) bytes", "\(body.count - position)")
        }
        let end = position + Int(count)
        defer { position = end }
        return body.bytes(in: position..<end)
    }

    /// A map of 16-bit to 64-bit numbers.
    mutating func numbers(_ body: Span<UInt8>, _ field: String) throws(FormatError) -> [UInt16: UInt64] {
        let count: UInt32 = try integer(body, field)
        guard count % 10 == 0, UInt64(count) <= UInt64(body.count - position) else {
            throw error(field, "\(count) bytes in pairs of 10", "\(body.count - position)")
        }
        var entries: [UInt16: UInt64] = [:]
        for _ in 0..<(count / 10) {
            let key: UInt16 = try integer(body, field)
            let value: UInt64 = try integer(body, field)
            guard entries.updateValue(value, forKey: key) == nil else {
                throw error(field, "each key once", "\(key) twice")
            }
        }
        return entries
    }

    mutating func map(_ body: Span<UInt8>, _ field: String) throws(FormatError) -> [String: String] {
        let count: UInt32 = try integer(body, field)
        guard UInt64(count) <= UInt64(body.count - position) else {
            throw error(field, "\(count) bytes", "\(body.count - position)")
        }
        let end = position + Int(count)
        var entries: [String: String] = [:]
        while position < end {
            let key = try string(body, field)
            let value = try string(body, field)
            guard entries.updateValue(value, forKey: key) == nil else {
                throw error(field, "each key once", "'\(key)' twice")
            }
        }
        guard position == end else {
            throw error(field, "\(count) bytes of entries", "entries that go beyond")
        }
        return entries
    }

    func error(_ field: String, _ expected: String, _ actual: String) -> FormatError {
        FormatError(
            offset: bodyOffset &+ UInt64(position), record: opcode.name, expected: "\(field): \(expected)",
            actual: actual)
    }
}

extension Span<UInt8> {
    /// A number at `position`; the caller has checked that its bytes are there (it traps otherwise).
    @inline(__always)
    func littleEndian<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(at position: Int) -> Number {
        // "unsafe" since it makes a value of any bits, which every number allows; the bounds are checked.
        Number(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Number.self))
    }

    func bytes(in range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { Array($0) }  // unsafe pointer: the one way to copy at once
    }
}
