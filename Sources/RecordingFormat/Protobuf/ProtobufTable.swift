/// An enum of ours on the wire. Its raw values are the protobuf numbers, from 1: 0 stands for "unspecified".
protocol ProtobufEnum: CaseIterable, Hashable, Sendable, RawRepresentable where RawValue == UInt8 {}

/// One protobuf message as a table, from which the embedded descriptor and the `.proto` text are made.
package struct ProtobufMessageTable: Hashable, Sendable {
    package var name: String
    /// What the message is, for the `.proto` text.
    package var comment: String
    package var enums: [ProtobufEnumTable]
    package var fields: [ProtobufFieldTable]
}

package struct ProtobufFieldTable: Hashable, Sendable {
    package enum FieldType: Hashable, Sendable {
        case fixed32, fixed64, uint32, uint64, bool, string, bytes
        /// An enum of the same message, or of the file.
        case value(ProtobufEnumTable)
    }

    package var number: UInt32
    package var name: String
    package var type: FieldType
    package var comment: String

    package init(_ number: UInt32, _ name: String, _ type: FieldType, _ comment: String) {
        self.number = number
        self.name = name
        self.type = type
        self.comment = comment
    }
}

package struct ProtobufEnumTable: Hashable, Sendable {
    package struct Value: Hashable, Sendable {
        package var number: UInt8
        package var name: String
    }

    package var name: String
    /// Its full name in the package: ".livetape.Frame.Kind".
    package var path: String
    package var values: [Value]

    /// A table of a Swift enum's cases: `socketOpened` becomes SOCKET_OPENED; and KIND_UNSPECIFIED = 0 stands before them.
    init<Cases: ProtobufEnum>(_ name: String, in message: String? = nil, of cases: Cases.Type) {
        self.name = name
        path = "." + ([RecordingFormat.name, message, name] as [String?]).compactMap(\.self).joined(separator: ".")
        values = [Value(number: 0, name: upperSnake(name) + "_UNSPECIFIED")]
        values += Cases.allCases.map { Value(number: $0.rawValue, name: upperSnake("\($0)")) }
    }
}

/// `rawReason` as RAW_REASON, `notHTTP` as NOT_HTTP.
private func upperSnake(_ name: String) -> String {
    var text = ""
    var previousIsLower = false
    for letter in name {
        if letter.isUppercase, previousIsLower { text += "_" }
        previousIsLower = letter.isLowercase
        text += letter.uppercased()
    }
    return text
}
