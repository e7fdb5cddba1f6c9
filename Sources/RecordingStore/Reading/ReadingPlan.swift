internal import RecordingFormat

/// What of a run's files has to be read for a selection, so that the selected records can be decoded as if all had been
/// read.
///
/// A sealed file is read by the chunks that its index names; any other file from its first byte to its last.
struct ReadingPlan {
    /// A chunk of a file of the run, both counted from 0. A file without index is one chunk.
    struct Position: Hashable, Comparable {
        var file: Int
        var chunk: Int

        static func < (one: Position, other: Position) -> Bool { (one.file, one.chunk) < (other.file, other.chunk) }
    }

    enum File {
        case whole
        case chunks([Chunk])
    }

    struct Chunk {
        var number: Int
        var place: SealedIndex.Chunk
    }

    /// Which records of a connection are wanted.
    struct Stretch {
        var first: Position
        var last: Position
        /// Where decoding begins: at first, a checkpoint, if `first` is not where the connection's records begin.
        var checkpoint: Checkpoint?
        /// Whether there are records of it before `first`, and behind `last`.
        var isBegunBefore: Bool
        var goesOn: Bool
    }

    struct Checkpoint: Hashable {
        var position: Position
        /// As the index has it: where in the chunk, and what it should say.
        var entry: ConnectionIndex.Checkpoint
    }

    private(set) var files: [File]
    private var stretches: [UInt64: Stretch] = [:]

    /// - Returns: nil if the selection is everything, or no file can be read by its index.
    init?(_ run: RecordingRun, _ settings: RecordingReader.Settings) {
        let selection = settings.selection
        guard !selection.isEverything else { return nil }
        let indexes: [SealedIndex?] = run.files.map { file in
            (try? InputFile(path: file.path)).flatMap { try? SealedIndex($0, settings) }
        }
        guard indexes.contains(where: { $0 != nil }) else { return nil }
        files = []
        for number in Self.numbers(in: indexes, selection) {
            stretches[number] = Self.stretch(of: number, indexes, selection)
        }
        var needed = indexes.map { [Bool](repeating: false, count: $0?.chunks.count ?? 0) }
        for (number, stretch) in stretches { mark(number, stretch, indexes, &needed) }
        for (index, needed) in zip(indexes, needed) {
            guard let index else {
                files.append(.whole)
                continue
            }
            let chunks = needed.indices.filter { needed[$0] }.map { Chunk(number: $0, place: index.chunks[$0]) }
            files.append(.chunks(chunks))
        }
        guard checkpointsAreTrue(run, indexes, settings) else { return nil }
    }

    /// Whether a record of the connection is wanted.
    /// - Parameter position: of its chunk; in a file without index, any of the file's.
    func wants(_ connection: UInt64, at position: Position) -> Bool {
        // A file that appeared since is read as it comes.
        guard files.indices.contains(position.file) else { return true }
        guard let stretch = stretches[connection] else { return !isChosen(position.file) }
        return position >= stretch.first && (position <= stretch.last || connection == 0)
    }

    /// Whether decoding of the connection begins with this checkpoint.
    func begins(_ connection: UInt64, at position: Position, sequence: UInt64) -> Bool {
        guard let checkpoint = stretches[connection]?.checkpoint else { return false }
        return checkpoint.position == position && checkpoint.entry.sequence == sequence
    }

    /// Whether the first wanted record of the connection is not its first of all, with no checkpoint to say so.
    func isBegunBefore(_ connection: UInt64) -> Bool { stretches[connection]?.isBegunBefore ?? false }

    /// Whether there are records of the connection behind those that are wanted.
    func goesOn(_ connection: UInt64) -> Bool { stretches[connection]?.goesOn ?? false }

    /// Whether some chunks of the file were chosen, or none, but not all of it.
    private func isChosen(_ file: Int) -> Bool {
        if case .chunks = files[file] { return true }
        return false
    }
}

// MARK: - Which chunks

extension ReadingPlan {
    private static func numbers(in indexes: [SealedIndex?], _ selection: RecordingSelection) -> Set<UInt64> {
        var numbers: Set<UInt64> = [0]
        if let connections = selection.connections {
            numbers.formUnion(connections)
        } else {
            for index in indexes { numbers.formUnion(index?.connections.connections.lazy.map(\.number) ?? []) }
        }
        return numbers
    }

