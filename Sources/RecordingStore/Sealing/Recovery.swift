internal import Glibc
internal import RecordingFormat

/// What came out of a file that was cut off or damaged.
package struct RecoveredFile: Hashable, Sendable {
    package var sealed: SealedFile
    /// What could not be read; of very many, the first.
    package var skipped: [SkippedBytes] = []
    /// Records that are missing behind damage; of very many, the first.
    package var missing: [MissingRecords] = []
    package var skippedPlaces: UInt64 = 0
    package var skippedByteCount: UInt64 = 0
    package var missingRecords: UInt64 = 0
    /// Where the file is kept as it was; nil if only its torn end is lost, which holds no whole record.
    package var originalPath: String?

    /// So many places are told one by one.
    package static let toldPlaces = 100

    mutating func add(_ bytes: SkippedBytes) {
        skippedPlaces &+= 1
        skippedByteCount &+= bytes.byteCount
        if skipped.count < Self.toldPlaces { skipped.append(bytes) }
    }

    mutating func add(_ records: MissingRecords) {
        missingRecords &+= records.count
        if missing.count < Self.toldPlaces { missing.append(records) }
    }

    /// Whether there is anything in the file that had been whole and is lost.
    package var hasLosses: Bool { isDamaged || missingRecords > 0 }

    var isDamaged: Bool { skipped.contains { $0.cause != .torn } || skippedPlaces > UInt64(skipped.count) }
}

extension Sealer {
    /// Makes a sealed file of what can be read of a file: one whose writer was killed, that was cut off anywhere, or
    /// that is damaged. A file with more wrong with it than a torn end is kept beside, as `<name>.damaged`.
    ///
    /// - Parameters:
    ///   - run: with the files before it, as far as they are still there.
    ///   - progress: told now and then how many bytes of the file are read; false cancels.
    /// - Returns: nil if the file is sealed and nothing is wrong with it.
    package mutating func recover(
        _ file: RecordingFile, of run: RecordingRun, progress: (UInt64) -> Bool = { _ in true }
    ) throws(SealingError) -> RecoveredFile? {
        guard !file.isBeingWritten else { throw SealingError.live(path: file.path) }
        if file.isSealed, try Self.isWhole(file, of: run, progress) { return nil }
        let preamble = file.preamble ?? JournalPreamble(runID: file.runID, fileNumber: file.number)
        let writer = try SealedFileWriter(path: file.path, preamble: preamble, release: release, settings: settings)
        var recovered = RecoveredFile(sealed: SealedFile(path: file.path))
        do throws(SealingError) {
            let state = try takeState(before: file, of: run, progress)
            var sealer = try RecordSealer(writer, state: state, settings: settings)
            try Self.copy(file, of: run, into: &sealer, progress) { trouble, sealer throws(SealingError) in
                switch trouble {
                case .skipped(let bytes):
                    recovered.add(bytes)
                    if recovered.skippedPlaces <= UInt64(RecoveredFile.toldPlaces) { try sealer.warn(bytes.words) }
                // Others were never in the file.
                case .missing(let records) where recovered.skippedPlaces > 0: recovered.add(records)
                case .missing: break
                }
            }
            if file.preamble == nil {
                try sealer.warn("recovered: the file's beginning was damaged; what it said is lost")
            }
            if let words = recovered.words { try sealer.warn(words) }
            if recovered.isDamaged || file.preamble == nil { recovered.originalPath = Self.freePath(for: file.path) }
            recovered.sealed = try finish(sealer, file, of: run, keepingOriginalAs: recovered.originalPath)
            return recovered
        } catch {
            writer.discard()
            throw error
        }
    }

    /// Whether a sealed file reads from the first byte to the last, and ends as it should.
    private static func isWhole(
        _ file: RecordingFile, of run: RecordingRun, _ progress: (UInt64) -> Bool
    ) throws(SealingError) -> Bool {
        guard file.preamble != nil, file.hasEnding else { return false }
        var reader = try reader(of: file, run)
        var count = 0
        while true {
            switch try next(&reader) {
            case .skipped: return false
            case .ended: return true
            case .record, .missing, .caughtUp: count += 1
            }
            if count % 4096 == 0, !progress(reader.bytesRead) { throw SealingError.cancelled(path: file.path) }
        }
    }

    /// - Returns: a name that no file has.
    private static func freePath(for path: String) -> String {
        var candidate = path + ".damaged"
        var number = 2
        while access(candidate, F_OK) == 0 {
            candidate = "\(path).damaged-\(number)"
            number += 1
        }
        return candidate
    }
}

extension RecordingFile {
    /// Whether the file ends with a footer and the magic.
    var hasEnding: Bool {
        let ending = MCAPFooter().encoded().count + MCAP.magic.count
        var bytes: [UInt8] = []
        guard let file = try? InputFile(path: path), let size = try? file.byteCount(), size >= UInt64(ending),
            (try? file.read(ending, at: size - UInt64(ending), appendingTo: &bytes)) != nil
        else { return false }
        return bytes.first == MCAPOpcode.footer.rawValue && bytes.suffix(MCAP.magic.count).elementsEqual(MCAP.magic)
    }
}

extension SkippedBytes {
    /// For the recovered file, which does not hold the place any more.
    fileprivate var words: String {
        switch cause {
        case .torn: "recovered: the file ended within a record, after \(offset) bytes; \(byteCount) bytes are lost"
        case .damaged(let error): "recovered: \(byteCount) bytes from byte \(offset) on could not be read (\(error))"
        }
    }
}

extension RecoveredFile {
    fileprivate var words: String? {
        guard hasLosses else { return nil }
        return "recovered: \(skippedByteCount) bytes at \(skippedPlaces) places could not be read, and "
            + "\(missingRecords) records are missing"
    }
}
