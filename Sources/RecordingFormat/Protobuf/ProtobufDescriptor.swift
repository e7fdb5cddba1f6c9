/// Makes the `google.protobuf.FileDescriptorSet` that MCAP wants as the data of a schema with encoding "protobuf", so that
/// any tool can decode our messages. Field numbers below are those of google/protobuf/descriptor.proto.
struct ProtobufDescriptor {
    /// Enums of the file, which all messages may use.
    var enums: [ProtobufEnumTable]
    var messages: [ProtobufMessageTable]

    /// What one message needs: a file of the enums, and one of the message that imports it. So a file of ours carries each
    /// message once, and a tool that puts the sets of all schemas together meets no name in two files.
    func fileDescriptorSet(of message: ProtobufMessageTable) -> [UInt8] {
        let enumsName = "\(RecordingFormat.name)/enums.proto"
        var set = ProtobufWriter()
        set.content(1, file(enumsName) { file in for table in enums { file.content(5, descriptor(of: table)) } })
        set.content(
            1,
            file("\(RecordingFormat.name)/\(message.name).proto") { file in
                file.text(3, enumsName)
                file.content(4, descriptor(of: message))
            })
        return set.bytes
    }

    private func file(_ name: String, _ content: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var file = ProtobufWriter()
        file.text(1, name)
        file.text(2, RecordingFormat.name)
        content(&file)
        file.text(12, "proto3")
        return file.bytes
    }

    private func descriptor(of message: ProtobufMessageTable) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.text(1, message.name)
        for field in message.fields { writer.content(2, descriptor(of: field)) }
        for table in message.enums { writer.content(4, descriptor(of: table)) }
        return writer.bytes
    }

    private func descriptor(of field: ProtobufFieldTable) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.text(1, field.name)
        writer.uint(3, UInt64(field.number))
        writer.uint(4, Self.labelOptional)
        writer.uint(5, field.type.descriptorNumber)
        if case .value(let table) = field.type { writer.text(6, table.path) }
        return writer.bytes
    }

    private func descriptor(of table: ProtobufEnumTable) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.text(1, table.name)
        for value in table.values {
            var inner = ProtobufWriter()
            inner.text(1, value.name)
            inner.tag(2, .varint)
            inner.varint(UInt64(value.number))
            writer.content(2, inner.bytes)
        }
        return writer.bytes
    }

    private static let labelOptional: UInt64 = 1
}

extension ProtobufFieldTable.FieldType {
    /// FieldDescriptorProto.Type.
    var descriptorNumber: UInt64 {
        switch self {
        case .uint64: 4
        case .fixed64: 6
        case .fixed32: 7
        case .bool: 8
        case .string: 9
        case .bytes: 12
        case .uint32: 13
        case .value: 14
        }
    }
}
