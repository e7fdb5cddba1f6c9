import Foundation
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// The recordings of real Phoenix traffic.
var fixtures: String {
    let file = URL(fileURLWithPath: #filePath)
    return file.deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/Phoenix"
}

/// A folder that goes with the test.
final class TestFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/livetape-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], _ name: String = "in.mcap") throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// Unpacks a fixture into the folder.
    func fixture(_ name: String) throws -> String {
        let packed = Array(try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/\(name).gz")))
        var decoder = ContentDecoder(.gzip)
        var bytes: [UInt8] = []
        _ = decoder.receive(packed.span, into: &bytes)
        #expect(decoder.end() == .ended)
        return try write(bytes, name)
    }
}

/// All events of a run.
func events(of path: String) throws -> [ConversationEvent] {
    var reader = try ConversationReader(run: try #require(RecordingRun.find(at: [path]).first))
    var events: [ConversationEvent] = []
    while true {
        switch try reader.next() {
        case .event(let event): events.append(event)
        case .skipped(let skipped): Issue.record("\(skipped)")
        case .missing(let missing): Issue.record("\(missing)")
        case .caughtUp: continue
        case .ended: return events
        }
    }
}
