import ConversationSupport
import Sessions
import Testing

@Suite struct GeneralDialectTests {
    private func general(_ talk: Conversation) -> [GeneralMessage] { talk.steps().compactMap(\.general) }

    @Test func tellsTextJSONHTMLAndBinaryApart() {
        let talk = Conversation(target: "/cable")
        talk.server(#"{"type":"ping","message":1795}"#)
        talk.server("<turbo-stream action=\"append\"></turbo-stream>")
        talk.client("hello")
        talk.client("{ this is no JSON")
        talk.server(binary: [1, 2, 3])
        #expect(general(talk).map(\.form) == [.json, .html, .text, .text, .binary])
        #expect(talk.notes == [])
    }

    @Test func seesMessagesThatAreNearlyTheSame() {
        let talk = Conversation(target: "/feed")
        let long = String(repeating: "x", count: 100)
        talk.server(#"{"type":"tick","items":[{"name":"\#(long)"}],"n":1}"#)
        talk.server(#"{"type":"tick","items":[{"name":"\#(long)"}],"n":2}"#)
        talk.server(#"{"type":"tick","items":[{"name":"\#(long)"}],"n":2}"#)
        talk.server(#"{"type":"other","items":[{"name":"\#(long)"}],"n":2}"#)
        let messages = general(talk)
        #expect(messages.map(\.isNearDuplicate) == [false, true, true, false])
        #expect(messages.map(\.isRepeated) == [false, false, true, false])
        #expect(messages[1].redundantPath == "items/0/name")
        #expect(messages[1].redundantBytes == 102 + 6)
        #expect(messages[1].shape == "type=tick")
    }

    @Test func countsFragmentsOfHTML() {
        let talk = Conversation(target: "/feed")
        talk.server(#"{"html":"<li>one</li>"}"#)
        #expect(general(talk).map(\.htmlBytes) == [14])
    }
}
