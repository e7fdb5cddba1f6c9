import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P04TaintedDynamicsTests {
    @Test func aSlotInEveryDiffThatNeverChangesIsFound() throws {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: #"{"0":"4","1":"a","s":["<b>","</b><i class=\"n\">","</i>"]}"#)
        for (index, event) in ["a", "b", "c", "d", "e"].enumerated() {
            view.event(event, reply: #"{"0":"4","1":"\#(index)"}"#)
        }
        let findings = talk.findings(TaintedDynamics.self)
        #expect(findings.map(\.evidence.count) == [5])
        #expect(findings.first?.place.path?.element == "<b>")
        #expect(findings.first?.savedBytes == 15)
    }

    @Test func aSlotThatChangesIsNot() throws {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: #"{"0":"4","s":["<b>","</b>"]}"#)
        for index in 0..<9 { view.event("e\(index)", reply: #"{"0":"\#(index)"}"#) }
        #expect(talk.findings(TaintedDynamics.self).isEmpty)
    }

    @Test func theGallerysPageHasIt() throws {
        #expect(!(try Conversation.findings(TaintedDynamics.self, inPhoenix: "pitfall")).isEmpty)
        #expect((try Conversation.findings(TaintedDynamics.self, inPhoenix: "light")).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(TaintedDynamics.self, inRecording: "gallery-pitfalls-tracking")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
