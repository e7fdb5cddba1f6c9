import Analysis
import ConversationSupport
import Testing

@Suite struct P05AssignsGivenOnTests {
    private func card(_ diffs: [(event: String, diff: String)]) -> Conversation {
        let talk = Conversation()
        let view = talk.join(
            "/card",
            rendered:
                #"{"0":{"0":"title","1":"text","s":["<h2 id=\"t\">","</h2><p>","</p>"]},"1":"0","s":["<div>","<b>","</b>"]}"#
        )
        for (event, diff) in diffs { view.event(event, reply: diff) }
        return talk
    }

    private let events = ["a", "b", "c", "d", "e"]

    @Test func aComponentThatComesWholeWithEachDiffIsFound() throws {
        let talk = card(events.map { ($0, #"{"0":{"0":"title","1":"text"},"1":"\#($0)"}"#) })
        let finding = try #require(talk.findings(AssignsGivenOn.self).first)
        #expect(finding.evidence.count == 5)
        #expect(finding.savedBytes == 5 * (#""title""#.utf8.count + #""text""#.utf8.count))
    }

    @Test func aComponentOfWhichAPartComesIsNot() throws {
        let talk = card(events.map { ($0, #"{"0":{"1":"text"},"1":"\#($0)"}"#) })
        #expect(talk.findings(AssignsGivenOn.self).isEmpty)
    }

    @Test func oneThatChangesIsNot() throws {
        let talk = card(events.map { ($0, #"{"0":{"0":"title","1":"\#($0)"},"1":"\#($0)"}"#) })
        #expect(talk.findings(AssignsGivenOn.self).isEmpty)
    }

    @Test func fourDiffsAreTooFewAndOneEventTellsNothing() throws {
        let diffs = events.map { ($0, #"{"0":{"0":"title","1":"text"},"1":"\#($0)"}"#) }
        #expect(card(Array(diffs.prefix(4))).findings(AssignsGivenOn.self).isEmpty)
        #expect(card(diffs.map { ("a", $0.1) }).findings(AssignsGivenOn.self).isEmpty)
    }

    @Test func thePhoenixPageHasIt() throws {
        #expect(!(try Conversation.findings(AssignsGivenOn.self, inPhoenix: "pitfall")).isEmpty)
        #expect((try Conversation.findings(AssignsGivenOn.self, inPhoenix: "components")).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(AssignsGivenOn.self, inRecording: "gallery-pitfalls-tracking")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