    /// - Returns: nil if none of its records is within the time.
    private static func stretch(
        of number: UInt64, _ indexes: [SealedIndex?], _ selection: RecordingSelection
    ) -> Stretch? {
        var begin: Position?
        var first: Position?
        var last: Position?
        var end: Position?
        var checkpoint: Checkpoint?
        forEachChunk(of: number, indexes) { position, chunk in
            begin = begin ?? position
            end = position
            if chunk.end >= selection.since ?? 0, first == nil { first = position }
            if chunk.start <= selection.until ?? .max { last = position }
        }
        guard let begin, let end else { return nil }
        if number == 0 {
            // What is said of the run needs nothing that came before.
            return Stretch(first: first ?? end, last: last ?? begin, isBegunBefore: true, goesOn: false)
        }
        guard let first, let last, first <= last else { return nil }
        for file in 0...first.file {
            for entry in indexes[file]?.connections[number]?.checkpoints ?? [] {
                let position = Position(file: file, chunk: Int(entry.chunk))
                if position <= first { checkpoint = Checkpoint(position: position, entry: entry) }
            }
        }
        if let checkpoint {
            return Stretch(
                first: checkpoint.position, last: last, checkpoint: checkpoint,
                isBegunBefore: begin < checkpoint.position, goesOn: last < end)
        }
        return Stretch(first: begin, last: last, isBegunBefore: false, goesOn: last < end)
    }

    /// The chunks with records of the connection in order; a file without index may have some, unless it was closed before.
    private static func forEachChunk(
        of number: UInt64, _ indexes: [SealedIndex?], _ body: (Position, SealedIndex.Chunk) -> Void
    ) {
        var isClosed = false
        for (file, index) in indexes.enumerated() {
            guard let index else {
                let whole = SealedIndex.Chunk(offset: 0, byteCount: 0, start: 0, end: .max)
                if !isClosed { body(Position(file: file, chunk: 0), whole) }
                continue
            }
            guard let connection = index.connections[number] else { continue }
            for chunk in connection.chunks { body(Position(file: file, chunk: Int(chunk)), index.chunks[Int(chunk)]) }
            if connection.isClosed { isClosed = true }
        }
    }

    private func mark(_ number: UInt64, _ stretch: Stretch, _ indexes: [SealedIndex?], _ needed: inout [[Bool]]) {
        if let checkpoint = stretch.checkpoint { needed[checkpoint.position.file][checkpoint.position.chunk] = true }
        var newest: Position?
        Self.forEachChunk(of: number, indexes) { position, _ in
            newest = position
            guard position >= stretch.first, position <= stretch.last, indexes[position.file] != nil else { return }
            needed[position.file][position.chunk] = true
        }
        // Whether the run was closed stands in its very last record.
        if number == 0, let newest, indexes[newest.file] != nil { needed[newest.file][newest.chunk] = true }
    }
}

// MARK: - Checkpoints

extension ReadingPlan {
    /// Whether each checkpoint that is needed is where the index says, and whole: without one, all has to be read.
    private func checkpointsAreTrue(
        _ run: RecordingRun, _ indexes: [SealedIndex?], _ settings: RecordingReader.Settings
    ) -> Bool {
        var needed: [Position: [(connection: UInt64, entry: ConnectionIndex.Checkpoint)]] = [:]
        for (number, stretch) in stretches {
            guard let checkpoint = stretch.checkpoint else { continue }
            needed[checkpoint.position, default: []].append((number, checkpoint.entry))
        }
        let inflater = ChunkInflater(byteLimit: settings.chunkByteLimit)
        for (position, entries) in needed {
            guard let index = indexes[position.file], let file = try? InputFile(path: run.files[position.file].path),
                let inflated = try? inflater.records(of: index.chunks[position.chunk], in: file),
                inflated.damage == nil,
                entries.allSatisfy({ Self.holds(inflated.records, $0.connection, $0.entry) })
            else { return false }
        }
        return true
    }

    private static func holds(
        _ records: [UInt8], _ connection: UInt64, _ entry: ConnectionIndex.Checkpoint
    ) -> Bool {
        var reader = MCAPRecordReader(recordByteLimit: records.count)
        reader.resume(at: UInt64(entry.offset))
        var position = Int(entry.offset)
        guard position < records.count,
            case .record(.message, let offset, let body) = reader.next(records.span, at: &position),
            case .checkpoint(let checkpoint)? = try? JournalRecord(
                messageBody: records.span.extracting(body), offset: offset)
        else { return false }
        return checkpoint.stamp.connection == connection && checkpoint.stamp.sequence == entry.sequence
    }
}
