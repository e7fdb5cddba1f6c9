import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P28SlowHandlerTests {
    private static let tree = #"{"0":"","s":["<p>","</p>"]}"#

    @Test func aSlowJoinIsFound() throws {
        let talk = Conversation()
        talk.join("/report", rendered: Self.tree, thinking: 2_300)
        let findings = talk.findings(SlowHandler.self)
        #expect(findings.map(\.evidence.text) == ["1 of 1 joins took long, the longest 2.3 s"])
        #expect(findings.first?.place.route == "/report")
    }

    @Test func aJoinOfTwoSecondsIsNot() throws {
        let talk = Conversation()
        talk.join("/report", rendered: Self.tree, thinking: 2_000)
        #expect(talk.findings(SlowHandler.self).isEmpty)
    }

    @Test func aJoinThatIsGivenUpIsAnError() throws {
        let talk = Conversation()
        let view = talk.beginJoin("/report")
        talk.wait(seconds: 10)
        view.leave()
        let findings = talk.findings(SlowHandler.self)
        #expect(findings.map(\.severity) == [.error])
    }

    @Test(arguments: [(501, 1), (500, 0)]) func slowEventsAreFound(_ milliseconds: UInt64, _ count: Int) throws {
        let talk = Conversation()
        let view = talk.join("/report", rendered: Self.tree)
        view.event("build", reply: #"{"0":"a"}"#, thinking: milliseconds)
        view.event("build", reply: #"{"0":"b"}"#, thinking: milliseconds)
        view.event("fast", reply: #"{"0":"c"}"#)
        let findings = talk.findings(SlowHandler.self)
        #expect(findings.compactMap(\.place.event) == Array(repeating: "build", count: count))
    }

    @Test func oneSlowEventIsNot() throws {
        let talk = Conversation()
        talk.join("/report", rendered: Self.tree).event("build", reply: #"{"0":"a"}"#, thinking: 900)
        #expect(talk.findings(SlowHandler.self).isEmpty)
    }

    /// The client joins anew before it hears that the old channel is closed.
    @Test(arguments: [false, true]) func navigationGivesNoJoinUp(_ isRefused: Bool) throws {
        let talk = Conversation()
        let old = talk.join("/a", rendered: Self.tree)
        let leave = old.send(message: "phx_leave", "{}")
        let new = talk.beginJoin("/b", isNavigation: true)
        old.push("phx_close", "{}")
        old.reply(to: leave, "{}")
        guard isRefused else {
            new.reply(to: new.joinRef, "{\"rendered\":\(Self.tree)}")
            #expect(talk.findings(SlowHandler.self).isEmpty)
            #expect(talk.joins.map(\.view.route) == ["/a", "/b"])
            return
        }
        talk.wait(seconds: 10)
        new.leave()
        #expect(talk.findings(SlowHandler.self).map(\.place.route) == ["/b"])
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(SlowHandler.self, inRecording: "gallery-pitfalls-events")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
