package import RecordingFormat

/// Where a record was read.
package struct RecordPlace: Hashable, Sendable {
    package var path: String
    /// Where in the file it begins; of a record in a chunk, where the chunk does.
    package var offset: UInt64
    /// Where in the chunk's uncompressed records it begins; nil outside of chunks.
    package var inChunk: UInt64?
}

/// Reads the records of a run in the order they were written, which is causal, file after file.
///
/// Memory: one buffer, or one record if that is larger, the records of one chunk, and a number for each open connection;
/// never more, whatever the files hold. What cannot be read is passed over and said, never left out silently.
package struct RecordingReader {
    package struct Settings: Hashable, Sendable {
        /// Bytes that are read at a time. Default: 256 KiB.
        package var bufferByteCount = 256 << 10
        /// The longest record that is believed, in bytes. Default: 64 MiB.
        package var recordByteLimit = MCAPRecordReader.defaultRecordByteLimit
        /// The most bytes of one chunk's records, uncompressed, that are believed. Default: 64 MiB.
        package var chunkByteLimit = 64 << 20
        /// Connections whose sequence numbers are followed at the same time. Default: 100 000; beyond that, those
        /// with the lowest numbers are forgotten.
        package var connectionLimit = 100_000
        /// Go on when the run grows, see ``RecordingReader/Step/caughtUp``. Default: stop where it ends now.
        package var follows = false

        package init() {}
    }

    package enum Step: Sendable {
        /// A checkpoint is none: it is not part of what was recorded.
        case record(JournalRecord, RecordPlace)
        case skipped(SkippedBytes)
        /// Comes before the record that showed it.
        case missing(MissingRecords)
        /// All there is has been read, and the run goes on: ``RecordingReader/waitForGrowth(milliseconds:)``, then ask
        /// again. Only when following.
        case caughtUp
        case ended(RunEnding)
    }

    package let run: RecordingRun
    private let settings: Settings
    private let watch: FolderWatch?
    /// Files still to be read.
    private var upcoming: ArraySlice<RecordingFile>
    private var file: FileRecords?
    /// The number of the file that is being read, or was read last.
    private var fileNumber: UInt32 = 0
    private var nextSequence: [UInt64: UInt64] = [:]
    private var pending: Step?
    private var hasRunEnded = false

    package init(run: RecordingRun, settings: Settings = Settings()) throws(RecordingError) {
        self.run = run
        self.settings = settings
        // Before anything is read: what grows from now on is noticed.
        watch = settings.follows ? try FolderWatch(folder: run.folder) : nil
        upcoming = run.files[...]
    }

    /// How far the reading is: bytes of the run's files that are behind it.
    package private(set) var finishedFileBytes: UInt64 = 0
    package var bytesRead: UInt64 { finishedFileBytes &+ (file?.offset ?? 0) }

    /// - Throws: if a file cannot be read at all. After that, the next call goes on with the next file.
    package mutating func next() throws(RecordingError) -> Step {
        if let pending {
            self.pending = nil
            return pending
        }
        while true {
            guard file != nil else {
                guard try openNext() else { return .ended(hasRunEnded ? .closed : .cutOff) }
                continue
            }
            if let step = try nextInFile() { return step }
        }
    }

    /// Returns when a file of the run may have grown, or another may have appeared.
    /// - Parameter milliseconds: the longest wait; nil for no end.
    package func waitForGrowth(milliseconds: Int32? = nil) {
        _ = watch?.wait(milliseconds: milliseconds)
    }

    /// Readable when there may be something new, for those who wait with others; nil unless following.
    package var growthDescriptor: Int32? { watch?.descriptor }

    /// - Returns: nil if there is nothing to be said of what was read, or another file has to be opened first.
    private mutating func nextInFile() throws(RecordingError) -> Step? {
        do {
            switch try file?.next(canGrow: settings.follows || upcoming.isEmpty) {
            case .record(.checkpoint, _)?:
                return nil
            case .record(let record, let place)?:
                return accept(record, place)
            case .skipped(let bytes)?:
                return .skipped(bytes)
            case .end(let isWhole, let isLive)?:
                return try endOfFile(isWhole: isWhole, isLive: isLive)
            case nil:
                return nil
            }
        } catch {
            closeFile()
            throw error
        }
    }

    private mutating func accept(_ record: JournalRecord, _ place: RecordPlace) -> Step {
        if case .note(let note) = record, note.kind == .runEnded { hasRunEnded = true }
        guard !record.isAddition else { return .record(record, place) }
        let stamp = record.stamp
        let expected = nextSequence[stamp.connection] ?? 0
        if case .socket(let socket) = record, socket.kind == .connectionClosed {
            nextSequence[stamp.connection] = nil
        } else {
            nextSequence[stamp.connection] = stamp.sequence &+ 1
            if nextSequence.count > settings.connectionLimit, let oldest = nextSequence.keys.min() {
                nextSequence[oldest] = nil
            }
        }
        guard stamp.sequence != expected else { return .record(record, place) }
        pending = .record(record, place)
        return .missing(
            MissingRecords(path: place.path, offset: place.offset, stamp: stamp, expected: expected))
    }

    private mutating func endOfFile(isWhole: Bool, isLive: Bool) throws(RecordingError) -> Step? {
        // A writer that goes on in another file makes that first, and then ends this one.
        if settings.follows, isLive, !isWhole, !hasRunEnded { return .caughtUp }
        if !upcoming.isEmpty || (settings.follows && findNextFile()) {
            closeFile()
            return nil
        }
        if isLive, !isWhole, !hasRunEnded {
            return .ended(.live)
        }
        closeFile()
        return nil
    }

    private mutating func closeFile() {
        finishedFileBytes &+= file?.offset ?? 0
        file = nil
    }

    /// - Returns: whether there is a next file.
    private mutating func openNext() throws(RecordingError) -> Bool {
        guard let next = upcoming.popFirst() else { return false }
        fileNumber = next.number
        file = try FileRecords(path: next.path, settings)
        return true
    }

    /// Looks for files of the run that were begun since.
    private mutating func findNextFile() -> Bool {
        guard !hasRunEnded, let paths = try? RecordingPaths.recordings(in: run.folder) else { return false }
        let newer = paths.filter { path in
            RecordingName(path: path).map { $0.runID == run.id && $0.number > fileNumber } ?? false
        }
        // A file whose preamble is not written yet does not open: its next growth brings us here again.
        upcoming = newer.compactMap { try? RecordingFile(path: $0) }.sorted { $0.number < $1.number }[...]
        return !upcoming.isEmpty
    }
}
