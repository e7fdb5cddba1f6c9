internal import RecordingFormat

/// Reads the records of one file from the first byte to the last, journal or sealed, over damage.
struct FileRecords {
    enum Step {
        /// - place: of a record in a chunk too.
        case record(JournalRecord, RecordPlace)
        case skipped(SkippedBytes)
        /// The file has no more bytes: it ends in order, or between two records, or within one that its writer may be
        /// about to finish, if it is live.
        case end(isWhole: Bool, isLive: Bool)
    }

    /// What the records so far show the file to be. A journal holds no chunk, so that one in it is somebody's payload.
    private enum Form { case unknown, journal, sealed }

    /// The chunk whose records are being given.
    private struct OpenChunk {
        var records: ChunkRecords
        /// Bytes of it in the file, as far as they are there.
        var byteCount: UInt64
        /// Whether the file ends within it.
        var isTorn: Bool
    }

    let path: String
    private var window: FileWindow
    private var reader: MCAPRecordReader
    private var search: RecordSearch
    private let settings: RecordingReader.Settings
    private let inflater: ChunkInflater
    private var chunk: OpenChunk?
    private var run: OpenRun?
    private var form: Form = .unknown
    /// Whether the data section is over: only a summary and the footer may follow.
    private var isBehindDataEnd = false

    init(path: String, _ settings: RecordingReader.Settings) throws(RecordingError) {
        self.path = path
        self.settings = settings
        window = FileWindow(file: try InputFile(path: path), bufferByteCount: settings.bufferByteCount)
        reader = MCAPRecordReader(recordByteLimit: settings.recordByteLimit)
        search = RecordSearch(recordByteLimit: settings.recordByteLimit, findsChunks: true)
        inflater = ChunkInflater(byteLimit: settings.chunkByteLimit)
    }

    /// Where in the file the next byte to be used is.
    var offset: UInt64 { window.offset }

    /// Whether there may be more records of what was opened last, a chunk or a run of frames.
    var isWithin: Bool { chunk != nil || run != nil }

    /// - Parameter canGrow: whether a writer, if there is one, may add to the file. If so, an unfinished record at its end
    ///   is left for later; if not, it is torn.
    mutating func next(canGrow: Bool) throws(RecordingError) -> Step {
        while true {
            if let step = nextInRun() { return step }
            if let step = try nextInChunk() { return step }
            let begin = window.offset
            // A local copy, since the bytes are lent from `self` while it works.
            var reader = reader
            var position = window.position
            let step = reader.next(window.bytes.span, at: &position)
            self.reader = reader
            switch step {
            case .needsBytes(let count):
                if try window.require(count) { continue }
                // The lock first, the bytes then: a writer that is gone cannot have added anything in between.
                let isLive = window.file.isBeingWritten()
                if try window.require(count) { continue }
                if let step = try endOfBytes(isLive: isLive, canGrow: canGrow) { return step }
            case .magic:
                window.position = position
            case .damaged(let error):
                return try skip(error, from: begin)
            case .record(let opcode, let offset, let body):
                do {
                    let content = try read(opcode, offset: offset, body: window.bytes.span.extracting(body))
                    window.position = position
                    if let record = take(content) { return .record(record, RecordPlace(path: path, offset: offset)) }
                } catch {
                    return try skip(error, from: begin)
                }
            }
        }
    }

    private enum Content {
        case message(JournalRecord)
        case run(OpenRun)
        case chunk(OpenChunk)
        /// Part of the frame of the file, and nothing that was recorded.
        case frame(MCAPOpcode)
    }

    private func read(_ opcode: MCAPOpcode, offset: UInt64, body: Span<UInt8>) throws(FormatError) -> Content {
        switch opcode {
        case .message where !isBehindDataEnd:
            switch try StoredRecord(messageBody: body, offset: offset) {
            case .record(let record): return .message(record)
            case .run(let run, let frames): return .run(try OpenRun(run, frames: frames, offset: offset))
            }
        case .chunk where !isBehindDataEnd:
            let chunk = try MCAPChunk(body: body, offset: offset)
            return .chunk(
                OpenChunk(
                    records: ChunkRecords(inflater.records(of: chunk, in: body, offset: offset), offset: offset),
                    byteCount: UInt64(body.count + MCAP.recordHeadByteCount), isTorn: false))
        default: break
        }
        // These records have no checksum. A length that is too large would swallow what follows without a word.
        let written = try FrameOfFile.writtenByteCount(opcode, body, offset: offset, isBehindData: isBehindDataEnd)
        guard written == body.count + MCAP.recordHeadByteCount else {
            throw FormatError(
                offset: offset, record: opcode.name, expected: "a length of \(written - MCAP.recordHeadByteCount)",
                actual: "\(body.count)")
        }
        return .frame(opcode)
    }

