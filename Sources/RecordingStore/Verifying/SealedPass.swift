internal import RecordingFormat

/// One walk over the records of a sealed file.
struct SealedPass {
    private(set) var sockets: CheckpointCheck
    private let inflater: ChunkInflater
    /// CRC32 of the data section so far, then of the summary section.
    private var checksum = CRC32()
    private var isBehindData = false
    /// What the data section holds, to compare the summary with.
    private var contents = SealedContentsOfFile()
    private var summary = SummaryCheck()
    /// The chunk whose Message Index records are coming.
    private var chunk: ChunkCheck?
    private var problems: [FormatError] = []

    init(_ sockets: CheckpointCheck, _ settings: RecordingReader.Settings) {
        self.sockets = sockets
        inflater = ChunkInflater(byteLimit: settings.chunkByteLimit)
    }

    mutating func takeProblems() -> [FormatError] {
        defer { problems.removeAll() }
        return problems
    }

    mutating func cover(_ bytes: Span<UInt8>) { checksum.update(bytes) }

    /// - Parameter bytes: the whole record.
    mutating func take(_ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64, _ bytes: Span<UInt8>) {
        do throws(FormatError) {
            if opcode != .messageIndex { endChunk() }
            if isBehindData {
                try takeOfSummary(opcode, body, offset: offset, bytes)
            } else {
                try takeOfData(opcode, body, offset: offset, bytes)
            }
        } catch {
            problems.append(error)
            contents.isDamaged = true
        }
    }

    private mutating func takeOfData(
        _ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64, _ bytes: Span<UInt8>
    ) throws(FormatError) {
        guard opcode != .dataEnd else {
            isBehindData = true
            let stated = try MCAPDataEnd(body: body, offset: offset).dataSectionCRC
            compare(stated, checksum.value, "data_section_crc", "Data End", offset)
            checksum = CRC32()
            summary.start = offset &+ UInt64(bytes.count)
            return
        }
        checksum.update(bytes)
        switch opcode {
        case .schema: contents.schemas.append(try MCAPSchema(body: body, offset: offset))
        case .channel: contents.channels.append(try MCAPChannel(body: body, offset: offset))
        case .metadata:
            let name = try MCAPMetadata(body: body, offset: offset).name
            contents.metadata.append(MCAPMetadataIndex(offset: offset, byteCount: UInt64(bytes.count), name: name))
        case .attachment:
            let attachment = try MCAPAttachment(body: body, offset: offset)
            contents.attachments.append(
                MCAPAttachmentIndex(attachment, offset: offset, byteCount: UInt64(bytes.count)))
            if attachment.name == ConnectionIndex.name { contents.connectionIndex = (attachment.data, offset) }
        case .chunk: try takeChunk(body, offset: offset)
        case .messageIndex:
            let index = try MCAPMessageIndex(body: body, offset: offset)
            guard chunk != nil else { throw Self.error("Message Index", offset, "a Chunk before it", "none") }
            chunk?.take(index, offset: offset, byteCount: UInt64(bytes.count), &problems)
        case .header: return
        case .message: throw Self.error("Message", offset, "messages in chunks", "one outside")
        // A reader of the records tells of it.
        case .footer, .chunkIndex, .attachmentIndex, .statistics, .metadataIndex, .summaryOffset, .dataEnd:
            contents.isDamaged = true
        }
    }

    private mutating func takeChunk(_ body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        let head = try MCAPChunk(body: body, offset: offset)
        let inflated = inflater.records(of: head, in: body, offset: offset)
        var check = ChunkCheck(head, offset: offset, byteCount: UInt64(body.count + MCAP.recordHeadByteCount))
        let number = contents.chunks.count
        var records = ChunkRecords(inflated, offset: offset)
        reading: while true {
            switch records.next() {
            case .record(let record, let position):
                check.add(record, position: position)
                contents.add(record, chunk: number, position: position)
                if case .checkpoint(let checkpoint) = record {
                    guard let difference = sockets.compare(checkpoint) else { continue }
                    problems.append(
                        Self.error(
                            "livetape.Checkpoint at \(position) in the Chunk's records", offset,
                            "what decoding from the beginning gives", difference))
                } else {
                    sockets.follow(record)
                }
            case .end(let damage):
                // A reader of the records tells of it; what refers to them cannot be compared.
                check.isDamaged = damage != nil
                break reading
            }
        }
        if check.isDamaged { contents.isDamaged = true }
        chunk = check
    }

    /// Compares the chunk with the Message Index records behind it, of which there are no more.
    private mutating func endChunk() {
        guard let chunk else { return }
        self.chunk = nil
        contents.chunks.append(chunk.end(&problems))
    }

    private mutating func takeOfSummary(
        _ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64, _ bytes: Span<UInt8>
    ) throws(FormatError) {
        guard opcode == .footer else {
            checksum.update(bytes)
            try summary.take(opcode, body, offset: offset, byteCount: UInt64(bytes.count))
            return
        }
        checksum.update(bytes.extracting(..<(bytes.count - 4)))
        let footer = try MCAPFooter(body: body, offset: offset)
        compare(footer.summaryCRC, checksum.value, "summary_crc", "Footer", offset)
        summary.compare(footer, offset: offset, &problems)
        summary.compare(contents, &problems)
        contents.compareConnections(&problems)
    }

    mutating func end(isWhole: Bool, offset: UInt64) {
        guard !isWhole else { return }
        problems.append(Self.error("file", offset, "a summary, a Footer and the closing magic", "its end, or damage"))
    }

    private mutating func compare(
        _ stated: UInt32, _ actual: UInt32, _ name: String, _ record: String, _ offset: UInt64
    ) {
        guard stated != actual || stated == 0 else { return }
        problems.append(
            Self.error(record, offset, "\(name): \(actual)", stated == 0 ? "0 (not available)" : "\(stated)"))
    }

    static func error(_ record: String, _ offset: UInt64, _ expected: String, _ actual: String) -> FormatError {
        FormatError(offset: offset, record: record, expected: expected, actual: actual)
    }
}
