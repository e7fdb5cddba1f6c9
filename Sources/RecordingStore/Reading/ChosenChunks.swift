internal import RecordingFormat

/// Reads the records of some chunks of a sealed file.
struct ChosenChunks {
    let path: String
    private let file: InputFile
    private let inflater: ChunkInflater
    private var upcoming: ArraySlice<ReadingPlan.Chunk>
    private var records: ChunkRecords?
    /// The chunk that is being read, or was last.
    private(set) var chunk: ReadingPlan.Chunk?
    private(set) var work = ReadingWork()

    init(path: String, _ chunks: [ReadingPlan.Chunk], _ settings: RecordingReader.Settings) throws(RecordingError) {
        self.path = path
        file = try InputFile(path: path)
        inflater = ChunkInflater(byteLimit: settings.chunkByteLimit)
        upcoming = chunks[...]
    }

    /// How far in the file the reading is.
    var offset: UInt64 { chunk.map { $0.place.offset &+ UInt64($0.place.byteCount) } ?? 0 }

    mutating func next() throws(RecordingError) -> FileRecords.Step {
        while true {
            if let step = records?.next() {
                switch step {
                case .record(let record, let position):
                    let place = RecordPlace(
                        path: path, offset: records?.offset ?? 0, inChunk: UInt64(position))
                    return .record(record, place)
                case .end(let damage):
                    let count = records?.count ?? 0
                    records = nil
                    guard let damage, let chunk else { continue }
                    return .skipped(
                        SkippedBytes(
                            path: path, offset: chunk.place.offset, byteCount: UInt64(chunk.place.byteCount),
                            cause: .damaged(damage), recordsRead: count))
                }
            }
            guard let next = upcoming.popFirst() else { return .end(isWhole: true, isLive: false) }
            chunk = next
            let inflated = try inflater.records(of: next.place, in: file)
            work.chunkCount += 1
            work.byteCount += UInt64(next.place.byteCount)
            records = ChunkRecords(inflated, offset: next.place.offset)
        }
    }
}

/// How much was read, for those who want to see that little was.
package struct ReadingWork: Hashable, Sendable {
    /// Chunks that were inflated.
    package var chunkCount: UInt64 = 0
    /// Bytes that were read of the files' records.
    package var byteCount: UInt64 = 0

    package init() {}

    static func + (one: ReadingWork, other: ReadingWork) -> ReadingWork {
        var sum = one
        sum.chunkCount += other.chunkCount
        sum.byteCount += other.byteCount
        return sum
    }
}

extension ChunkInflater {
    /// The records of a chunk that an index names.
    func records(of chunk: SealedIndex.Chunk, in file: InputFile) throws(RecordingError) -> Inflated {
        var bytes: [UInt8] = []
        try file.read(chunk.byteCount, at: chunk.offset, appendingTo: &bytes)
        do throws(FormatError) {
            var reader = MCAPRecordReader(recordByteLimit: bytes.count)
            reader.resume(at: chunk.offset)
            var position = 0
            guard case .record(.chunk, _, let body) = reader.next(bytes.span, at: &position), position == bytes.count,
                bytes.count == chunk.byteCount
            else {
                throw FormatError(
                    offset: chunk.offset, record: "Chunk",
                    expected: "one of \(chunk.byteCount) bytes, as its index says",
                    actual: "something else")
            }
            let content = bytes.span.extracting(body)
            return records(
                of: try MCAPChunk(body: content, offset: chunk.offset), in: content, offset: chunk.offset)
        } catch {
            return Inflated(damage: error)
        }
    }
}
