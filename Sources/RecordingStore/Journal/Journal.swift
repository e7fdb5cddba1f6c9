internal import Glibc
internal import RecordingFormat
internal import Synchronization

/// The recording of one run while it is being made: a series of append-only files, shared by all event loops.
///
/// An append is one `writev` under a lock: the kernel orders appends to one file anyway, and the lock lets a short write
/// be taken back before another loop writes behind it. When there is no space, recording stops and traffic goes on: a
/// gap record says so, and recording goes on in a new file as soon as there is space.
package final class Journal: Sendable {
    package struct Settings: Sendable {
        package var folder: String
        /// Host and port as they appear in file names.
        package var targetName: String
        /// Facts for the first record, by ``JournalPreamble/DetailKey`` or any other key.
        package var details: [String: String]
        package var run: String
        /// The version of the program that records.
        package var release: String
        /// A file may not grow beyond this; the default is no limit.
        package var fileByteLimit: Int64 = .max
        /// The run goes on in a new file before one has more bytes than this, if there is more than one batch in it.
        /// Default: 512 MB.
        package var rotationByteCount: Int64 = 512_000_000
        /// And when so many nanoseconds have passed since the file's first record. Default: one hour.
        package var rotationAge: UInt64 = 3_600_000_000_000
        /// How often to look whether there is space again, in nanoseconds. Default: one second.
        package var retryInterval: UInt64 = 1_000_000_000

        package init(folder: String, targetName: String, details: [String: String], run: String, release: String) {
            self.folder = folder
            self.targetName = targetName
            self.details = details
            self.run = run
            self.release = release
        }
    }

    /// What happens to the journal, for whoever shows it to a person.
    package enum Event: Sendable {
        case stopped(reason: String)
        case resumed(path: String, lostRecords: UInt64)
        /// A file is complete, and the run goes on in the next one.
        case rotated(closed: String, next: String)
    }

    private struct Gap {
        var cause: String
        var from: UInt64
        var records: UInt64 = 0
        var bytes: UInt64 = 0
        var lastTry: UInt64
    }

    private enum Phase {
        case recording(JournalFile)
        case full(Gap)
        case closed
    }

    private struct State {
        var phase: Phase
        var number: Int
        var paths: [String]
        /// When the newest file got its first record, and when it was last tried in vain to begin another; monotonic.
        var began: UInt64?
        var rotationFailed: UInt64?
        /// Records that belong to no connection are numbered here.
        var sequence: UInt64 = 0
        var statistics = RunStatistics()
    }

    package let settings: Settings
    private let startedSeconds: Int
    private let onEvent: @Sendable (Event) -> Void
    private let state: Mutex<State>

    /// Makes the folder and the first file.
    /// - Parameter onEvent: called on an event loop when recording stops or goes on; must return at once.
    package init(_ settings: Settings, onEvent: @escaping @Sendable (Event) -> Void = { _ in }) throws(JournalError) {
        try RecordingFolder.prepare(settings.folder)
        self.settings = settings
        self.onEvent = onEvent
        let now = RecordingTime.now()
        startedSeconds = Int(now.wall / 1_000_000_000)
        let file = try Self.makeFile(settings, number: 1, startedSeconds: startedSeconds, now: now)
        let path = file.path
        state = Mutex(State(phase: .recording(file), number: 1, paths: [path]))
    }

    /// The files so far, oldest first.
    package var paths: [String] { state.withLock { $0.paths } }

    /// Those of the files that nothing is added to any more.
    package var closedPaths: [String] {
        state.withLock { state in
            switch state.phase {
            case .recording: state.paths.dropLast()
            case .full, .closed: state.paths
            }
        }
    }

    package var statistics: RunStatistics { state.withLock { $0.statistics } }

    package var isRecording: Bool {
        state.withLock { state in
            switch state.phase {
            case .recording: true
            case .full, .closed: false
            }
        }
    }

    private static func makeFile(
        _ settings: Settings, number: Int, startedSeconds: Int, now: RecordingTime
    ) throws(JournalError) -> JournalFile {
        let name = RecordingFolder.fileName(
            startedSeconds: startedSeconds, target: settings.targetName, run: settings.run, number: number)
        let file = try JournalFile(creating: settings.folder + "/" + name, limit: settings.fileByteLimit)
        let preamble = JournalPreamble(
            runID: settings.run, fileNumber: UInt32(clamping: number), details: settings.details)
        switch file.append(preamble.encoded(release: settings.release)) {
        case .appended:
            file.endPreamble()
            return file
        case .full(let number):
            unlink(file.path)
            throw JournalError(.file, path: file.path, errno: number)
        }
    }
}

