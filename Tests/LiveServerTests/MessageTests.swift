import LiveServer
import LiveViewWire
import NIOEmbedded
import Testing

private let room = Topic<String>("room")

private struct Chat: LiveView {
    enum Message: Sendable {
        case line(String)
        case tick
        case loaded(Result<Int, any Error>)
    }

    var lines: [String] = []
    var ticks = 0
    var time = ""
    var timer: LiveTimer?

    mutating func mount(_ context: Context) {
        context.subscribe(to: room) { Message.line($0) }
        timer = context.send(Message.tick, every: .seconds(10))
    }

    mutating func handle(event: Event, _ context: Context) {
        switch event.name {
        case "say": context.publish(event["text"].string ?? "", to: room)
        case "stop": timer?.cancel()
        case "soon": context.send(Message.tick, after: .seconds(1))
        case "odd": context.send("no such message")
        case "draw": lines = ["\(Int.random(in: 0..<1_000_000, using: &context.random))"]
        default: break
        }
    }

    mutating func handle(info: Message, _ context: Context) {
        switch info {
        case .line(let text): lines.append(text)
        case .tick:
            ticks += 1
            time = "\(context.now)"
        case .loaded: break
        }
    }

    var body: HTML { "<ul>\(for: lines, { "<li>\($0)</li>" })</ul><p>\(ticks)</p><i>\(time)</i>" }
}

@Suite struct MessageTests {
    let clock = VirtualClock()

    private func conversation() -> Conversation {
        Conversation(configure: { $0.clock = .virtual(clock) }) { $0.live("/chat", Chat()) }
    }

    @Test func whatOneSaysAllHear() throws {
        let ann = conversation()
        let bob = Conversation(at: ann)
        try ann.open("/chat")
        try bob.open("/chat")
        #expect(try ann.click("say", #"{"text":"hi <b>"}"#).map(\.kind) == ["ok", "diff"])
        // Both have loops of their own.
        #expect(try bob.merge().map(\.kind) == ["diff"])
        #expect(try bob.html().contains("<li>hi &lt;b&gt;</li>"))
        ann.close()
        try bob.click("say", #"{"text":"still here"}"#)
        #expect(try bob.html().contains("<li>still here</li>"))
        #expect(try ann.merge() == [])
    }

    @Test func timersFireWhenTheClockSaysSo() throws {
        let conversation = conversation()
        try conversation.open("/chat")
        clock.advance(by: .seconds(9))
        #expect(try conversation.merge() == [])
        clock.advance(by: .seconds(1))
        #expect(try conversation.merge().map(\.kind) == ["diff"])
        #expect(try conversation.html().contains("<p>1</p><i>2026-01-01T00:00:10Z</i>"))
        try conversation.click("soon")
        try conversation.click("stop")
        clock.advance(by: .seconds(60))
        try conversation.merge()
        #expect(try conversation.html().contains("<p>2</p>"))
        #expect(clock.ticks == [.seconds(9), .seconds(1), .seconds(60)])
    }

    @Test func aTimerThatIsLateKeepsItsBeat() throws {
        let conversation = conversation()
        try conversation.open("/chat")
        clock.advance(by: .seconds(35))
        try conversation.merge()
        #expect(try conversation.html().contains("<p>1</p>"))
        clock.advance(by: .seconds(4))
        #expect(try conversation.merge() == [])
        clock.advance(by: .seconds(1))
        try conversation.merge()
        #expect(try conversation.html().contains("<p>2</p>"))
    }

    @Test func ticksComeByHTTP() throws {
        let conversation = conversation()
        try conversation.open("/chat")
        #expect(conversation.post("/live/tick", "10000").status == 204)
        #expect(try conversation.merge().map(\.kind) == ["diff"])
        #expect(conversation.post("/live/tick", "-1").status == 400)
        // The time of the system takes no orders.
        let other = Conversation(configure: { $0.clock = .system }) { $0.live("/chat", Chat()) }
        #expect(other.post("/live/tick", "1").status == 404)
    }

    @Test func aTimerEndsWithItsView() throws {
        let conversation = conversation()
        try conversation.open("/chat")
        try conversation.push(conversation.rootTopic, "phx_leave", "{}")
        clock.advance(by: .seconds(60))
        #expect(try conversation.merge() == [])
    }

    @Test func messagesOfNoTypeOfTheViewAreLogged() throws {
        let conversation = conversation()
        try conversation.open("/chat")
        try conversation.click("odd")
        #expect(conversation.log.causes == [.lostMessage])
    }

    @Test func aSeededRunIsTheSameEachTime() throws {
        func run() throws -> [String] {
            let conversation = Conversation(configure: { $0.seed = 7 }) { $0.live("/chat", Chat()) }
            try conversation.open("/chat")
            try conversation.click("draw")
            return [conversation.page, try conversation.html(), conversation.cookies.description]
        }
        #expect(try run() == run())
    }
}

private struct Slow: LiveView {
    var state = "idle"

    mutating func handle(event: Event, _ context: Context) {
        state = "working"
        let fails = event.name == "fail"
        context.start {
            if fails { throw UnhandledEvent("work") }
            return 42
        } then: { (result: Result<Int, any Error>) in
            result.map { "done \($0)" }
        }
    }

    mutating func handle(info: Result<String, any Error>, _ context: Context) {
        switch info {
        case .success(let text): state = text
        case .failure(let error): state = "\(error)"
        }
    }

    var body: HTML { "<p>\(state)</p>" }
}

@Suite struct AsyncWorkTests {
    let conversation = Conversation { $0.live("/slow", Slow()) }

    @Test(arguments: [("work", "<p>done 42</p>"), ("fail", "<p>no handler for the event &quot;work&quot;</p>")])
    func theResultComesAsAMessage(event: String, html: String) async throws {
        try conversation.open("/slow")
        try conversation.click(event)
        #expect(try conversation.html() == "<p>working</p>")
        // The work is on another thread; its result waits for the loop.
        for _ in 0..<10_000 where try conversation.html() == "<p>working</p>" {
            await Task.yield()
            try conversation.merge()
        }
        #expect(try conversation.html() == html)
    }
}
