import LiveServer
import Testing

private struct Plain: LiveView {
    var count = 0
    mutating func handle(event: Event, _ context: Context) { count += 1 }
    var body: HTML { "<p>\(count)</p>" }
}

/// What a client may not send closes its socket, says why, and touches nobody else.
@Suite struct ViolationTests {
    let conversation = Conversation(configure: {
        $0.limits.maximumMessageBytes = 2000
        $0.limits.messageBurst = 10
        $0.limits.messagesPerSecond = 1
    }) { $0.live("/plain", Plain()) }

    @Test(arguments: [
        "", "{}", "[]", "[null,null,\"a\",\"b\"]", "[1,2,3,4,5]", "hello", "[null,\"1\",\"phoenix\",\"heartbeat\",{}",
    ]) func unreadableMessagesCloseTheSocket(text: String) throws {
        let other = Conversation(at: conversation)
        try other.open("/plain")
        try conversation.open("/plain")
        conversation.send(text: text)
        #expect(conversation.output.closed?.code == 1007)
        #expect(conversation.log.causes == [.badMessage])
        #expect(try conversation.click("add") == [])
        #expect(try other.click("add").map(\.kind) == ["ok"])
    }

    @Test(arguments: [
        ("event", "[]"), ("event", "{}"), ("event", #"{"event":1}"#), ("event", #"{"event":"a","cid":"x"}"#),
        ("cids_destroyed", "{}"), ("cids_will_destroy", "[1]"),
    ]) func payloadsOfTheWrongShapeCloseTheSocket(event: String, payload: String) throws {
        try conversation.open("/plain")
        try conversation.push(conversation.rootTopic, event, payload)
        #expect(conversation.output.closed?.code == 1007)
    }

    @Test func unknownEventsAreAnswered() throws {
        try conversation.open("/plain")
        #expect(
            try conversation.push(conversation.rootTopic, "dance", "{}").map(\.description)
                == [#"error {"reason":"unmatched event"}"#])
        #expect(conversation.output.closed == nil)
    }

    @Test func largeMessagesCloseTheSocket() throws {
        try conversation.open("/plain")
        conversation.send(text: String(repeating: " ", count: 2001))
        #expect(conversation.output.closed?.code == 1009)
        #expect(conversation.log.causes == [.limitReached])
    }

    @Test func tooManyMessagesCloseTheSocket() throws {
        let clock = VirtualClock()
        let conversation = Conversation(configure: {
            $0.limits.messageBurst = 3
            $0.limits.messagesPerSecond = 1
            $0.clock = .virtual(clock)
        }) { $0.live("/plain", Plain()) }
        try conversation.open("/plain")
        for _ in 0..<2 { try conversation.click("add") }
        clock.advance(by: .seconds(1))
        #expect(try conversation.click("add").map(\.kind) == ["ok"])
        #expect(try conversation.click("add") == [])
        #expect(conversation.output.closed?.code == 1008)
    }

    @Test func othersSerializersAndPaths() throws {
        conversation.get("/plain")
        conversation.connect(version: "3.0.0")
        #expect(try conversation.join(url: "/plain") == [])
        // V1, for old clients.
        conversation.connect(version: nil)
        conversation.send(text: #"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}"#)
        #expect(
            conversation.received() == [
                #"{"topic":"phoenix","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"1"}"#
            ])
    }

    @Test func afterADrainNothingIsSaid() throws {
        try conversation.open("/plain")
        conversation.drain()
        #expect(try conversation.click("add") == [])
        conversation.close()
    }
}
