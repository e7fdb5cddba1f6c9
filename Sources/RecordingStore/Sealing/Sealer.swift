internal import Glibc
internal import RecordingFormat

/// Seals the files of a run, one after the other: what a socket carries from one file into the next goes with it.
///
/// It blocks, and uses a core while it works: give it a thread of its own. Memory: one chunk, and what a
/// ``ConversationDecoder`` needs.
package struct Sealer: Sendable {
    package var settings: SealingSettings
    /// The version of the program, for the files' headers.
    package let release: String
    /// What is known at the end of the file that was sealed last.
    private var known: Known?

    private struct Known {
        var run: String
        var file: UInt32
        var state: RunState
    }

    package init(release: String, settings: SealingSettings = SealingSettings()) {
        self.release = release
        self.settings = settings
    }

    /// Seals one file of a run.
    ///
    /// - Parameters:
    ///   - file: a journal that nobody writes any more. Its end may be torn; nothing else may be wrong with it.
    ///   - run: with the files before it, as far as they are still there.
    ///   - isClosed: the caller knows that its writer is done, whatever the lock says.
    ///   - progress: told now and then how many bytes of the file are read; false cancels.
    package mutating func seal(
        _ file: RecordingFile, of run: RecordingRun, isClosed: Bool = false, progress: (UInt64) -> Bool = { _ in true }
    ) throws(SealingError) -> SealedFile {
        guard isClosed || !file.isBeingWritten else { throw SealingError.live(path: file.path) }
        guard !file.isSealed else { throw SealingError.alreadySealed(path: file.path) }
        guard let preamble = file.preamble else {
            throw SealingError.damaged(path: file.path, what: "its Metadata record")
        }
        let writer = try SealedFileWriter(path: file.path, preamble: preamble, release: release, settings: settings)
        do throws(SealingError) {
            // The writer has locked the place: who was there before us is done by now, and may have sealed it.
            guard !file.isSealed else { throw SealingError.alreadySealed(path: file.path) }
            let state = try takeState(before: file, of: run, progress)
            var sealer = try RecordSealer(writer, state: state, settings: settings)
            try Self.copy(file, of: run, into: &sealer, progress) { trouble, _ throws(SealingError) in
                // Records that are missing before a whole one were never in the file.
                if case .skipped(let skipped) = trouble, skipped.cause != .torn {
                    throw SealingError.damaged(path: file.path, what: "byte \(skipped.offset)")
                }
            }
            return try finish(sealer, file, of: run)
        } catch {
            writer.discard()
            throw error
        }
    }

    /// Seals a closed journal that is a run by itself, as those are that are made of other recordings.
    /// - Throws: ``SealingError``, ``RecordingError``.
    @discardableResult
    package mutating func seal(fileAt path: String) throws -> SealedFile {
        let file = try RecordingFile(path: path)
        let run = RecordingRun(id: file.runID, files: [file], folder: RecordingPaths.folder(of: path))
        return try seal(file, of: run)
    }

    mutating func finish(
        _ sealer: RecordSealer, _ file: RecordingFile, of run: RecordingRun, keepingOriginalAs original: String? = nil
    ) throws(SealingError) -> SealedFile {
        let size = file.byteCount
        let state = sealer.state
        var sealed = try sealer.finish(keepingOriginalAs: original)
        sealed.originalByteCount = size
        known = Known(run: run.id, file: file.number, state: state)
        return sealed
    }

    /// What is not as it should be in a file.
    enum Trouble {
        case skipped(SkippedBytes)
        case missing(MissingRecords)
    }

    /// Reads one file to its end.
    static func copy(
        _ file: RecordingFile, of run: RecordingRun, into sealer: inout RecordSealer, _ progress: (UInt64) -> Bool,
        trouble: (Trouble, inout RecordSealer) throws(SealingError) -> Void
    ) throws(SealingError) {
        var reader = try Self.reader(of: file, run)
        var chunks: UInt64?
        while true {
            if chunks != sealer.chunkCount {
                chunks = sealer.chunkCount
                guard progress(reader.bytesRead) else { throw SealingError.cancelled(path: file.path) }
            }
            switch try Self.next(&reader) {
            case .record(let record, let place):
                let stamp = record.stamp
                guard let expected = try sealer.append(record) else { continue }
                let missing = MissingRecords(
                    path: place.path, offset: place.offset, stamp: stamp, expected: expected)
                try trouble(.missing(missing), &sealer)
            case .skipped(let bytes): try trouble(.skipped(bytes), &sealer)
            case .missing: continue  // As in a file alone; the state of the run knows better.
            case .caughtUp: continue
            case .ended:
                _ = progress(reader.bytesRead)
                return
            }
        }
    }

    // MARK: - What was before

    /// The state at the end of the file before: what was sealed last, or else read anew.
    mutating func takeState(
        before file: RecordingFile, of run: RecordingRun, _ progress: (UInt64) -> Bool
    ) throws(SealingError) -> RunState {
        let earlier = run.files.filter { $0.number < file.number }
        // Not copied but taken: a file that is given up half-way leaves nothing that could be used.
        let known = known
        self.known = nil
        if let known, known.run == run.id, known.file == earlier.last?.number { return known.state }
        return try Self.state(before: file, of: earlier, run, progress)
    }

    /// Reads the run's earlier files. What cannot be read of them is missing, as for any reader of the run.
    static func state(
        before file: RecordingFile, of earlier: [RecordingFile], _ run: RecordingRun, _ progress: (UInt64) -> Bool
    ) throws(SealingError) -> RunState {
        var state = RunState()
        var count = 0
        for other in earlier {
            guard var reader = try? Self.reader(of: other, run) else { continue }
            reading: while let step = try? reader.next() {
                switch step {
                case .record(let record, _): _ = state.receive(record)
                case .skipped, .missing, .caughtUp: continue
                case .ended: break reading
                }
                count += 1
                if count % 4096 == 0, !progress(0) { throw SealingError.cancelled(path: file.path) }
            }
        }
        return state
    }

    static func reader(of file: RecordingFile, _ run: RecordingRun) throws(SealingError) -> RecordingReader {
        do {
            return try RecordingReader(run: RecordingRun(id: run.id, files: [file], folder: run.folder))
        } catch {
            throw SealingError.unreadable(error)
        }
    }

    static func next(_ reader: inout RecordingReader) throws(SealingError) -> RecordingReader.Step {
        do {
            return try reader.next()
        } catch {
            throw SealingError.unreadable(error)
        }
    }
}
