import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P10HTMLInOneLeafTests {
    private func conversation(_ leaf: String) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/page", rendered: #"{"0":"","s":["<main id=\"m\">","</main>"]}"#)
        view.event("show", reply: "{\"0\":\"\(leaf)\"}")
        view.event("show", reply: "{\"0\":\"\(leaf)\"}")
        return talk
    }

    @Test func aLargeTextOfTagsIsFound() throws {
        let row = "<tr><td>" + String(repeating: "x", count: 92) + "</td></tr>"
        let findings = conversation(String(repeating: row, count: 10)).findings(HTMLInOneLeaf.self)
        #expect(findings.map(\.evidence.count) == [2])
        #expect(findings.first?.place.path?.domID == "m")
    }

    @Test(arguments: [String(repeating: "words and ", count: 200), "<b><i><u><s><p>short"])
    func textAndSmallPiecesAreNot(_ leaf: String) throws {
        #expect(conversation(leaf).findings(HTMLInOneLeaf.self).isEmpty)
    }
}
