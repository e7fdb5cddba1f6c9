import LiveServer
import LiveViewWire
import Testing

private struct Album: LiveView {
    let photos = LiveUpload(accept: [".txt"], maximumEntries: 2, maximumFileSize: 10, progressEvent: "progressed")
    var stored: [String] = []
    var seen = 0

    mutating func mount(_ context: Context) { context.allow(photos, as: "photos") }

    mutating func handle(event: Event, _ context: Context) {
        switch event.name {
        case "save": stored += photos.consume().map { "\($0.entry.name)=\(String(decoding: $0.bytes, as: UTF8.self))" }
        case "cancel": photos.cancel(event["ref"].string ?? "")
        case "progressed": seen = event["progress"].int ?? -1
        default: break
        }
    }

    var body: HTML {
        """
        <form>\(fileInput: photos)</form>
        \(for: photos.entries, { "<li>\($0.name) \($0.progress) \(for: $0.problems, { "\($0)" })</li>" })
        <p>\(stored.joined(separator: ";"))</p><i>\(seen)</i>
        """
    }
}

@Suite struct UploadTests {
    let conversation: Conversation

    init() { conversation = Conversation { $0.live("/album", Album()) } }
    private init(conversation: Conversation) { self.conversation = conversation }

    private var ref: String {
        get throws {
            let parts = try conversation.html().split(separator: "data-phx-upload-ref=\"")
            return String(parts.last?.prefix { $0 != "\"" } ?? "")
        }
    }

    private func file(_ id: String, _ name: String, _ size: Int) -> String {
        #"{"ref":"\#(id)","name":"\#(name)","type":"text/plain","size":\#(size),"last_modified":1}"#
    }

    private func preflight(_ files: String) throws -> Conversation.Message? {
        let ref = try ref
        try conversation.form("validate", "a=1", uploads: "{\"\(ref)\":[\(files)]}")
        return try conversation.push(
            conversation.rootTopic, "allow_upload", "{\"ref\":\"\(ref)\",\"entries\":[\(files)]}"
        ).first
    }

    private func progress(_ id: String, _ percent: String) throws -> String {
        try conversation.push(
            conversation.rootTopic, "progress",
            "{\"event\":null,\"ref\":\"\(ref)\",\"entry_ref\":\"\(id)\",\"progress\":\(percent)}"
        ).map(\.kind).joined()
    }

    @Test func aFileComesInChunks() throws {
        try conversation.open("/album")
        let answer = try preflight(file("0", "a.txt", 8))
        #expect(
            answer?.json["config"]
                == ["chunk_size": 64000, "chunk_timeout": 10000, "max_entries": 2, "max_file_size": 10])
        let token = answer?.json["entries"]?["0"]?.string ?? ""
        #expect(try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}").map(\.description) == ["ok {}"])
        #expect(try conversation.chunk("lvu:0", Array("abcd".utf8)).map(\.description) == ["ok {}"])
        #expect(try progress("0", "50") == "ok")
        #expect(try conversation.html().contains("<li>a.txt 50 </li>"))
        // It is not whole, whatever the client says.
        #expect(try progress("0", "100") == "ok")
        #expect(try conversation.html().contains("<li>a.txt 99 </li>"))
        try conversation.chunk("lvu:0", Array("efgh".utf8))
        _ = try progress("0", "100")
        #expect(try conversation.html().contains("data-phx-done-refs=\"0\" data-phx-preflighted-refs=\"0\""))
        #expect(try conversation.html().contains("<i>100</i>"))
        #expect(try conversation.click("save").map(\.kind) == ["phx_close", "ok"])
        #expect(try conversation.html().contains("<p>a.txt=abcdefgh</p>"))
        #expect(try !conversation.html().contains("<li>"))
    }

    @Test func badFilesAreRefused() throws {
        try conversation.open("/album")
        let answer = try preflight(file("0", "big.txt", 11) + "," + file("1", "a.png", 1))
        #expect(answer?.json["entries"] == [:])
        #expect(answer?.json["errors"] == ["0": ["too_large"], "1": ["not_accepted"]])
        #expect(try conversation.html().contains("<li>big.txt 0 The file is too large.</li>"))
    }

    @Test func tooManyFilesAreRefused() throws {
        try conversation.open("/album")
        let files = (0..<3).map { file("\($0)", "a.txt", 1) }.joined(separator: ",")
        #expect(
            try preflight(files)?.json["error"]
                == [["0", "too_many_files"], ["1", "too_many_files"], ["2", "too_many_files"]])
    }

    @Test func moreBytesThanSaidAreRefused() throws {
        try conversation.open("/album")
        let token = try preflight(file("0", "a.txt", 4))?.json["entries"]?["0"]?.string ?? ""
        try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}")
        #expect(
            try conversation.chunk("lvu:0", Array("abcde".utf8)).map(\.description)
                == [#"error {"reason":"file_size_limit_exceeded","limit":10}"#])
        #expect(try conversation.push("lvu:0", "phx_leave", "{}").map(\.kind) == ["phx_close", "ok"])
        #expect(try conversation.html().contains("<li>a.txt 0 </li>"))
    }

    @Test func aSocketHoldsSoManyBytes() throws {
        let conversation = Conversation(configure: { $0.limits.maximumUploadBytes = 3 }) { $0.live("/album", Album()) }
        let test = UploadTests(conversation: conversation)
        try conversation.open("/album")
        let token = try test.preflight(file("0", "a.txt", 4))?.json["entries"]?["0"]?.string ?? ""
        try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}")
        #expect(try conversation.chunk("lvu:0", [1, 2]).map(\.kind) == ["ok"])
        #expect(
            try conversation.chunk("lvu:0", [3, 4]).map(\.description)
                == [#"error {"reason":"file_size_limit_exceeded","limit":3}"#])
    }

    @Test func aFileIsJoinedOnce() throws {
        try conversation.open("/album")
        let token = try preflight(file("0", "a.txt", 4))?.json["entries"]?["0"]?.string ?? ""
        try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}")
        #expect(
            try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}").map(\.description)
                == [#"error {"reason":"already_registered"}"#])
    }

    @Test func cancelledFilesAreDisallowed() throws {
        try conversation.open("/album")
        let token = try preflight(file("0", "a.txt", 4))?.json["entries"]?["0"]?.string ?? ""
        try conversation.click("cancel", #"{"ref":"0"}"#)
        #expect(
            try conversation.push("lvu:0", "phx_join", "{\"token\":\"\(token)\"}").map(\.description)
                == [#"error {"reason":"disallowed"}"#])
        #expect(
            try conversation.push("lvu:0", "phx_join", "{\"token\":\"SFMyNTY.x.y\"}").map(\.description)
                == [#"error {"reason":"invalid_token"}"#])
        #expect(try conversation.chunk("lvu:9", [1]).map(\.description) == [#"error {"reason":"unmatched topic"}"#])
    }
}
