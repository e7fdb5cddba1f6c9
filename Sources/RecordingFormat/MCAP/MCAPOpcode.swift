/// The record kinds of MCAP (its specification, "Records").
package enum MCAPOpcode: UInt8, Hashable, Sendable, CaseIterable {
    case header = 0x01
    case footer = 0x02
    case schema = 0x03
    case channel = 0x04
    case message = 0x05
    case chunk = 0x06
    case messageIndex = 0x07
    case chunkIndex = 0x08
    case attachment = 0x09
    case attachmentIndex = 0x0A
    case statistics = 0x0B
    case metadata = 0x0C
    case metadataIndex = 0x0D
    case summaryOffset = 0x0E
    case dataEnd = 0x0F

    /// The record's name in the specification, for messages to the user.
    package var name: String {
        switch self {
        case .header: "Header"
        case .footer: "Footer"
        case .schema: "Schema"
        case .channel: "Channel"
        case .message: "Message"
        case .chunk: "Chunk"
        case .messageIndex: "Message Index"
        case .chunkIndex: "Chunk Index"
        case .attachment: "Attachment"
        case .attachmentIndex: "Attachment Index"
        case .statistics: "Statistics"
        case .metadata: "Metadata"
        case .metadataIndex: "Metadata Index"
        case .summaryOffset: "Summary Offset"
        case .dataEnd: "Data End"
        }
    }

    /// The fewest bytes that the record's body can have: its fixed fields and its empty strings.
    package var minimumBodyByteCount: UInt64 {
        switch self {
        case .header, .metadata: 8
        case .footer: 20
        case .schema: 14
        case .channel: 16
        case .message: 22
        case .chunk: 40
        case .messageIndex: 6
        case .chunkIndex: 64
        case .attachment: 36
        case .attachmentIndex: 48
        case .statistics: 46
        case .metadataIndex: 20
        case .summaryOffset: 17
        case .dataEnd: 4
        }
    }
}

/// Fixed sizes and bytes of MCAP.
package enum MCAP {
    /// What a file begins and ends with; the fifth byte is the major version, "0".
    package static let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]
    /// A record's opcode and length, before its body.
    package static let recordHeadByteCount = 9
    /// A Message's fields before its data.
    package static let messageHeadByteCount = 22
}
