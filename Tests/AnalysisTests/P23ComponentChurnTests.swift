import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P23ComponentChurnTests {
    private func tree(_ number: Int, _ text: String, isFirst: Bool) -> String {
        #""\#(number)":{"0":" phx-target=\"\#(number)\"","1":"\#(text)","s":\#(isFirst ? #"["<i",">","</i>"]"# : "-1")}"#
    }

    private func talk(_ count: Int, textAfter: (Int) -> String) -> Conversation {
        let talk = Conversation()
        let trees = (1...count).map {
            #""\#($0)":{"0":" phx-target=\"\#($0)\"","1":"row \#($0)","s":\#($0 == 1 ? #"["<i",">","</i>"]"# : "1")}"#
        }
        let rows = { (first: Int) in (0..<count).map { "\"\($0)\":{\"0\":\($0 + first)}" }.joined(separator: ",") }
        let view = talk.join(
            "/rows",
            rendered: #"{"0":{"k":{\#(rows(1)),"kc":\#(count)},"s":["",""]},"s":["<p>","</p>"],"c":{"#
                + trees.joined(separator: ",") + "}}")
        let again = (1...count).map { tree(count + $0, textAfter($0), isFirst: false) }.joined(separator: ",")
        view.event("page", reply: #"{"0":{"k":{\#(rows(count + 1)),"kc":\#(count)}},"c":{\#(again)}}"#)
        view.destroy(Array(1...count))
        return talk
    }

    @Test func theSameUnderOtherNumbersIsFound() throws {
        let findings = talk(12) { "row \($0)" }.findings(ComponentChurn.self)
        #expect(findings.map(\.evidence.count) == [12])
        #expect((findings.first?.savedBytes ?? 0) > 400)
    }

    @Test func fewerAreNot() throws { #expect(talk(9) { "row \($0)" }.findings(ComponentChurn.self).isEmpty) }

    @Test func anotherPageOfRowsIsNot() throws {
        #expect(talk(12) { "row \($0 + 12)" }.findings(ComponentChurn.self).isEmpty)
    }

    @Test func theGallerysShuffleKeepsItsComponents() throws {
        #expect(try Conversation.findings(ComponentChurn.self, inRecording: "gallery-components").isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(ComponentChurn.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
