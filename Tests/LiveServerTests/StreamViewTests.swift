import LiveServer
import LiveViewWire
import Testing

private struct Line: Identifiable {
    let id: Int
    var text = "line"
}

private struct Lines: LiveView {
    let lines = LiveStream<Line>("l")

    mutating func mount(_ context: Context) { lines.insert(contentsOf: [Line(id: 1), Line(id: 2)]) }

    mutating func handle(event: Event, _ context: Context) {
        let line = Line(id: event["id"].int ?? 0)
        switch event.name {
        case "append": lines.insert(line, limit: event["limit"].int)
        case "prepend": lines.insert(line, at: 0)
        case "update": lines.insert(Line(id: line.id, text: "changed"), updateOnly: true)
        case "delete": lines.delete(line)
        case "reset": lines.reset(to: [line])
        case "clear": lines.reset()
        default: break
        }
    }

    var body: HTML {
        """
        <ul id="lines" phx-update="stream">\(stream: lines, { id, line in "<li id=\"\(id)\">\(line.text)</li>" })</ul>
        """
    }
}

@Suite struct StreamViewTests {
    private func conversation(_ format: LiveConfiguration.Format) throws -> Conversation {
        let conversation = Conversation(format: format) { $0.live("/lines", Lines()) }
        try conversation.open("/lines")
        return conversation
    }

    @Test func thePageHasWhatMountInserted() throws {
        #expect(
            try conversation(.keyed).page.contains(
                #"<ul id="lines" phx-update="stream"><li id="l-1">line</li><li id="l-2">line</li></ul>"#))
    }

    @Test(arguments: [
        (
            "append", "{\"id\":3}",
            #"{"0":{"k":{"0":{"0":"l-3","1":"line"},"kc":1},"stream":["0",[["l-3",-1,null,false]],[]]}}"#
        ),
        (
            "append", "{\"id\":3,\"limit\":-2}",
            #"{"0":{"k":{"0":{"0":"l-3","1":"line"},"kc":1},"stream":["0",[["l-3",-1,-2,false]],[]]}}"#
        ),
        (
            "prepend", "{\"id\":3}",
            #"{"0":{"k":{"0":{"0":"l-3","1":"line"},"kc":1},"stream":["0",[["l-3",0,null,false]],[]]}}"#
        ),
        (
            "update", "{\"id\":2}",
            #"{"0":{"k":{"0":{"0":"l-2","1":"changed"},"kc":1},"stream":["0",[["l-2",-1,null,true]],[]]}}"#
        ),
        ("delete", "{\"id\":1}", #"{"0":{"k":{"kc":0},"stream":["0",[],["l-1"]]}}"#),
        (
            "reset", "{\"id\":9}",
            #"{"0":{"k":{"0":{"0":"l-9","1":"line"},"kc":1},"stream":["0",[["l-9",-1,null,false]],[],true]}}"#
        ),
        ("clear", "{}", #"{"0":{"k":{"kc":0},"stream":["0",[],[],true]}}"#),
    ]) func eachChangeIsSentAndForgotten(event: String, value: String, diff: String) throws {
        let conversation = try conversation(.keyed)
        #expect(try conversation.click(event, value).map(\.description) == ["ok {\"diff\":\(diff)}"])
        #expect(try conversation.click("nothing").map(\.description) == ["ok {}"])
    }

    @Test func theOldFormatHasRows() throws {
        let conversation = try conversation(.rows)
        #expect(
            try conversation.click("append", "{\"id\":3}").map(\.description) == [
                #"ok {"diff":{"0":{"d":[["l-3","line"]],"stream":["0",[["l-3",-1,null]],[]]}}}"#
            ])
    }
}
