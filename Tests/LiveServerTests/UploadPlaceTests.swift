import LiveServer
import LiveViewWire
import Testing

/// What its files' writers were told, in order.
private final class Shelf {
    var calls: [String] = []
}

private struct ShelfWriter: UploadWriter {
    struct Full: Error {}

    let shelf: Shelf
    let name: String

    mutating func write(_ bytes: [UInt8]) throws {
        guard bytes != Array("full".utf8) else { throw Full() }
        shelf.calls.append("\(name) + \(String(decoding: bytes, as: UTF8.self))")
    }

    mutating func close(isWhole: Bool) { shelf.calls.append("\(name) \(isWhole ? "whole" : "dropped")") }
}

private struct Films: LiveView {
    let shelf: Shelf
    let films: LiveUpload
    var taken = ""

    init(_ shelf: Shelf) {
        self.shelf = shelf
        films = LiveUpload(
            maximumEntries: 2, maximumFileSize: 8,
            writer: { entry in
                guard entry.name != "forbidden" else { throw ShelfWriter.Full() }
                return ShelfWriter(shelf: shelf, name: entry.name)
            })
    }

    mutating func mount(_ context: Context) { context.allow(films, as: "films") }

    mutating func handle(event: Event, _ context: Context) {
        if event.name == "save" { taken = films.consume().map { "\($0.entry.name):\($0.bytes.count)" }.joined() }
    }

    var body: HTML {
        "<form>\(fileInput: films)</form><p>\(taken)</p>\(for: films.entries, { "\(for: $0.problems, { "\($0)" })" })"
    }
}

private struct Elsewhere: LiveView {
    let films = LiveUpload(
        external: { entry in
            guard entry.name != "forbidden" else { throw ExternalUploadRefusal(["reason": "full"]) }
            return ["uploader": "S3", "url": JSON("https://files.example/\(entry.name)")]
        })
    var taken = ""

    mutating func mount(_ context: Context) { context.allow(films, as: "films") }

    mutating func handle(event: Event, _ context: Context) {
        if event.name == "save" { taken = films.consume().map { $0.entry.external["url"].string ?? "" }.joined() }
    }

    var body: HTML {
        "<form>\(fileInput: films)</form><p>\(taken)</p>\(for: films.entries, { "\(for: $0.problems, { "\($0)" })" })"
    }
}

/// Where the bytes of uploads go if not to memory.
@Suite struct UploadPlaceTests {
    private let shelf: Shelf
    private let conversation: Conversation

    init() {
        let shelf = Shelf()
        self.shelf = shelf
        nonisolated(unsafe) let films = { Films(shelf) }  // Unsafe: all of a conversation is on one thread.
        conversation = Conversation(configure: { $0.limits.maximumUploadBytes = 1 }) { routes in
            routes.live("/films", films())
            routes.live("/elsewhere", Elsewhere())
        }
    }

    private var ref: String {
        get throws {
            let parts = try conversation.html().split(separator: "data-phx-upload-ref=\"")
            return String(parts.last?.prefix { $0 != "\"" } ?? "")
        }
    }

    private func preflight(_ name: String, size: Int = 8) throws -> Conversation.Message? {
        let file = #"{"ref":"0","name":"\#(name)","type":"video/mp4","size":\#(size),"last_modified":1}"#
        return try conversation.push(
            conversation.rootTopic, "allow_upload", "{\"ref\":\"\(ref)\",\"entries\":[\(file)]}"
        ).first
    }

    private func join(_ name: String) throws -> String {
        let token = try preflight(name)?.json["entries"]?["0"]?.string ?? ""
        return try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}").map(\.description).joined()
    }

    private func chunk(_ text: String) throws -> String {
        try conversation.chunk("lvu:0", Array(text.utf8)).map(\.description).joined()
    }

    private func progress(_ percent: Int) throws {
        try conversation.push(
            conversation.rootTopic, "progress",
            "{\"event\":null,\"ref\":\"\(ref)\",\"entry_ref\":\"0\",\"progress\":\(percent)}")
    }

    @Test func aWriterGetsTheBytesAndMemoryNone() throws {
        try conversation.open("/films")
        #expect(try join("a") == "ok {}")
        // More than a socket may hold in memory.
        #expect(try chunk("abcd") == "ok {}")
        #expect(shelf.calls == ["a + abcd"])
        #expect(try chunk("efgh") == "ok {}")
        #expect(shelf.calls == ["a + abcd", "a + efgh", "a whole"])
        try progress(100)
        #expect(try conversation.click("save").map(\.kind) == ["phx_close", "ok"])
        #expect(try conversation.html().contains("<p>a:0</p>"))
        #expect(shelf.calls.count == 3)
    }

    @Test func aWriterIsToldWhenNoMoreComes() throws {
        try conversation.open("/films")
        #expect(try join("a") == "ok {}")
        #expect(try chunk("abcd") == "ok {}")
        try conversation.push("lvu:0", "phx_leave", "{}")
        #expect(shelf.calls == ["a + abcd", "a dropped"])
        // Also when the view ends.
        try conversation.open("/films")
        #expect(try join("b") == "ok {}")
        try conversation.push(conversation.rootTopic, "phx_leave", "{}")
        #expect(shelf.calls.suffix(1) == ["b dropped"])
    }

    @Test func aWriterThatThrowsEndsItsFileAlone() throws {
        try conversation.open("/films")
        #expect(try join("forbidden") == #"error {"reason":"writer_error"}"#)
        try conversation.open("/films")
        #expect(try join("a") == "ok {}")
        #expect(try chunk("full") == #"error {"reason":"writer_error"}"#)
        #expect(shelf.calls == ["a dropped"])
        #expect(conversation.log.texts.count == 2)
        #expect(try conversation.click("save").map(\.kind) == ["ok"])
        #expect(try conversation.html().contains("The upload failed."))
    }

    @Test func filesGoElsewhere() throws {
        try conversation.open("/elsewhere")
        let answer = try preflight("a")
        #expect(answer?.json["entries"]?["0"] == ["uploader": "S3", "url": "https://files.example/a"])
        try progress(100)
        #expect(try conversation.click("save").map(\.kind) == ["ok"])
        #expect(try conversation.html().contains("<p>https://files.example/a</p>"))
    }

    @Test func whatMayNotGoElsewhereIsRefused() throws {
        try conversation.open("/elsewhere")
        let answer = try preflight("forbidden")
        #expect(answer?.json["error"] == [["0", ["reason": "full"]]])
        // The client has what the page has.
        #expect(try conversation.html().contains("The upload failed."))
    }
}
