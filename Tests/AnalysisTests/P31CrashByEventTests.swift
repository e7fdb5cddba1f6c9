import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P31CrashByEventTests {
    private func crash(_ times: Int) -> Conversation {
        let talk = Conversation()
        for mount in 0...times {
            let view = talk.join("/pay", rendered: #"{"0":"","s":["<p>","</p>"]}"#, mounts: mount)
            guard mount < times else { break }
            view.event("pick", reply: #"{"0":"x"}"#)
            view.send("pay")
            talk.wait(milliseconds: 5)
            view.crash()
            talk.wait(seconds: 1)
        }
        return talk
    }

    @Test func anEventThatCrashesTwiceIsFoundWithTheRejoins() throws {
        let findings = crash(2).findings(CrashByEvent.self)
        #expect(findings.map(\.place.event) == ["pay"])
        #expect(findings.first?.evidence.count == 2)
        #expect((findings.first?.savedBytes ?? 0) > 200)
    }

    @Test func oneCrashIsNot() throws { #expect(crash(1).findings(CrashByEvent.self).isEmpty) }

    @Test func whatWaitsBehindTheCulpritIsNotBlamed() throws {
        let talk = Conversation()
        for mount in 0..<2 {
            let view = talk.join("/pay", rendered: #"{"0":"","s":["<p>","</p>"]}"#, mounts: mount)
            view.send("pay")
            talk.wait(milliseconds: 1)
            view.send("look")
            view.crash()
        }
        #expect(talk.findings(CrashByEvent.self).map(\.place.event) == ["pay"])
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(CrashByEvent.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(CrashByEvent.self, inRecording: "gallery-pitfalls-events")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
