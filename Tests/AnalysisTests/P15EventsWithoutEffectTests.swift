import Analysis
import ConversationSupport
import Testing

@Suite struct P15EventsWithoutEffectTests {
    @Test func manyEventsAnsweredByNothingAreFound() throws {
        let talk = Conversation()
        let view = talk.join("/keys", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for index in 0..<12 {
            view.event("key", type: "keydown", value: #"{"key":"\#(index)"}"#, reply: index == 11 ? #"{"0":"x"}"# : nil)
        }
        let findings = talk.findings(EventsWithoutEffect.self)
        #expect(findings.map(\.evidence.count) == [11])
        #expect(findings.first?.place.event == "key")
    }

    @Test func eventsThatDoSomethingAreNot() throws {
        let talk = Conversation()
        let view = talk.join("/keys", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for index in 0..<12 { view.event("key", value: "{}", reply: #"{"0":"\#(index)"}"#) }
        #expect(talk.findings(EventsWithoutEffect.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(EventsWithoutEffect.self, inRecording: "gallery-pitfalls-events")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
