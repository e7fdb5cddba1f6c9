import Interchange
import RecordingFormat
import TestSupport

/// The header of tests.
let testHeader = TextTwinHeader(
    preamble: JournalPreamble(
        runID: "k3f9x2", fileNumber: 1,
        details: [
            "target": "http://127.0.0.1:4000", "started_wall_ns": "1790000000000000000", "note": "ä \"quoted\"\n\u{0}",
        ]),
    startWallNanoseconds: 1_790_000_000_000_000_000, startMonotonicNanoseconds: 1_000)

/// The twin of records.
func twin(of records: [JournalRecord], header: TextTwinHeader = testHeader, comments: Int = 4096) -> [UInt8] {
    var settings = TextTwinWriter.Settings()
    settings.commentByteLimit = comments
    var writer = TextTwinWriter(header: header, settings: settings)
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    for record in records { writer.append(record, to: &bytes) }
    return bytes
}

/// What a twin says.
struct TwinTalk: Hashable {
    var header: TextTwinHeader?
    var records: [JournalRecord] = []

    /// The records as bytes, so that texts are compared byte by byte: `==` takes equivalent ones as equal.
    var encoded: [[UInt8]] { records.map { $0.encoded() } }

    init(_ pieces: [[UInt8]], settings: TextTwinReader.Settings = .init()) throws(TextTwinError) {
        var reader = TextTwinReader(settings: settings)
        for piece in pieces {
            var position = 0
            while position < piece.count { take(try reader.next(piece.span, at: &position)) }
        }
        if let step = try reader.end() { take(step) }
    }

    init(_ text: String, settings: TextTwinReader.Settings = .init()) throws(TextTwinError) {
        try self.init([Array(text.utf8)], settings: settings)
    }

    private mutating func take(_ step: TextTwinReader.Step) {
        switch step {
        case .needsBytes: break
        case .header(let header): self.header = header
        case .record(let record): records.append(record)
        }
    }
}
