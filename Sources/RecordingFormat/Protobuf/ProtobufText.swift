extension ProtobufDescriptor {
    /// The same as `.proto` text, for people and for protoc.
    var protoText: String {
        var lines = ["syntax = \"proto3\";", "package \(RecordingFormat.name);"]
        for table in enums { lines += [""] + Self.lines(of: table, indent: "") }
        for message in messages { lines += [""] + Self.lines(of: message) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of table: ProtobufEnumTable, indent: String) -> [String] {
        ["\(indent)enum \(table.name) {"]
            + table.values.map { "\(indent)  \($0.name) = \($0.number);" }
            + ["\(indent)}"]
    }

    private static func lines(of message: ProtobufMessageTable) -> [String] {
        var lines = ["// \(message.comment)", "message \(message.name) {"]
        for table in message.enums { lines += Self.lines(of: table, indent: "  ") }
        for field in message.fields {
            lines.append("  // \(field.comment)")
            lines.append("  \(field.type.text) \(field.name) = \(field.number);")
        }
        return lines + ["}"]
    }
}

extension ProtobufFieldTable.FieldType {
    fileprivate var text: String {
        switch self {
        case .fixed32: "fixed32"
        case .fixed64: "fixed64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .bool: "bool"
        case .string: "string"
        case .bytes: "bytes"
        case .value(let table): table.name
        }
    }
}
