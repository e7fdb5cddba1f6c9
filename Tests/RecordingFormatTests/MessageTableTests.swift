import RecordingFormat
import Testing

/// The tables are what the embedded descriptor and the `.proto` text are made from; the encoders are written by hand.
@Suite struct MessageTableTests {
    /// The samples have everything set that can be, frames in each form.
    @Test func theEncodersWriteTheFieldsOfTheirTablesInOrderAndNoOthers() throws {
        var written: [JournalSchema: Set<UInt32>] = [:]
        let samples = Sample.all.map { ($0.channel.schema, $0.encoded()) }
        let runs = Sample.runs.map { (JournalSchema.frame, $0.encoded(frames: [0x81, 0])) }
        for (schema, bytes) in samples + runs {
            let table = schema.table
            var reader = ProtobufReader(31..<bytes.count, offset: 0, name: table.name)
            var seen: [UInt32] = []
            while let field = try reader.next(bytes.span) {
                seen.append(field.number)
                let type = table.fields.first { $0.number == field.number }?.type
                #expect(type.map { isWritten($0, as: field.value) } == true, "\(table.name) \(field.number)")
            }
            #expect(seen == seen.sorted(), "\(table.name)")
            written[schema, default: []].formUnion(seen)
        }
        for schema in JournalSchema.allCases {
            #expect(written[schema]?.sorted() == schema.table.fields.map(\.number), "\(schema.name)")
        }
    }

    @Test func numbersAndNamesAreUsedOnce() {
        for schema in JournalSchema.allCases {
            let table = schema.table
            #expect(Set(table.fields.map(\.number)).count == table.fields.count)
            #expect(Set(table.fields.map(\.name)).count == table.fields.count)
            #expect(schema.name == "livetape.\(table.name)")
            let values = table.enums.flatMap(\.values).map(\.name)
            #expect(Set(values).count == values.count)
        }
    }

    /// protobuf text of one message, read by eye once.
    @Test func theTextIsProto3() {
        let text = RecordingFormat.protoText
        #expect(
            text.hasPrefix(
                "syntax = \"proto3\";\npackage livetape;\n\nenum Direction {\n  DIRECTION_UNSPECIFIED = 0;\n"))
        #expect(
            text.contains(
                "  enum RawReason {\n    RAW_REASON_UNSPECIFIED = 0;\n    UNANSWERED_UPGRADE = 1;\n    NOT_HTTP = 2;\n")
        )
        #expect(text.contains("\n  bytes payload = 14;\n"))
    }

    /// The descriptor is protobuf too: its messages' names and field counts, read by descriptor.proto's numbers.
    @Test func theDescriptorSaysWhatTheTablesSay() throws {
        for (schema, name) in zip(JournalSchema.allCases, ["Frame", "Http", "Socket", "Gap", "Note", "Checkpoint"]) {
            let set = schema.record.data
            func texts(_ number: UInt32, in range: Range<Int>) throws -> [String] {
                try contents(of: number, in: set, range).map { String(decoding: set[$0], as: UTF8.self) }
            }
            let files = try contents(of: 1, in: set, 0..<set.count)
            #expect(try files.map { try texts(1, in: $0) } == [["livetape/enums.proto"], ["livetape/\(name).proto"]])
            #expect(try files.map { try texts(3, in: $0) } == [[], ["livetape/enums.proto"]])
            let messages = try files.flatMap { try contents(of: 4, in: set, $0) }
            #expect(try messages.map { try texts(1, in: $0) } == [[name]])
            #expect(try contents(of: 2, in: set, try #require(messages.first)).count == schema.table.fields.count)
        }
    }

    private func contents(of number: UInt32, in bytes: [UInt8], _ range: Range<Int>) throws -> [Range<Int>] {
        var reader = ProtobufReader(range, offset: 0, name: "descriptor")
        var found: [Range<Int>] = []
        while let field = try reader.next(bytes.span) {
            if field.number == number, case .bytes(let content) = field.value { found.append(content) }
        }
        return found
    }

    private func isWritten(_ type: ProtobufFieldTable.FieldType, as value: ProtobufReader.Value) -> Bool {
        switch (type, value) {
        case (.fixed32, .fixed32), (.fixed64, .fixed64), (.uint32, .varint), (.uint64, .varint), (.bool, .varint),
            (.value, .varint), (.string, .bytes), (.bytes, .bytes):
            true
        case (.fixed32, _), (.fixed64, _), (.uint32, _), (.uint64, _), (.bool, _), (.value, _), (.string, _),
            (.bytes, _):
            false
        }
    }
}
