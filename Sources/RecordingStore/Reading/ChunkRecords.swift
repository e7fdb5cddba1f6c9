internal import RecordingFormat

/// The messages of one chunk, one after the other, over damage.
struct ChunkRecords {
    enum Step {
        /// - position: where in the chunk's uncompressed records it begins.
        case record(JournalRecord, position: Int)
        /// There are no more. What was wrong, if anything; the first of it.
        case end(damage: FormatError?)
    }

    /// Where in the file the Chunk begins.
    let offset: UInt64
    private let records: [UInt8]
    private var reader: MCAPRecordReader
    private var search: RecordSearch
    private var position = 0
    private var damage: FormatError?
    /// How many messages it gave.
    private(set) var count: UInt64 = 0

    /// - Parameters:
    ///   - inflated: a damaged chunk's too: each message has a checksum of its own.
    ///   - offset: where in the file the Chunk begins.
    init(_ inflated: ChunkInflater.Inflated, offset: UInt64) {
        self.offset = offset
        records = inflated.records
        damage = inflated.damage
        reader = MCAPRecordReader(recordByteLimit: inflated.records.count)
        reader.resume(at: 0)
        search = RecordSearch(recordByteLimit: inflated.records.count)
    }

    mutating func next() -> Step {
        while position < records.count {
            let begin = position
            // Local copies, since the bytes are lent from `self` while they work.
            var (reader, position) = (reader, position)
            let step = reader.next(records.span, at: &position)
            (self.reader, self.position) = (reader, position)
            switch step {
            case .record(.message, _, let body):
                do {
                    let record = try JournalRecord(messageBody: records.span.extracting(body), offset: UInt64(begin))
                    count += 1
                    return .record(record, position: begin)
                } catch {
                    searchOn(from: begin, error)
                }
            case .record(let opcode, _, let body):
                do {
                    try pass(opcode, records.span.extracting(body), at: begin)
                } catch {
                    searchOn(from: begin, error)
                }
            case .damaged(let error):
                searchOn(from: begin, error)
            case .needsBytes, .magic:
                searchOn(from: begin, error("record", begin, "one within the chunk", "\(records.count - begin) bytes"))
            }
        }
        return .end(damage: damage)
    }

    /// What MCAP allows in a chunk besides messages says nothing new: ours stand before the chunks.
    private func pass(_ opcode: MCAPOpcode, _ body: Span<UInt8>, at begin: Int) throws(FormatError) {
        switch opcode {
        case .schema: _ = try MCAPSchema(body: body, offset: UInt64(begin))
        case .channel: _ = try MCAPChannel(body: body, offset: UInt64(begin))
        case .header, .footer, .message, .chunk, .messageIndex, .chunkIndex, .attachment, .attachmentIndex, .statistics,
            .metadata, .metadataIndex, .summaryOffset, .dataEnd:
            throw error(opcode.name, begin, "no such record in a chunk", "one")
        }
    }

    /// Goes on at the next whole message.
    private mutating func searchOn(from begin: Int, _ error: FormatError) {
        if damage == nil {
            var error = error
            error.record += " at \(error.offset) in the Chunk's records"
            error.offset = offset
            damage = error
        }
        var (search, position) = (search, begin + 1)
        let step = search.next(records.span, at: &position, isEnd: true)
        (self.search, self.position) = (search, step == .found ? position : records.count)
        reader.resume(at: UInt64(self.position))
    }

    private func error(_ record: String, _ place: Int, _ expected: String, _ actual: String) -> FormatError {
        FormatError(offset: UInt64(place), record: record, expected: expected, actual: actual)
    }
}
