internal import Foundation
internal import LiveViewWire
package import RecordingStore
internal import WebSocketWire

/// Recordings that are in the repository, for tests: those of Recordings/, and what a browser reported of a real Phoenix
/// application (Tests/Fixtures/PhoenixSessions and PhoenixFrames).
package enum RecordedFrames {
    private static let top = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The names of the committed recordings: `gallery-table`.
    package static let recordings = names(in: "Recordings", ".mcap")
    /// The names of the pages of the Phoenix application: `table-keyed`.
    package static let phoenixPages =
        (names(in: "Tests/Fixtures/PhoenixSessions", ".json.gz") + names(in: "Tests/Fixtures/PhoenixFrames", ".json.gz"))
        .sorted()

    private static func names(in folder: String, _ ending: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: top.appending(path: folder).path)) ?? []
        return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
    }

    /// A committed recording.
    package static func recording(_ name: String) throws -> RecordingRun {
        let path = top.appending(path: "Recordings/\(name).mcap").path
        guard let run = try RecordingRun.find(at: [path]).last else { throw CocoaError(.fileNoSuchFile) }
        return run
    }

    /// A page of the Phoenix application, LiveView 1.2.10: the events that a recording of it would tell.
    package static func phoenix(_ page: String) throws -> [ConversationEvent] {
        let fixtures = top.appending(path: "Tests/Fixtures")
        let file = ["PhoenixSessions", "PhoenixFrames"].map { fixtures.appending(path: "\($0)/\(page).json.gz") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        guard let file else { throw CocoaError(.fileNoSuchFile) }
        var decoder = ContentDecoder(.gzip)
        var json: [UInt8] = []
        _ = decoder.receive([UInt8](try Data(contentsOf: file)).span, into: &json)
        return events(of: try JSONValue(json.span))
    }

    private static func events(of capture: JSONValue) -> [ConversationEvent] {
        guard case .array(let documents)? = capture["documents"], case .array(let frames)? = capture["frames"] else {
            return []
        }
        let talk = Conversation(target: "/live/websocket?_csrf_token=CSRF&_mounts=0&vsn=2.0.0")
        for document in documents { talk.page("/", document.string ?? "") }
        var socket: String?
        var began: Double?
        for frame in frames {
            guard case .number(let digits)? = frame["at"], let time = Double(digits) else { continue }
            if began == nil { began = time }
            talk.now = max(talk.now, 1_000_000_000 + UInt64(max(0, time - (began ?? time)) * 1e9))
            if let id = frame["id"]?.string, id != socket {
                if socket != nil { talk.close() }
                socket = id
            }
            let sender: Peer = frame["ev"]?.string == "sent" ? .client : .server
            if let text = frame["text"]?.string {
                talk.message(sender, .text, Array(text.utf8))
            } else if let base64 = frame["b64"]?.string, let bytes = Data(base64Encoded: base64) {
                talk.message(sender, .binary, [UInt8](bytes))
            }
        }
        talk.close()
        return talk.events
    }
}
