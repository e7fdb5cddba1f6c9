/// The channels of a recording. Their ids are fixed, so that a message can be read without the Channel record, which a
/// damaged file may lack.
package enum JournalChannel: UInt16, CaseIterable, Hashable, Sendable {
    case client = 1
    case server = 2
    case http = 3
    case socket = 4
    case gap = 5
    case note = 6
    /// In sealed files only.
    case checkpoint = 7

    /// The channel's topic in MCAP.
    package var topic: String { "\(self)" }

    package var schema: JournalSchema {
        switch self {
        case .client, .server: .frame
        case .http: .http
        case .socket: .socket
        case .gap: .gap
        case .note: .note
        case .checkpoint: .checkpoint
        }
    }
}

/// The schemas of a recording; their ids are fixed too.
package enum JournalSchema: UInt16, CaseIterable, Hashable, Sendable {
    case frame = 1
    case http = 2
    case socket = 3
    case gap = 4
    case note = 5
    case checkpoint = 6

    package var table: ProtobufMessageTable {
        switch self {
        case .frame: .frame
        case .http: .http
        case .socket: .socket
        case .gap: .gap
        case .note: .note
        case .checkpoint: .checkpoint
        }
    }

    /// The schema's name in MCAP: "livetape.Frame".
    package var name: String {
        switch self {
        case .frame: "livetape.Frame"
        case .http: "livetape.Http"
        case .socket: "livetape.Socket"
        case .gap: "livetape.Gap"
        case .note: "livetape.Note"
        case .checkpoint: "livetape.Checkpoint"
        }
    }
}

extension RecordingFormat {
    private static let descriptor = ProtobufDescriptor(
        enums: [.direction], messages: JournalSchema.allCases.map(\.table))

    /// The data of each Schema record: a `google.protobuf.FileDescriptorSet` of the message and what it needs.
    static let fileDescriptorSets = Dictionary(
        uniqueKeysWithValues: JournalSchema.allCases.map { ($0, descriptor.fileDescriptorSet(of: $0.table)) })
    /// All messages as `.proto` text.
    package static let protoText = descriptor.protoText
}
