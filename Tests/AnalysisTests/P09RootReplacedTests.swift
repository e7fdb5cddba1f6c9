import Analysis
import ConversationSupport
import Testing

@Suite struct P09RootReplacedTests {
    private let tree = #"{"0":"a","s":["<main>","</main>"]}"#

    @Test func aDiffWithTheViewsStaticsIsFound() throws {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: tree)
        view.event("other", reply: #"{"0":"b","s":["<article>","</article>"]}"#)
        view.event("back", reply: tree)
        let finding = try #require(talk.findings(RootReplaced.self).first)
        #expect(finding.evidence.count == 2)
        #expect(finding.savedBytes == #"["<main>","</main>"]"#.utf8.count)
    }

    @Test func joinsAndOrdinaryDiffsAreNot() throws {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: tree)
        view.event("other", reply: #"{"0":"b"}"#)
        view.crash()
        talk.join("/tabs", rendered: tree, mounts: 1)
        #expect(talk.findings(RootReplaced.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(RootReplaced.self, inRecording: "gallery-pitfalls-templates")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
