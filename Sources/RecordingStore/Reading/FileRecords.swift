internal import RecordingFormat

/// Reads the records of one file, over damage.
struct FileRecords {
    enum Step {
        case record(JournalRecord, offset: UInt64)
        case skipped(SkippedBytes)
        /// The file has no more bytes: it ends in order, or between two records, or within one that its writer may be
        /// about to finish.
        case end(isWhole: Bool)
    }

    let path: String
    private var window: FileWindow
    private var reader: MCAPRecordReader
    private let recordByteLimit: Int
    /// Whether the last record was the one that ends the data: only the footer may follow.
    private var isBehindDataEnd = false

    init(path: String, bufferByteCount: Int, recordByteLimit: Int) throws(RecordingError) {
        self.path = path
        self.recordByteLimit = recordByteLimit
        window = FileWindow(file: try InputFile(path: path), bufferByteCount: bufferByteCount)
        reader = MCAPRecordReader(recordByteLimit: recordByteLimit)
    }

    /// Where in the file the next byte to be used is.
    var offset: UInt64 { window.offset }

    func isBeingWritten() -> Bool { window.file.isBeingWritten() }

    /// - Parameter isGrowing: whether a writer may add to the file. If so, an unfinished record at its end is left for
    ///   later; if not, it is torn.
    mutating func next(isGrowing: Bool) throws(RecordingError) -> Step {
        while true {
            let begin = window.offset
            // A local copy, since the bytes are lent from `self` while it works.
            var reader = reader
            var position = window.position
            let step = reader.next(window.bytes.span, at: &position)
            self.reader = reader
            switch step {
            case .needsBytes(let count):
                if try window.require(count) { continue }
                return try endOfBytes(isGrowing: isGrowing)
            case .magic:
                window.position = position
            case .damaged(let error):
                return try skip(error, from: begin)
            case .record(let opcode, let offset, let body):
                do {
                    let record = try read(opcode, offset: offset, body: window.bytes.span.extracting(body))
                    window.position = position
                    isBehindDataEnd = opcode == .dataEnd || opcode == .footer
                    if let record { return .record(record, offset: offset) }
                } catch {
                    return try skip(error, from: begin)
                }
            }
        }
    }

    /// - Returns: nil for a record that is part of the frame of the file, and nothing that was recorded.
    private func read(
        _ opcode: MCAPOpcode, offset: UInt64, body: Span<UInt8>
    ) throws(FormatError) -> JournalRecord? {
        if opcode == .message, !isBehindDataEnd { return try JournalRecord(messageBody: body, offset: offset) }
        let written: Int =
            switch opcode {
            case .header where offset == UInt64(MCAP.magic.count):
                try MCAPHeader(body: body, offset: offset).encoded().count
            case .metadata where !isBehindDataEnd: try MCAPMetadata(body: body, offset: offset).encoded().count
            case .schema where !isBehindDataEnd: try MCAPSchema(body: body, offset: offset).encoded().count
            case .channel where !isBehindDataEnd: try MCAPChannel(body: body, offset: offset).encoded().count
            case .dataEnd where !isBehindDataEnd: try MCAPDataEnd(body: body, offset: offset).encoded().count
            case .footer where isBehindDataEnd: try MCAPFooter(body: body, offset: offset).encoded().count
            default: throw error(opcode, offset, "no such record here", "one")
            }
        // These records have no checksum. A length that is too large would swallow what follows without a word.
        guard written == body.count + MCAP.recordHeadByteCount else {
            throw error(opcode, offset, "a length of \(written - MCAP.recordHeadByteCount)", "\(body.count)")
        }
        return nil
    }

    private func error(_ opcode: MCAPOpcode, _ offset: UInt64, _ expected: String, _ actual: String) -> FormatError {
        FormatError(offset: offset, record: opcode.name, expected: expected, actual: actual)
    }

    private mutating func endOfBytes(isGrowing: Bool) throws(RecordingError) -> Step {
        let rest = try unread()
        if rest == 0 || isGrowing {
            window.forgetUnused()
            return .end(isWhole: reader.hasEnded)
        }
        return try skip(nil, from: window.offset)
    }

    private func unread() throws(RecordingError) -> UInt64 {
        let end = try window.file.byteCount()
        return end > window.offset ? end - window.offset : 0
    }

    /// Goes on at the next whole message, or at the end of the file.
    /// - Parameter error: what is wrong; nil if a record goes beyond the end of the file.
    private mutating func skip(_ error: FormatError?, from begin: UInt64) throws(RecordingError) -> Step {
        var search = MessageSearch(recordByteLimit: recordByteLimit)
        if try window.require(1) { window.position += 1 }
        var isEnd = false
        searching: while true {
            var position = window.position
            let step = search.next(window.bytes.span, at: &position, isEnd: isEnd)
            window.position = position
            switch step {
            case .found: break searching
            case .none: break searching
            case .needsBytes(let count):
                // A candidate that the file is too short for is none: then what is left is searched as the end.
                if try window.require(count) { continue }
                isEnd = try !window.readMore()
            }
        }
        reader.resume(at: window.offset)
        isBehindDataEnd = false
        let found = window.available > 0
        let byteCount = window.offset - begin
        let cause: SkippedBytes.Cause =
            if let error {
                .damaged(error)
            } else if found {
                .damaged(
                    FormatError(
                        offset: begin, record: "record", expected: "a length within the file", actual: "one beyond it"))
            } else {
                .torn
            }
        return .skipped(SkippedBytes(path: path, offset: begin, byteCount: byteCount, cause: cause))
    }
}
