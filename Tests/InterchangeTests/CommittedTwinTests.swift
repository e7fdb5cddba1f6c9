import Foundation
import Interchange
import RecordingFormat
import RecordingStore
import Testing

/// What is in the repository: the page's example, and each recording with its twin.
@Suite struct CommittedTwinTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static var page: String {
        get throws {
            try String(
                contentsOf: root.appending(path: "Sources/Interchange/Interchange.docc/TextTwin.md"), encoding: .utf8)
        }
    }

    @Test func thePagesExampleIsATwinAsWeWriteIt() throws {
        let blocks = try Self.page.components(separatedBy: "```json\n").dropFirst()
            .map { String($0.components(separatedBy: "```")[0]) }
        let example = try #require(blocks.first { $0.hasPrefix(String(decoding: TextTwin.signature, as: UTF8.self)) })
        let read = try TwinTalk(example)
        let header = try #require(read.header)
        #expect(read.records.count > 5)
        #expect(String(decoding: twin(of: read.records, header: header), as: UTF8.self) == example)
    }

    /// The folder of recordings, but for `local`, which is the developer's own.
    static let names: [String] = {
        let folder = root.appending(path: "Recordings").resolvingSymlinksInPath()
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let files = paths.filter { !$0.hasPrefix("local/") }
        return Set(
            files.compactMap { path in
                [".mcap", ".ndjson"].first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) }
            }
        ).sorted()
    }()

    @Test func thereAreRecordings() { #expect(!Self.names.isEmpty) }

    @Test(arguments: names) func aRecordingAndItsTwinAreTheSameRecordForRecord(name: String) throws {
        let base = Self.root.appending(path: "Recordings/\(name)").path
        let twin = try TwinTalk([Array(try Data(contentsOf: URL(fileURLWithPath: base + ".ndjson")))])
        let run = try #require(try RecordingRun.find(at: [base + ".mcap"]).last)
        #expect(run.files.first?.preamble == twin.header?.preamble)
        var reader = try RecordingReader(run: run)
        var index = 0
        reading: while true {
            switch try reader.next() {
            case .record(let record, let place):
                try #require(index < twin.records.count, "the twin ends before \(place)")
                try #require(record.onWire.encoded() == twin.records[index].encoded(), "record \(index) at \(place)")
                index += 1
            case .skipped(let skipped): Issue.record("\(skipped)")
            case .missing(let missing): Issue.record("\(missing)")
            case .caughtUp: continue
            case .ended(let ending):
                #expect(ending == .closed)
                break reading
            }
        }
        #expect(index == twin.records.count && index > 0)
        // The twin is what `livetape unpack` writes, comments and all.
        var lines = try TextTwinLines(run: run)
        var text: [UInt8] = []
        while true { if case .ended = try lines.next(appendingTo: &text) { break } }
        #expect(text == Array(try Data(contentsOf: URL(fileURLWithPath: base + ".ndjson"))))
    }
}
