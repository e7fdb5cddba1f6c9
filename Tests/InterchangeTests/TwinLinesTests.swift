import Foundation
import Interchange
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// Runs on disk, to twins and back.
@Suite struct TwinLinesTests {
    private func stamp(_ connection: UInt64, _ sequence: UInt64) -> RecordStamp {
        let time = 1_000_000 * (sequence + 1)
        return RecordStamp(
            connection: connection, sequence: sequence, wallNanoseconds: 1_790_000_000_000_000_000 + time,
            monotonicNanoseconds: time)
    }

    private func note(_ kind: NoteRecord.Kind, _ sequence: UInt64, nextFile: UInt32 = 0) -> JournalRecord {
        .note(NoteRecord(stamp: stamp(0, sequence), kind: kind, nextFile: nextFile))
    }

    private func lines(of path: String) throws -> (text: [UInt8], skipped: Int, missing: Int) {
        let run = try #require(try RecordingRun.find(at: [path]).last)
        var lines = try TextTwinLines(run: run)
        var result: (text: [UInt8], skipped: Int, missing: Int) = ([], 0, 0)
        while true {
            switch try lines.next(appendingTo: &result.text) {
            case .lines: continue
            case .skipped: result.skipped += 1
            case .missing: result.missing += 1
            case .ended: return result
            }
        }
    }

    private func write(_ records: [JournalRecord], _ number: UInt32, to folder: TwinFolder) throws -> String {
        let bytes =
            JournalPreamble(runID: "k3f9x2", fileNumber: number, details: ["target": "t"]).encoded(release: "0")
            + records.flatMap { $0.encoded() }
        return try folder.write(bytes, "20261123T101500Z-h-1-k3f9x2-\(number).mcap")
    }

    @Test func aRunOfSeveralFilesIsOneTwin() throws {
        let folder = try TwinFolder()
        let path = try write([note(.warning, 0), note(.rotated, 1, nextFile: 2)], 1, to: folder)
        _ = try write([note(.runEnded, 2)], 2, to: folder)
        let twin = try lines(of: path).text
        #expect(
            String(decoding: twin, as: UTF8.self) == """
                {"livetape_twin":1,"format":1,"run":"k3f9x2","wall_ns":"1790000000001000000","monotonic_ns":"1000000",\
                "details":{"target":"t"}}
                [0,0,null,"warning",null]
                [1,0,null,"rotated",null,{"next_file":2}]
                [1,0,null,"run-ended",null]

                """)
        // The packed copy stands beside the run's own files, and is read alone.
        let packed = try folder.pack(twin, as: "copy.mcap")
        #expect(try lines(of: packed).text == twin)
        #expect(try lines(of: path).text == twin)
        let runs = try RecordingRun.find(at: [folder.path])
        #expect(runs.map(\.files.count) == [2, 1])
    }

    @Test func whatCannotBeReadIsAComment() throws {
        let folder = try TwinFolder()
        let path = try write([note(.rotated, 0), note(.rotated, 1), note(.rotated, 2)], 1, to: folder)
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let record = note(.rotated, 2).encoded().count
        bytes[bytes.count - record - 3] ^= 1
        _ = try folder.write(bytes, String(path.split(separator: "/").last ?? ""))
        let (twin, skipped, missing) = try lines(of: path)
        #expect(skipped == 1 && missing == 1)
        let text = String(decoding: twin, as: UTF8.self)
        #expect(text.hasSuffix("# \(record) bytes could not be read here\n[2,0,null,\"rotated\",null,{\"skip\":1}]\n"))
        #expect(try TwinTalk([twin]).records.count == 2)
    }

    @Test func aRunWithoutRecordsHasAHeader() throws {
        let folder = try TwinFolder()
        let twin = try lines(of: try write([], 3, to: folder)).text
        #expect(twin.split(separator: UInt8(ascii: "\n")).count == 1)
        #expect(try TwinTalk([twin]).header?.preamble.fileNumber == 3)
        #expect(try lines(of: try folder.pack(twin, as: "empty.mcap")).text == twin)
    }

    @Test func aTwinThatIsNoneMakesNoRecording() throws {
        let folder = try TwinFolder()
        let error = #expect(throws: TextTwinPacking.Failure.self) {
            try folder.pack(Array("{\"livetape_twin\":1}\n".utf8), as: "x.mcap")
        }
        #expect(error?.description.hasPrefix("x.mcap.ndjson, line 1, column 1, header: expected ") == true)
    }

    /// The text of a deflated message stands before the line that its last byte is in.
    @Test func aCommentShowsWhatADeflatedMessageHolds() throws {
        let deflated: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        let short: [UInt8] = [0xf2, 0x00, 0x11, 0x00, 0x00]
        var opened = SocketRecord(stamp: stamp(1, 0), kind: .socketOpened, by: .server)
        opened.extensions = "permessage-deflate"
        opened.isRecorded = true
        func frame(_ sequence: UInt64, _ head: [UInt8], _ payload: [UInt8], number: UInt64) -> JournalRecord {
            let record = FrameRecord(
                stamp: stamp(1, sequence), direction: .server, offset: 0, number: number,
                head: WireHead(bytes: head.span) ?? WireHead())
            return .frame(record, payload: payload)
        }
        let records: [JournalRecord] = [
            .socket(opened), frame(1, [0x41, 3], Array(deflated[..<3]), number: 0),
            frame(2, [0x80, 4], Array(deflated[3...]), number: 1), frame(3, [0xc1, 5], short, number: 2),
        ]
        func comments(_ limit: Int) -> [Substring] {
            String(decoding: twin(of: records, comments: limit), as: UTF8.self).split(separator: "\n")
                .filter { !$0.hasPrefix("{") }.map { $0.prefix { $0 != "[" } }
        }
        // RFC 7692 section 7.2.3: "Hello" in two frames, then again with a reference to the first.
        #expect(comments(4096) == ["", "", "# Hello", "", "# Hello", ""])
        #expect(comments(3) == ["", "", "# Hel… (5 bytes)", "", "# Hel… (5 bytes)", ""])
        #expect(comments(0) == ["", "", "", ""])
        #expect(try TwinTalk([twin(of: records)]).records == records)
    }
}

/// A folder that goes with the test.
final class TwinFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/livetape-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// - Returns: the path of the recording.
    func pack(_ twin: [UInt8], as name: String) throws -> String {
        let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: try write(twin, name + ".ndjson")))
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: try write([], name)))
        try TextTwinPacking.pack(
            input.fileDescriptor, name: name + ".ndjson", to: output.fileDescriptor, release: "test")
        try output.close()
        return "\(path)/\(name)"
    }
}