// MARK: - Appending

extension Journal {
    /// Appends a batch of whole records, all or nothing, and takes over the counts that came with it.
    /// - Parameters:
    ///   - now: when the batch was made, for the gap record if there is no space.
    func append(
        _ vectors: UnsafeBufferPointer<iovec>,  // Unsafe: what writev(2) takes; the writer keeps the memory alive.
        byteCount: Int, recordCount: UInt64, statistics: RunStatistics, now: RecordingTime
    ) {
        let events = state.withLock { state -> [Event] in
            state.statistics.add(statistics)
            guard recordCount > 0 else { return [] }
            switch state.phase {
            case .recording(var file):
                let rotated = rotate(&state, &file, adding: byteCount, now)
                state.began = state.began ?? now.monotonic
                guard case .full(let number) = file.append(vectors, byteCount: byteCount) else { return rotated }
                let reason = String(cString: strerror(number))
                beginGap(&state, file, reason: reason, now: now)
                count(recordCount, byteCount, in: &state)
                return rotated + [.stopped(reason: reason)]
            case .full(let gap):
                if isRetryDue(gap, now),
                    let event = resume(&state, gap, now, with: { $0.append(vectors, byteCount: byteCount) })
                {
                    return [event]
                }
                count(recordCount, byteCount, in: &state)
                return []
            case .closed:
                return []
            }
        }
        for event in events { onEvent(event) }
    }

    private func count(_ records: UInt64, _ bytes: Int, in state: inout State) {
        guard case .full(var gap) = state.phase else { return }
        gap.records &+= records
        gap.bytes &+= UInt64(bytes)
        state.statistics.lostRecords &+= records
        state.statistics.lostBytes &+= UInt64(bytes)
        state.phase = .full(gap)
    }

    /// Says in the reserved space of the file that it ends here and why.
    private func beginGap(_ state: inout State, _ file: JournalFile, reason: String, now: RecordingTime) {
        let record = GapRecord(
            stamp: stamp(&state, now), cause: reason, fromWallNanoseconds: now.wall, toWallNanoseconds: 0,
            records: 0, bytes: 0)
        _ = file.append(JournalRecord.gap(record).encoded() + ending, isLast: true)
        file.trim()
        state.statistics.gaps += 1
        state.phase = .full(Gap(cause: reason, from: now.wall, lastTry: now.monotonic))
    }

    /// A loop can come with a time that it read before another loop began the gap: that is too early.
    private func isRetryDue(_ gap: Gap, _ now: RecordingTime) -> Bool {
        now.monotonic >= gap.lastTry && now.monotonic - gap.lastTry >= settings.retryInterval
    }

    /// Begins a new file, says in it what is missing, and appends what is to be recorded. Without space for all of that
    /// no file stays: a disk that is nearly full would be littered with beginnings.
    private func resume(
        _ state: inout State, _ earlier: Gap, _ now: RecordingTime, with rest: (JournalFile) -> JournalFile.Outcome
    ) -> Event? {
        var gap = earlier
        gap.lastTry = now.monotonic
        state.phase = .full(gap)
        let next = state.number + 1
        let sequence = state.sequence
        guard let file = try? Self.makeFile(settings, number: next, startedSeconds: startedSeconds, now: now) else {
            return nil
        }
        let record = GapRecord(
            stamp: stamp(&state, now), cause: gap.cause, fromWallNanoseconds: gap.from,
            toWallNanoseconds: now.wall, records: gap.records, bytes: gap.bytes)
        guard file.append(JournalRecord.gap(record).encoded()) == .appended, rest(file) == .appended else {
            unlink(file.path)
            state.sequence = sequence
            return nil
        }
        begin(file, number: next, in: &state, now)
        return .resumed(path: file.path, lostRecords: gap.records)
    }

