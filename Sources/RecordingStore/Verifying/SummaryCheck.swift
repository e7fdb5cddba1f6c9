internal import RecordingFormat

/// What the data section of a sealed file holds, as its summary should tell it.
struct SealedContentsOfFile {
    var schemas: [MCAPSchema] = []
    var channels: [MCAPChannel] = []
    var metadata: [MCAPMetadataIndex] = []
    var attachments: [MCAPAttachmentIndex] = []
    var chunks: [MCAPChunkIndex] = []
    /// The attachment's data, and where it begins.
    var connectionIndex: (data: [UInt8], offset: UInt64)?
    /// Whether something could not be read: then what counts it must differ.
    var isDamaged = false
    private var messageCounts: [UInt16: UInt64] = [:]
    private var times: ClosedRange<UInt64>?
    private var connections: [UInt64: ConnectionIndex.Connection] = [:]

    mutating func add(_ record: JournalRecord, chunk: Int, position: Int) {
        let stamp = record.stamp
        let time = stamp.wallNanoseconds
        messageCounts[record.channel.rawValue, default: 0] += 1
        times = times.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        let number = UInt32(clamping: chunk)
        var connection = connections.removeValue(forKey: stamp.connection) ?? .init(number: stamp.connection)
        if case .checkpoint = record {
            connection.checkpoints.append(
                ConnectionIndex.Checkpoint(
                    chunk: number, offset: UInt32(clamping: position), sequence: stamp.sequence, wallNanoseconds: time))
        } else {
            if connection.chunks.last != number { connection.chunks.append(number) }
            if record.endsConnection { connection.isClosed = true }
        }
        connections[stamp.connection] = connection
    }

    var statistics: MCAPStatistics {
        var statistics = MCAPStatistics()
        statistics.messageCount = messageCounts.values.reduce(0, &+)
        statistics.schemaCount = UInt16(clamping: schemas.count)
        statistics.channelCount = UInt32(clamping: channels.count)
        statistics.attachmentCount = UInt32(clamping: attachments.count)
        statistics.metadataCount = UInt32(clamping: metadata.count)
        statistics.chunkCount = UInt32(clamping: chunks.count)
        statistics.messageStartTime = times?.lowerBound ?? 0
        statistics.messageEndTime = times?.upperBound ?? 0
        statistics.channelMessageCounts = messageCounts
        return statistics
    }

    func compareConnections(_ problems: inout [FormatError]) {
        guard !isDamaged else { return }
        guard let (data, offset) = connectionIndex else {
            problems.append(SealedPass.error("file", 0, "the attachment '\(ConnectionIndex.name)'", "none"))
            return
        }
        func problem(_ expected: String, _ actual: String) {
            problems.append(SealedPass.error(ConnectionIndex.name, offset, expected, actual))
        }
        do {
            let index = try ConnectionIndex(data: data.span, chunkCount: chunks.count, offset: offset)
            let checksum = ConnectionIndex.checksum(of: chunks)
            if index.chunksChecksum != checksum { problem("chunks_crc32c: \(checksum)", "\(index.chunksChecksum)") }
            for connection in index.connections where connections[connection.number] == nil {
                problem("no connection \(connection.number)", "one")
            }
            for number in connections.keys.sorted() where index[number] != connections[number] {
                problem("connection \(number) as its records have it", index[number] == nil ? "none" : "another")
            }
        } catch {
            problems.append(error)
        }
    }
}

/// The summary of a sealed file.
struct SummaryCheck {
    /// Where it begins, as the data section ends.
    var start: UInt64 = 0
    private var schemas: [MCAPSchema] = []
    private var channels: [MCAPChannel] = []
    private var statistics: [(MCAPStatistics, offset: UInt64)] = []
    private var chunks: [(MCAPChunkIndex, offset: UInt64)] = []
    private var attachments: [(MCAPAttachmentIndex, offset: UInt64)] = []
    private var metadata: [(MCAPMetadataIndex, offset: UInt64)] = []
    private var offsets: [(MCAPSummaryOffset, offset: UInt64)] = []
    /// The groups in the order of the file, as their offsets should say them.
    private var groups: [MCAPSummaryOffset] = []

