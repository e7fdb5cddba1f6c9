import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P40UpdatesNobodySeesTests {
    private func talk(_ before: String, _ after: String, bytes: Int = 10) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/chart", rendered: #"{"0":"start","s":["\#(before)","\#(after)"]}"#)
        for number in 0..<3 {
            view.event("tick", reply: #"{"0":"\#(String(repeating: "\(number)", count: bytes))"}"#)
        }
        return talk
    }

    @Test func changesOfIgnoredContentAreFound() throws {
        let talk = talk(#"<div id=\"c\" phx-update=\"ignore\"><b>"#, "</b></div>")
        let findings = talk.findings(UpdatesNobodySees.self)
        #expect(findings.map(\.savedBytes) == [36])
        #expect(findings.first?.place.path?.domID == "c")
    }

    @Test func attributesOfTheIgnoredElementAreNot() throws {
        let talk = talk(#"<div id=\"c\" phx-update=\"ignore\" data-points=\""#, #"\"></div>"#)
        #expect(talk.findings(UpdatesNobodySees.self).isEmpty)
    }

    @Test func whatStandsBesideItIsNot() throws {
        let talk = talk(#"<div id=\"c\" phx-update=\"ignore\"></div><p>"#, "</p>")
        #expect(talk.findings(UpdatesNobodySees.self).isEmpty)
    }

    @Test func streamsAreNot() throws {
        #expect(
            talk(#"<div id=\"c\" phx-update=\"stream\"><b>"#, "</b></div>").findings(UpdatesNobodySees.self).isEmpty)
    }

    @Test func muchThatIsHiddenIsWorthAHint() throws {
        let before = #"<div style=\"display: none\"><b>"#
        #expect(talk(before, "</b></div>", bytes: 900).findings(UpdatesNobodySees.self).map(\.severity) == [.info])
        #expect(talk(before, "</b></div>", bytes: 500).findings(UpdatesNobodySees.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(UpdatesNobodySees.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(UpdatesNobodySees.self, inRecording: "gallery-pitfalls-streams")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
