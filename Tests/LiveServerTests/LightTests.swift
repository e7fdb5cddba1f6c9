import LiveServer
import LiveViewWire
import Testing
import WebSocketWire

private struct Light: LiveView {
    var brightness = 50

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "on": brightness = 100
        case "set": brightness = event["to"].int ?? brightness
        case "crash": throw PageError(status: 500)
        case "ask": context.reply(["brightness": JSON(brightness)])
        case "tell": context.pushEvent("told", ["to": JSON(brightness)])
        default: break
        }
    }

    var title: String { "Light \(brightness)" }

    var body: HTML {
        """
        <h1>Light & more</h1>
        <meter value="\(brightness)"></meter>
        \(if: brightness > 50, "<b>bright</b>", else: "<i>dark</i>")
        """
    }
}

/// From the page that is loaded to the events of its view: the common path, frame by frame.
@Suite struct LightTests {
    let conversation = Conversation { routes in routes.live("/light", Light()) }

    @Test func thePageHasTheViewAndItsTokens() {
        let response = conversation.get("/light")
        #expect(response.status == 200)
        #expect(conversation.page.contains("<meter value=\"50\"></meter>"))
        #expect(conversation.page.contains("<title>Light 50</title>"))
        #expect(conversation.page.contains("data-phx-main data-phx-session=\"SFMyNTY."))
        #expect(conversation.rootID.hasPrefix("phx-"))
        #expect(conversation.csrfToken.count == 43)
        #expect(response.headers.contains { $0.name == "Set-Cookie" && $0.value.contains("HttpOnly; SameSite=Lax") })
    }

    @Test func theJoinBringsTheWholeTree() throws {
        conversation.get("/light")
        conversation.connect()
        #expect(
            try conversation.join(url: "/light").map(\.description) == [
                """
                ok {"liveview_version":"1.2.10","rendered":{"0":"50","1":{"s":0},"s":1,\
                "p":{"0":["<i>dark</i>"],"1":["<h1>Light & more</h1>\\n<meter value=\\"","\\"></meter>\\n",""]},\
                "t":"Light 50"}}
                """
            ])
        #expect(try conversation.html().contains("<i>dark</i>"))
    }

    @Test func theJoinNamesAVersionThatReadsItsFormat() throws {
        for (format, version) in [(LiveConfiguration.Format.keyed, "1.2.10"), (.rows, "0.20.17")] {
            let conversation = Conversation(configure: { $0.format = format }) { $0.live("/light", Light()) }
            conversation.get("/light")
            conversation.connect()
            #expect(try conversation.join(url: "/light").first?.json["liveview_version"]?.string == version)
        }
    }

    @Test func onlyWhatChangedIsSent() throws {
        try conversation.open("/light")
        #expect(
            try conversation.click("set", #"{"to":"40"}"#).map(\.description) == [
                #"ok {"diff":{"0":"40","t":"Light 40"}}"#
            ])
        #expect(
            try conversation.click("on").map(\.description) == [
                #"ok {"diff":{"0":"100","1":{"s":0},"p":{"0":["<b>bright</b>"]},"t":"Light 100"}}"#
            ])
        #expect(try conversation.click("on").map(\.description) == ["ok {}"])
        #expect(try conversation.html() == "<h1>Light & more</h1>\n<meter value=\"100\"></meter>\n<b>bright</b>")
    }

    @Test func hooksGetAnswersAndEvents() throws {
        try conversation.open("/light")
        #expect(
            try conversation.click("ask").map(\.description) == [#"ok {"diff":{"r":{"brightness":50}}}"#])
        #expect(
            try conversation.click("tell").map(\.description) == [#"ok {"diff":{"e":[["told",{"to":50}]]}}"#])
    }

    @Test func aHandlerThatThrowsEndsItsViewAlone() throws {
        try conversation.open("/light")
        #expect(
            try conversation.click("crash").map(\.description) == [#"phx_error {"reason":"channel_crash"}"#])
        #expect(conversation.log.causes == [.viewCrashed])
        #expect(conversation.output.closed == nil)
        // The old tokens are good for a new join.
        #expect(try conversation.join(url: "/light").first?.kind == "ok")
        #expect(try conversation.click("on").first?.kind == "ok")
    }

    @Test func heartbeatsAndLeavesAreAnswered() throws {
        try conversation.open("/light")
        conversation.send(text: #"[null,"90","phoenix","heartbeat",{}]"#)
        #expect(
            conversation.received() == [#"[null,"90","phoenix","phx_reply",{"status":"ok","response":{}}]"#])
        #expect(
            try conversation.push(conversation.rootTopic, "phx_leave", "{}").map(\.kind) == ["phx_close", "ok"])
        #expect(try conversation.push("lv:other", "phx_leave", "{}").map(\.kind) == ["ok"])
        #expect(
            try conversation.click("on").map(\.description) == [#"error {"reason":"unmatched topic"}"#])
    }

    @Test func aMessageForAJoinThatIsOverIsDropped() throws {
        try conversation.open("/light")
        conversation.send(text: "[\"77\",\"78\",\"\(conversation.rootTopic)\",\"event\",{\"event\":\"on\"}]")
        #expect(conversation.received() == [])
    }

    @Test func aSecondJoinClosesTheFirst() throws {
        try conversation.open("/light")
        let messages = try conversation.join(url: "/light")
        #expect(messages.map(\.kind) == ["ok", "phx_close"])
        #expect(try conversation.click("on").first?.kind == "ok")
    }
}
