import Analysis
import ConversationSupport
import Testing

@Suite struct P19AssignInManyPlacesTests {
    private func page(slots: Int = 10, times: Int = 2, _ text: (Int, Int) -> String) -> Conversation {
        let talk = Conversation()
        let leaves = (0..<12).map { "\"\($0)\":\"0\"" }.joined(separator: ",")
        let parts = (0...12).map { _ in "\"<p>\"" }.joined(separator: ",")
        let view = talk.join("/user", rendered: "{\(leaves),\"s\":[\(parts)]}")
        for time in 1...max(1, times) {
            let sent = (0..<slots).map { "\"\($0)\":\"\(text(time, $0))\"" }.joined(separator: ",")
            view.event("rename", reply: "{\(sent)}")
            for other in 0..<2 { view.event("other", reply: "{\"11\":\"\(time)\(other)\"}") }
        }
        return talk
    }

    @Test func oneEventThatRendersTheWholePageIsFound() throws {
        let talk = page { time, slot in slot == 0 ? "\(time)" : "0" }
        let finding = try #require(talk.findings(AssignInManyPlaces.self).first)
        #expect(finding.place.event == "rename")
        #expect(finding.savedBytes == 2 * 9 * #""0""#.utf8.count)
    }

    @Test func whatChangesAllOverIsNot() throws {
        #expect(page { time, slot in slot < 6 ? "\(time)" : "0" }.findings(AssignInManyPlaces.self).isEmpty)
    }

    @Test func nineSlotsAndOneTimeAreTooFew() throws {
        #expect(page(slots: 9) { time, slot in slot == 0 ? "\(time)" : "0" }.findings(AssignInManyPlaces.self).isEmpty)
        #expect(page(times: 1) { time, slot in slot == 0 ? "\(time)" : "0" }.findings(AssignInManyPlaces.self).isEmpty)
    }

    @Test func whatIsInEveryDiffIsAnotherRules() throws {
        let talk = Conversation()
        let leaves = (0..<12).map { "\"\($0)\":\"0\"" }.joined(separator: ",")
        let parts = (0...12).map { _ in "\"<p>\"" }.joined(separator: ",")
        let view = talk.join("/user", rendered: "{\(leaves),\"s\":[\(parts)]}")
        for event in ["a", "b", "a", "b", "a", "b"] { view.event(event, reply: "{\(leaves)}") }
        #expect(talk.findings(AssignInManyPlaces.self).isEmpty)
        #expect(talk.findings(TaintedDynamics.self).count == 12)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(AssignInManyPlaces.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