    /// - Returns: the record, if it is one.
    private mutating func take(_ content: Content) -> JournalRecord? {
        switch content {
        case .message(let record):
            beginJournal()
            return record
        case .run(let run):
            beginJournal()
            self.run = run
        case .chunk(let chunk):
            if form == .unknown { form = .sealed }
            self.chunk = chunk
        case .frame(let opcode):
            if opcode == .dataEnd { isBehindDataEnd = true }
        }
        return nil
    }

    private mutating func beginJournal() {
        guard form == .unknown else { return }
        form = .journal
        search = RecordSearch(recordByteLimit: settings.recordByteLimit)
    }

    /// - Returns: nil if no run of frames is open any more.
    private mutating func nextInRun() -> Step? {
        guard let offset = run?.offset else { return nil }
        guard let frame = run?.next() else {
            run = nil
            return nil
        }
        return .record(frame, RecordPlace(path: path, offset: offset))
    }

    private mutating func endOfBytes(isLive: Bool, canGrow: Bool) throws(RecordingError) -> Step? {
        let rest = try unread()
        if rest == 0 || (isLive && canGrow) {
            window.forgetUnused()
            return .end(isWhole: reader.hasEnded, isLive: isLive)
        }
        if try openTornChunk() { return nil }
        return try skip(nil, from: window.offset)
    }

    private func unread() throws(RecordingError) -> UInt64 {
        let end = try window.file.byteCount()
        return end > window.offset ? end - window.offset : 0
    }
}

// MARK: - Chunks

extension FileRecords {
    /// - Returns: nil if no chunk is open any more.
    private mutating func nextInChunk() throws(RecordingError) -> Step? {
        guard let next = chunk?.records.next(), let open = chunk else { return nil }
        switch next {
        case .record(let record, let position):
            return .record(record, RecordPlace(path: path, offset: open.records.offset, inChunk: UInt64(position)))
        case .end(let damage):
            chunk = nil
            let cause: SkippedBytes.Cause
            if open.isTorn {
                // It is all that there is of the file.
                window.position = window.bytes.count
                cause = .torn
            } else if let damage {
                cause = .damaged(damage)
            } else {
                return nil
            }
            return .skipped(
                SkippedBytes(
                    path: path, offset: open.records.offset, byteCount: open.byteCount, cause: cause,
                    recordsRead: open.records.count))
        }
    }

    /// Opens the chunk that the file ends in, if it does: what of it is there may inflate to whole records.
    private mutating func openTornChunk() throws(RecordingError) -> Bool {
        let begin = window.offset
        let rest = try unread()
        guard form != .journal, !isBehindDataEnd, rest <= UInt64(settings.recordByteLimit),
            try window.require(Int(rest))
        else { return false }
        chunk = tornChunk(window.bytes.span.extracting(window.position..<window.bytes.count), offset: begin)
        return chunk != nil
    }

    private func tornChunk(_ bytes: Span<UInt8>, offset: UInt64) -> OpenChunk? {
        guard let (length, body) = FrameOfFile.tornRecord(.chunk, bytes),
            let chunk = try? MCAPChunk(body: bytes.extracting(body), offset: offset, statedByteCount: length)
        else { return nil }
        let inflated = inflater.records(of: chunk, in: bytes.extracting(body), offset: offset, isTorn: true)
        return OpenChunk(
            records: ChunkRecords(inflated, offset: offset), byteCount: UInt64(bytes.count), isTorn: true)
    }
}

// MARK: - Damage

extension FileRecords {
    /// Goes on at the next whole message or chunk, or at the end of the file.
    /// - Parameters:
    ///   - error: what is wrong; nil if a record goes beyond the end of the file.
    private mutating func skip(_ error: FormatError?, from begin: UInt64) throws(RecordingError) -> Step {
        if try window.require(1) { window.position += 1 }
        var isEnd = false
        searching: while true {
            var (search, position) = (search, window.position)
            let step = search.next(window.bytes.span, at: &position, isEnd: isEnd)
            (self.search, window.position) = (search, position)
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
        return .skipped(SkippedBytes(path: path, offset: begin, byteCount: window.offset - begin, cause: cause))
    }
}
