internal import RecordingFormat
package import RecordingStore

/// Reads a run and gives the lines of its text twin. The files of a run become one twin.
package struct TextTwinLines {
    package enum Step: Sendable {
        /// Lines were appended.
        case lines
        /// What is not in the twin, as no record could be read from it. A comment says that something was there.
        case skipped(SkippedBytes)
        /// The twin says it too, where the next record of the connection is.
        case missing(MissingRecords)
        case ended(RunEnding)
    }

    private let preamble: JournalPreamble
    private let settings: TextTwinWriter.Settings
    private var reader: RecordingReader
    private var writer: TextTwinWriter?
    private var comments: [UInt8] = []

    package init(run: RecordingRun, settings: TextTwinWriter.Settings = .init()) throws(RecordingError) {
        let first = run.files.first
        preamble = first?.preamble ?? JournalPreamble(runID: run.id, fileNumber: first?.number ?? 1)
        self.settings = settings
        reader = try RecordingReader(run: run)
    }

    /// How far the reading is, as ``RecordingReader/bytesRead``.
    package var bytesRead: UInt64 { reader.bytesRead }

    /// Appends the next lines. Ask until it has ended.
    package mutating func next(appendingTo bytes: inout [UInt8]) throws(RecordingError) -> Step {
        while true {
            switch try reader.next() {
            case .record(let record, _):
                if writer == nil { begin(record.stamp, &bytes) }
                bytes += comments
                comments = []
                writer?.append(record, to: &bytes)
                return .lines
            case .skipped(let skipped):
                // Never before the header, which a record has to tell the times of.
                TextTwinWriter.append(comment: "\(skipped.byteCount) bytes could not be read here", to: &comments)
                return .skipped(skipped)
            case .missing(let missing): return .missing(missing)
            case .caughtUp: continue
            case .ended(let ending):
                if writer == nil { begin(nil, &bytes) }
                bytes += comments
                comments = []
                return .ended(ending)
            }
        }
    }

    private mutating func begin(_ stamp: RecordStamp?, _ bytes: inout [UInt8]) {
        let header = TextTwinHeader(
            preamble: preamble, startWallNanoseconds: stamp?.wallNanoseconds ?? 0,
            startMonotonicNanoseconds: stamp?.monotonicNanoseconds ?? 0)
        let writer = TextTwinWriter(header: header, settings: settings)
        writer.appendHeader(to: &bytes)
        self.writer = writer
    }
}
