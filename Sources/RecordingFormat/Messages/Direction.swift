/// Who sent the bytes of a record.
package enum Direction: UInt8, CaseIterable, Hashable, Sendable, ProtobufEnum {
    case client = 1
    case server = 2
}
