internal import Glibc
package import RecordingFormat

/// Records that come one after the other in a run: of one chunk, or some of a journal.
package struct RecordBatch: Sendable {
    package enum Item: Sendable {
        case record(JournalRecord, RecordPlace)
        case skipped(SkippedBytes)
    }

    /// In the order of the file; checkpoints left out.
    package fileprivate(set) var items: [Item] = []

    package var records: [JournalRecord] {
        items.compactMap { if case .record(let record, _) = $0 { record } else { nil } }
    }
}

extension RecordingRun {
    /// Reads all of the run, its chunks inflated and decoded to records on several tasks at a time.
    ///
    /// Memory: at most `width` batches, each of one chunk's records, or of a journal's, from when it is begun until what
    /// `transform` made of it is consumed. A file without a good index is read by one task, and only transformed on
    /// several. Sequence numbers are not compared.
    ///
    /// - Parameters:
    ///   - width: batches at a time; nil for one a core.
    ///   - transform: called for each batch, several at a time.
    ///   - consume: called with the results one after the other, in the order of the run.
    package func mapChunks<Result: Sendable>(
        width: Int? = nil, settings: RecordingReader.Settings = RecordingReader.Settings(),
        transform: @escaping @Sendable (RecordBatch) throws -> Result, consume: (Result) async throws -> Void
    ) async throws {
        let width = max(width ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
        var source = BatchSource(self, settings)
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var (begun, consumed) = (0, 0)
            var waiting: [Int: Result] = [:]
            var isAtEnd = false
            while true {
                while !isAtEnd, begun - consumed < width {
                    guard let work = try source.next() else {
                        isAtEnd = true
                        break
                    }
                    let number = begun
                    begun += 1
                    group.addTask { (number, try transform(try work.batch())) }
                }
                guard let (number, result) = try await group.next() else { return }
                waiting[number] = result
                while let next = waiting.removeValue(forKey: consumed) {
                    try await consume(next)
                    consumed += 1
                }
            }
        }
    }
}

/// What is left to do for a batch.
private enum BatchWork: Sendable {
    case read(RecordBatch)
    case chunk(SealedIndex.Chunk, InputFile, byteLimit: Int)

    func batch() throws -> RecordBatch {
        switch self {
        case .read(let batch): return batch
        case .chunk(let chunk, let file, let byteLimit):
            var batch = RecordBatch()
            let inflated = try ChunkInflater(byteLimit: byteLimit).records(of: chunk, in: file)
            var records = ChunkRecords(inflated, offset: chunk.offset)
            while true {
                switch records.next() {
                case .record(.checkpoint, _): continue
                case .record(let record, let position):
                    let place = RecordPlace(path: file.path, offset: chunk.offset, inChunk: UInt64(position))
                    batch.items.append(.record(record, place))
                case .end(let damage):
                    guard let damage else { return batch }
                    let skipped = SkippedBytes(
                        path: file.path, offset: chunk.offset, byteCount: UInt64(chunk.byteCount),
                        cause: .damaged(damage), recordsRead: records.count)
                    batch.items.append(.skipped(skipped))
                    return batch
                }
            }
        }
    }
}

/// Cuts a run into batches, in order.
private struct BatchSource {
    private enum OpenFile {
        case chunks(ArraySlice<SealedIndex.Chunk>, InputFile)
        case records(FileRecords)
    }

    /// Bytes of the file that a batch of a journal is made of, or a little more.
    private static let journalByteCount: UInt64 = 1 << 20

    private let settings: RecordingReader.Settings
    private var upcoming: ArraySlice<RecordingFile>
    private var file: OpenFile?

    init(_ run: RecordingRun, _ settings: RecordingReader.Settings) {
        self.settings = settings
        upcoming = run.files[...]
    }

    /// - Returns: nil at the end of the run.
    mutating func next() throws -> BatchWork? {
        while true {
            switch file {
            case .chunks(var chunks, let input)?:
                if let chunk = chunks.popFirst() {
                    file = .chunks(chunks, input)
                    return .chunk(chunk, input, byteLimit: settings.chunkByteLimit)
                }
                file = nil
            case .records(var records)?:
                file = nil
                let (batch, isAtEnd) = try Self.batch(&records)
                if !isAtEnd { file = .records(records) }
                if !batch.items.isEmpty { return .read(batch) }
            case nil:
                guard let next = upcoming.popFirst() else { return nil }
                let input = try InputFile(path: next.path)
                if let index = try? SealedIndex(input, settings) {
                    file = .chunks(index.chunks[...], input)
                } else {
                    file = .records(try FileRecords(path: next.path, settings))
                }
            }
        }
    }

    private static func batch(_ records: inout FileRecords) throws -> (RecordBatch, isAtEnd: Bool) {
        var batch = RecordBatch()
        let begin = records.offset
        while true {
            switch try records.next(canGrow: true) {
            case .record(.checkpoint, _): continue
            case .record(let record, let place): batch.items.append(.record(record, place))
            case .skipped(let skipped): batch.items.append(.skipped(skipped))
            case .end: return (batch, true)
            }
            // Between chunks and runs, if there are any: `offset` is behind an open one.
            if records.offset - begin >= journalByteCount, !records.isWithin { return (batch, false) }
        }
    }
}
