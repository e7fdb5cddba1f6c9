import LiveServer
import LiveViewWire
import TestSupport
import Testing

private struct Row: LiveComponent {
    let id: Int
    var count = 0
    mutating func update(from given: Row) {}
    mutating func handle(event: Event, _ context: Context) { count += 1 }
    var body: HTML { "<b>\(id) \(count)</b>" }
}

private struct Target: LiveView {
    let upload = LiveUpload(maximumEntries: 3)
    let stream = LiveStream<Int> { "s-\($0)" }
    var last = ""

    mutating func mount(_ context: Context) { context.allow(upload, as: "file") }
    mutating func handle(params: JSON, _ context: Context) { last = "\(params)" }

    mutating func handle(event: Event, _ context: Context) {
        last = "\(event.name) \(event.value) \(event.target)"
        stream.insert(event["n"].int ?? 1)
        if event.name == "reply" { context.reply(["a": event.value]) }
        if event.name == "patch" { context.pushPatch(to: "/target?a[b]=1") }
        if event.name == "consume" { _ = upload.consume() }
    }

    var body: HTML {
        """
        <p>\(last)</p>\(fileInput: upload)\(for: 0..<3, { "\(Row(id: $0))" })
        <ul id="s" phx-update="stream">\(stream: stream, { id, n in "<li id=\"\(id)\">\(n)</li>" })</ul>
        """
    }
}

/// Conversations with bytes changed, cut, doubled and mixed: nothing a client sends may trap, or disturb another.
@Suite struct ClientFuzzTests {
    @Test func mutatedConversationsHarmNobody() throws {
        var random = SeededGenerator(seed: 3)
        let honest = Conversation(configure: {
            $0.limits.messageBurst = 1_000_000
            $0.limits.maximumMessageBytes = 20_000
        }) { $0.live("/target", Target()) }
        try honest.open("/target")
        let corpus = corpus(honest)
        var closed = 0
        for round in 0..<1000 {
            let client = Conversation(at: honest)
            try client.open("/target")
            for _ in 0..<3 where client.output.closed == nil {
                var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)](client)
                if Bool.random(using: &random) { mutate(&bytes, &random) }
                if bytes.first == 0 { client.sendBinary(bytes) } else { client.send(bytes: bytes) }
                for text in client.received() {
                    // What the server says is always a message.
                    _ = try ChannelMessage(text: Array(text.utf8).span, from: .server)
                }
            }
            closed += client.output.closed == nil ? 0 : 1
            client.close()
            if round % 20 == 0 { #expect(try honest.click("e", #"{"n":\#(round)}"#).map(\.kind) == ["ok"]) }
        }
        #expect(closed > 50 && closed < 1000)
        #expect(honest.output.closed == nil)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let specials = Array("\"[]{},:\\0-9e.ntf\u{0}".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0x20..<0x7f, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(specials[Int.random(in: 0..<specials.count, using: &random)], at: place)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 8))
            }
        }
    }

    /// Messages of each kind, with the topic and refs of a client.
    private func corpus(_ honest: Conversation) -> [(Conversation) -> [UInt8]] {
        func text(_ event: String, _ payload: String) -> (Conversation) -> [UInt8] {
            { client in
                let topic = client.rootTopic
                return Array("[\"\(client.joinRefs[topic] ?? "1")\",\"50\",\"\(topic)\",\"\(event)\",\(payload)]".utf8)
            }
        }
        return [
            text("event", #"{"type":"click","event":"reply","value":{"n":"5","list":[1,2.5,null,true]},"cid":null}"#),
            text(
                "event", #"{"type":"form","event":"e","value":"a%5Bb%5D=1&_unused_c=&c=2","meta":{"_target":"a[b]"}}"#),
            text("event", #"{"type":"click","event":"patch","value":{}}"#),
            text("event", #"{"type":"click","event":"e","value":{"n":9999999999999999999},"cid":2}"#),
            text("live_patch", #"{"url":"http://localhost/target?x[y][]=1&x[y][]=%ff"}"#),
            text("cids_will_destroy", #"{"cids":[1,2]}"#),
            text("cids_destroyed", #"{"cids":[1,-2]}"#),
            text("allow_upload", #"{"ref":"phx-x","entries":[{"ref":"0","name":"a","size":3}]}"#),
            text("progress", #"{"event":null,"ref":"phx-x","entry_ref":"0","progress":1}"#),
            text("phx_leave", "{}"),
            { client in Array("[null,\"7\",\"phoenix\",\"heartbeat\",{}]".utf8) },
            { client in
                let session = client.attribute("data-phx-session")
                return Array(
                    """
                    ["60","60","\(client.rootTopic)","phx_join",{"url":"http://localhost/target?a=1",\
                    "session":"\(session)","static":null,"params":{}}]
                    """.utf8)
            },
            { client in [0, 2, 2, 5, 5] + Array("1920lvu:0chunkabcd".utf8) },
        ]
    }
}