    mutating func take(
        _ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64, byteCount: UInt64
    ) throws(FormatError) {
        if opcode != .summaryOffset {
            if groups.last?.groupOpcode != opcode.rawValue {
                groups.append(MCAPSummaryOffset(groupOpcode: opcode.rawValue, groupStart: offset, groupByteCount: 0))
            }
            groups[groups.count - 1].groupByteCount += byteCount
        }
        switch opcode {
        case .schema: schemas.append(try MCAPSchema(body: body, offset: offset))
        case .channel: channels.append(try MCAPChannel(body: body, offset: offset))
        case .statistics: statistics.append((try MCAPStatistics(body: body, offset: offset), offset))
        case .chunkIndex: chunks.append((try MCAPChunkIndex(body: body, offset: offset), offset))
        case .attachmentIndex: attachments.append((try MCAPAttachmentIndex(body: body, offset: offset), offset))
        case .metadataIndex: metadata.append((try MCAPMetadataIndex(body: body, offset: offset), offset))
        case .summaryOffset: offsets.append((try MCAPSummaryOffset(body: body, offset: offset), offset))
        case .header, .footer, .message, .chunk, .messageIndex, .attachment, .metadata, .dataEnd:
            throw SealedPass.error(opcode.name, offset, "no such record in the summary", "one")
        }
    }

    func compare(_ footer: MCAPFooter, offset: UInt64, _ problems: inout [FormatError]) {
        func compare(_ name: String, _ expected: UInt64, _ actual: UInt64) {
            guard expected != actual else { return }
            problems.append(SealedPass.error("Footer", offset, "\(name): \(expected)", "\(actual)"))
        }
        compare("summary_start", start, footer.summaryStart)
        compare("summary_offset_start", offsets.first?.offset ?? 0, footer.summaryOffsetStart)
        compareAll("Summary Offset", groups, offsets, at: offset, &problems)
    }

    func compare(_ contents: SealedContentsOfFile, _ problems: inout [FormatError]) {
        guard !contents.isDamaged else { return }
        if schemas != contents.schemas {
            problems.append(SealedPass.error("Schema", start, "those of the data section", "others"))
        }
        if channels != contents.channels {
            problems.append(SealedPass.error("Channel", start, "those of the data section", "others"))
        }
        compareAll("Statistics", [contents.statistics], statistics, at: start, &problems)
        compareAll("Chunk Index", contents.chunks, chunks, at: start, &problems)
        compareAll("Attachment Index", contents.attachments, attachments, at: start, &problems)
        compareAll("Metadata Index", contents.metadata, metadata, at: start, &problems)
    }

    /// - Parameter end: where a missing record would be said to be.
    private func compareAll<Record: Equatable>(
        _ name: String, _ expected: [Record], _ actual: [(Record, offset: UInt64)], at end: UInt64,
        _ problems: inout [FormatError]
    ) {
        for (expected, (actual, offset)) in zip(expected, actual) where expected != actual {
            let (what, found) = Self.difference(expected, actual)
            problems.append(SealedPass.error(name, offset, what, found))
        }
        guard expected.count != actual.count else { return }
        problems.append(SealedPass.error(name, end, "\(expected.count) of them", "\(actual.count)"))
    }

    /// The first field that differs.
    private static func difference(_ expected: Any, _ actual: Any) -> (String, String) {
        let fields = zip(Mirror(reflecting: expected).children, Mirror(reflecting: actual).children)
        for (one, other) in fields where text(one.value) != text(other.value) {
            return ("\(one.label ?? "value"): \(text(one.value))", text(other.value))
        }
        return (text(expected), text(actual))
    }

    private static func text(_ value: Any) -> String {
        guard let numbers = value as? [UInt16: UInt64] else { return "\(value)" }
        return numbers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
