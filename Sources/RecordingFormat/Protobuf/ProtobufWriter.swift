/// How a field's value is written (protobuf encoding guide, "Message Structure").
enum ProtobufWireType: UInt8, Hashable, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
}

/// Writes one protobuf message, for records that may allocate. Numbers of 0, false and empty text are left out, as proto3
/// has it.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func tag(_ field: UInt32, _ type: ProtobufWireType) {
        varint(UInt64(field) << 3 | UInt64(type.rawValue))
    }

    mutating func uint(_ field: UInt32, _ number: UInt64) {
        guard number != 0 else { return }
        tag(field, .varint)
        varint(number)
    }

    mutating func bool(_ field: UInt32, _ flag: Bool) { uint(field, flag ? 1 : 0) }

    /// An enum's value; nothing for nil, which reads as the unspecified value 0.
    mutating func value(_ field: UInt32, _ value: (some ProtobufEnum)?) {
        uint(field, UInt64(value?.rawValue ?? 0))
    }

    /// Written even when 0.
    mutating func fixed64(_ field: UInt32, _ number: UInt64) {
        tag(field, .fixed64)
        bytes.appendLittleEndian(number)
    }

    mutating func fixed32(_ field: UInt32, _ number: UInt32) {
        tag(field, .fixed32)
        bytes.appendLittleEndian(number)
    }

    mutating func text(_ field: UInt32, _ text: String) {
        guard !text.isEmpty else { return }
        content(field, Array(text.utf8))
    }

    /// Written even when empty.
    mutating func content(_ field: UInt32, _ content: [UInt8]) {
        tag(field, .bytes)
        varint(UInt64(content.count))
        bytes += content
    }
}