    private func stamp(_ state: inout State, _ now: RecordingTime) -> RecordStamp {
        defer { state.sequence += 1 }
        return RecordStamp(
            connection: 0, sequence: state.sequence, wallNanoseconds: now.wall, monotonicNanoseconds: now.monotonic)
    }
}

// MARK: - Rotation

extension Journal {
    /// Begins the run's next file when the one at hand is large or old enough. If that cannot be done, recording goes on
    /// in the old one, and it is tried again after a while.
    /// - Parameter file: becomes the new one.
    private func rotate(
        _ state: inout State, _ file: inout JournalFile, adding byteCount: Int, _ now: RecordingTime
    ) -> [Event] {
        guard isRotationDue(state, file, adding: byteCount, now) else { return [] }
        let number = state.number + 1
        guard let next = try? Self.makeFile(settings, number: number, startedSeconds: startedSeconds, now: now) else {
            state.rotationFailed = now.monotonic
            return []
        }
        let sequence = state.sequence
        let note = NoteRecord(
            stamp: stamp(&state, now), kind: .rotated, text: "the run goes on in file \(number)",
            nextFile: UInt32(clamping: number))
        if file.append(JournalRecord.note(note).encoded() + ending, isLast: true) != .appended {
            // The file ends without the word: then no record of it may seem to be lost.
            state.sequence = sequence
        }
        file.trim()
        let closed = file.path
        begin(next, number: number, in: &state, now)
        file = next
        return [.rotated(closed: closed, next: next.path)]
    }

    /// A loop can come with a time that it read before another loop began the file: that is too early.
    private func isRotationDue(
        _ state: State, _ file: JournalFile, adding byteCount: Int, _ now: RecordingTime
    ) -> Bool {
        guard file.hasRecords, let began = state.began else { return false }
        let isLarge = file.byteCount + Int64(byteCount) > settings.rotationByteCount
        let isOld = now.monotonic >= began && now.monotonic - began >= settings.rotationAge
        guard isLarge || isOld else { return false }
        guard let failed = state.rotationFailed else { return true }
        return now.monotonic >= failed && now.monotonic - failed >= settings.retryInterval
    }

    private func begin(_ file: JournalFile, number: Int, in state: inout State, _ now: RecordingTime) {
        state.number = number
        state.paths.append(file.path)
        state.phase = .recording(file)
        state.began = now.monotonic
        state.rotationFailed = nil
    }
}

// MARK: - Closing

extension Journal {
    /// Ends the run: says so in a record, and makes the file a complete MCAP file. Later appends are ignored.
    ///
    /// Within a gap it tries once more to begin a file, for what the gap has taken is in no record yet.
    package func close(now: RecordingTime = .now()) {
        state.withLock { state in
            if case .full(let gap) = state.phase { _ = resume(&state, gap, now) { _ in .appended } }
            if case .recording(let file) = state.phase {
                let note = NoteRecord(stamp: stamp(&state, now), kind: .runEnded, text: "the run ended")
                _ = file.append(JournalRecord.note(note).encoded() + ending, isLast: true)
                file.trim()
            }
            state.phase = .closed
        }
    }

    /// What stands behind the last record of a complete MCAP file that has no summary.
    private var ending: [UInt8] {
        MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic
    }

    /// Brings what is written so far onto the disk. Blocks for as long as the disk takes: never on an event loop.
    package func synchronize() {
        let descriptor = state.withLock { state -> Int32? in
            guard case .recording(let file) = state.phase else { return nil }
            return file.duplicateDescriptor()
        }
        guard let descriptor, descriptor >= 0 else { return }
        fdatasync(descriptor)
        Glibc.close(descriptor)
    }
}

extension Journal {
    /// Takes back a run that never began: its file, if nothing but its beginning and its end stand in it.
    package func removeIfEmpty() {
        guard statistics == RunStatistics(), let path = paths.first, paths.count == 1 else { return }
        unlink(path)
    }
}
