import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P25AttributeBagTests {
    private func bag(_ classes: String, _ value: String = "a", filler: Int = 60) -> String {
        #" class=\"\#(classes)\" data-value=\"\#(value)\" title=\"\#(String(repeating: "t", count: filler))\""#
    }

    private func talk(_ bags: [String]) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/bag", rendered: #"{"0":"\#(bags[0])","s":["<div",">here</div>"]}"#)
        for bag in bags.dropFirst() { view.event("pick", reply: #"{"0":"\#(bag)"}"#) }
        return talk
    }

    @Test func aBagThatChangesInOneAttributeIsFound() throws {
        let findings = talk([bag("one"), bag("two"), bag("one")]).findings(AttributeBag.self)
        #expect(findings.map(\.evidence.count) == [2])
        #expect(findings.first?.place.path?.isInTag == true)
        #expect((findings.first?.savedBytes ?? 0) > 160)
    }

    @Test func oneThatChangesInTwoIsNot() throws {
        #expect(talk([bag("one"), bag("two", "b"), bag("one", "c")]).findings(AttributeBag.self).isEmpty)
    }

    @Test func aShortOneIsNot() throws {
        let bags = ["one", "two", "one"].map { bag($0, filler: 5) }
        #expect(talk(bags).findings(AttributeBag.self).isEmpty)
    }

    @Test func aSingleChangeIsNot() throws {
        #expect(talk([bag("one"), bag("two")]).findings(AttributeBag.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(AttributeBag.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(AttributeBag.self, inRecording: "gallery-pitfalls-templates")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
