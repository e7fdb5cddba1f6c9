import Analysis
import ConversationSupport
import Testing

@Suite struct P20PlacesForNothingTests {
    private func cards(_ diffs: [String]) -> Conversation {
        let talk = Conversation()
        let places = (0..<6).map { "\"\($0)\":\($0 + 1)" }.joined(separator: ",")
        let cards = (1...6).map { "\"\($0)\":{\"0\":\"\",\"s\":[\"<i>\",\"</i>\"],\"r\":1}" }.joined(separator: ",")
        let parts = (0...6).map { _ in "\"<p>\"" }.joined(separator: ",")
        let view = talk.join("/cards", rendered: "{\(places),\"c\":{\(cards)},\"s\":[\(parts)]}")
        for diff in diffs { view.event("go", reply: diff) }
        return talk
    }

    private let places = #""0":1,"1":2,"2":3,"3":4,"4":5"#

    @Test func fivePlacesWithoutAChangeAreFound() throws {
        let diffs = ["{\(places)}", "{\(places),\"c\":{\"1\":{\"0\":\"x\"}}}"]
        let finding = try #require(cards(diffs).findings(PlacesForNothing.self).first)
        #expect(finding.evidence.count == 10)
        #expect(finding.evidence.text.contains("of which 1 changed"))
        #expect(finding.savedBytes == 10)
    }

    @Test func fourPlacesOneDiffAndComponentsThatChangeAreNot() throws {
        let four = #"{"0":1,"1":2,"2":3,"3":4}"#
        #expect(cards([four, four]).findings(PlacesForNothing.self).isEmpty)
        #expect(cards(["{\(places)}"]).findings(PlacesForNothing.self).isEmpty)
        let changed = "{\(places),\"c\":{\"1\":{\"0\":\"x\"},\"2\":{\"0\":\"x\"}}}"
        #expect(cards([changed, changed]).findings(PlacesForNothing.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(PlacesForNothing.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
