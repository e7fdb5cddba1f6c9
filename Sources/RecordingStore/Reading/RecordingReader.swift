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
        /// The most bytes of a sealed file's summary, and of its index of connections, that are read to find the chunks
        /// of a selection. Default: 16 MiB each; a file with more is read from its first byte on.
        package var indexByteLimit = 16 << 20
        /// What is wanted. Of other connections nothing is given. Records that are outside of its time can be given all
        /// the same, since they are needed to decode those that are within. Default: everything.
        package var selection = RecordingSelection()
        /// Give a socket's checkpoint, as a record, where what came before it is lost or not read: for a decoder, which
        /// goes on from it. Default: never.
        package var givesCheckpoints = false
        /// Go on when the run grows, see ``RecordingReader/Step/caughtUp``. Default: stop where it ends now.
        package var follows = false

        package init() {}
    }

    package enum Step: Sendable {
        /// A checkpoint is none, as it is not part of what was recorded; but see ``Settings/givesCheckpoints``.
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
    /// What is to be read; nil for all of every file.
    private let plan: ReadingPlan?
    /// Files still to be read.
    private var upcoming: ArraySlice<RecordingFile>
    /// The file that is being read, one of the two: from its first byte on, or the chunks that are wanted of it.
    private var whole: FileRecords?
    private var chosen: ChosenChunks?
    /// Which of the run's files is being read, counted from 0 from the first that was known when reading began.
    private var fileIndex = -1
    /// The number of the file that is being read, or was read last.
    private var fileNumber: UInt32 = 0
    private var nextSequence: [UInt64: UInt64] = [:]
    /// Connections whose records were missing, with no checkpoint since.
    private var impaired: Set<UInt64> = []
    private var pending: Step?
    private var hasRunEnded = false

    package init(run: RecordingRun, settings: Settings = Settings()) throws(RecordingError) {
        self.run = run
        self.settings = settings
        // Before anything is read: what grows from now on is noticed.
        watch = settings.follows ? try FolderWatch(folder: run.folder) : nil
        upcoming = run.files[...]
        plan = ReadingPlan(run, settings)
    }

    /// How far the reading is: bytes of the run's files that are behind it.
    package private(set) var finishedFileBytes: UInt64 = 0
    package var bytesRead: UInt64 {
        finishedFileBytes &+ (whole?.offset ?? chosen?.offset ?? 0)
    }

    /// What was read of the files that were finished, and of the one that is being read, where chunks were chosen.
    package var work: ReadingWork {
        chosen.map { finishedWork + $0.work } ?? finishedWork
    }
    private var finishedWork = ReadingWork()

    /// - Throws: if a file cannot be read at all. After that, the next call goes on with the next file.
    package mutating func next() throws(RecordingError) -> Step {
        if let pending {
            self.pending = nil
            return pending
        }
        while true {
            guard whole != nil || chosen != nil else {
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
            guard let (step, chunk) = try nextStep() else { return nil }
            return try receive(step, chunk: chunk)
        } catch {
            closeFile()
            throw error
        }
    }

    private mutating func nextStep() throws(RecordingError) -> (FileRecords.Step, chunk: Int)? {
        // In place: either is large to be moved about with each record.
        if let step = try whole?.next(canGrow: settings.follows || upcoming.isEmpty) { return (step, 0) }
        guard let step = try chosen?.next() else { return nil }
        return (step, chosen?.chunk?.number ?? 0)
    }

    private mutating func receive(_ step: FileRecords.Step, chunk: Int) throws(RecordingError) -> Step? {
        switch step {
        case .record(let record, let place):
            let stamp = record.stamp
            let position = ReadingPlan.Position(file: fileIndex, chunk: chunk)
            guard settings.selection.contains(connection: stamp.connection),
                plan?.wants(stamp.connection, at: position) ?? true
            else { return nil }
            if case .checkpoint(let checkpoint) = record { return take(checkpoint, position, place) }
            return accept(record, place)
        case .skipped(let bytes): return .skipped(bytes)
        case .end(let isWhole, let isLive): return try endOfFile(isWhole: isWhole, isLive: isLive)
        }
    }

    private mutating func accept(_ record: JournalRecord, _ place: RecordPlace) -> Step {
        if case .note(let note) = record, note.kind == .runEnded { hasRunEnded = true }
        guard !record.isAddition else { return .record(record, place) }
        let stamp = record.stamp
        let expected = nextSequence[stamp.connection] ?? 0
        if case .socket(let socket) = record, socket.kind == .connectionClosed {
            nextSequence[stamp.connection] = nil
            impaired.remove(stamp.connection)
        } else {
            expect(stamp.sequence &+ 1, of: stamp.connection)
        }
        // Of the run's own records a selection leaves out any.
        guard stamp.sequence != expected, stamp.connection != 0 || plan == nil else { return .record(record, place) }
        impaired.insert(stamp.connection)
        pending = .record(record, place)
        return missing(stamp, expected: expected, place)
    }

    /// - Returns: nil if decoding need not begin at the checkpoint.
    private mutating func take(
        _ checkpoint: CheckpointRecord, _ position: ReadingPlan.Position, _ place: RecordPlace
    ) -> Step? {
        let stamp = checkpoint.stamp
        let expected = nextSequence[stamp.connection] ?? 0
        let isBeginning = plan?.begins(stamp.connection, at: position, sequence: stamp.sequence) ?? false
        let isAwaited = isBeginning && plan?.isBegunBefore(stamp.connection) ?? false
        if isAwaited { expect(stamp.sequence, of: stamp.connection) }
        guard settings.givesCheckpoints else { return nil }
        let isBehindLoss = impaired.remove(stamp.connection) != nil || stamp.sequence > expected
        guard isBeginning || isBehindLoss else { return nil }
        expect(stamp.sequence, of: stamp.connection)
        guard stamp.sequence > expected, !isAwaited else { return .record(.checkpoint(checkpoint), place) }
        pending = .record(.checkpoint(checkpoint), place)
        return missing(stamp, expected: expected, place)
    }

    private mutating func expect(_ sequence: UInt64, of connection: UInt64) {
        nextSequence[connection] = sequence
        guard nextSequence.count > settings.connectionLimit, let oldest = nextSequence.keys.min() else { return }
        nextSequence[oldest] = nil
        impaired.remove(oldest)
    }

    private func missing(_ stamp: RecordStamp, expected: UInt64, _ place: RecordPlace) -> Step {
        .missing(MissingRecords(path: place.path, offset: place.offset, stamp: stamp, expected: expected))
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
        (finishedFileBytes, finishedWork) = (bytesRead, work)
        whole = nil
        chosen = nil
    }

    /// - Returns: whether there is a next file.
    private mutating func openNext() throws(RecordingError) -> Bool {
        guard let next = upcoming.popFirst() else { return false }
        fileNumber = next.number
        fileIndex += 1
        if let plan, plan.files.indices.contains(fileIndex), case .chunks(let chunks) = plan.files[fileIndex] {
            chosen = try ChosenChunks(path: next.path, chunks, settings)
        } else {
            whole = try FileRecords(path: next.path, settings)
        }
        return true
    }

    /// Whether records of the connection that the selection left out come after all that were given.
    func leavesOutEnd(of connection: UInt64) -> Bool { plan?.goesOn(connection) ?? false }

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
