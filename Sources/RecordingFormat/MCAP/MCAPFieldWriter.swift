/// Writes the fields of one MCAP record (its specification, "Serialization"): little endian, strings and maps with a
/// length of 32 bits.
struct MCAPFieldWriter {
    private(set) var bytes: [UInt8]

    /// Begins a record; ``finished()`` puts its length in.
    init(_ opcode: MCAPOpcode) {
        bytes = [opcode.rawValue, 0, 0, 0, 0, 0, 0, 0, 0]
    }

    mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        bytes.appendLittleEndian(number)
    }

    mutating func string(_ text: String) { prefixed(Array(text.utf8)) }

    /// Bytes behind their count. What we write ourselves is far from 4 GB.
    mutating func prefixed(_ content: [UInt8]) {
        integer(UInt32(content.count))
        bytes += content
    }

    /// A map in the order of its keys, so that the same map is always the same bytes.
    mutating func map(_ entries: [String: String]) {
        var content = MCAPFieldWriter(.metadata)
        content.bytes.removeAll()
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            content.string(key)
            content.string(value)
        }
        prefixed(content.bytes)
    }

    mutating func raw(_ content: [UInt8]) { bytes += content }

    /// A map of numbers in the order of its keys.
    mutating func numbers(_ entries: [UInt16: UInt64]) {
        integer(UInt32(entries.count * 10))
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            integer(key)
            integer(value)
        }
    }

    /// The whole record: opcode, length, body.
    /// - Parameter rest: bytes of the body that will be put behind.
    consuming func finished(before rest: UInt64 = 0) -> [UInt8] {
        let length = UInt64(bytes.count - MCAP.recordHeadByteCount) &+ rest
        for index in 0..<8 {
            bytes[1 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index)))
        }
        return bytes
    }
}

extension [UInt8] {
    mutating func appendLittleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        for index in 0..<(Number.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: number >> Number(8 * index)))
        }
    }
}
