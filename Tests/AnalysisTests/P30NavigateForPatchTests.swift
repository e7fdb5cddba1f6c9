import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P30NavigateForPatchTests {
    private static let items = #"["<ul class=\"items\"><li>","</li></ul>"]"#

    @Test func navigationToTheViewThatWasLeftIsFound() throws {
        let talk = Conversation()
        talk.join("/items", rendered: "{\"0\":\"one\",\"s\":\(Self.items)}").leave()
        talk.join("/items?page=2", rendered: "{\"0\":\"two\",\"s\":\(Self.items)}", isNavigation: true).leave()
        talk.join("/items?page=3", rendered: "{\"0\":\"three\",\"s\":\(Self.items)}", isNavigation: true)
        let findings = talk.findings(NavigateForPatch.self)
        #expect(findings.map(\.evidence.count) == [2])
        #expect(findings.first?.savedBytes == 2 * Self.items.utf8.count)
        #expect(findings.first?.place.route == "/items")
    }

    @Test func navigationToAnotherViewIsNot() throws {
        let talk = Conversation()
        talk.join("/items", rendered: "{\"0\":\"one\",\"s\":\(Self.items)}").leave()
        talk.join("/about", rendered: #"{"0":"x","s":["<p>","</p>"]}"#, isNavigation: true).leave()
        talk.join("/items", rendered: "{\"0\":\"one\",\"s\":\(Self.items)}", isNavigation: true)
        #expect(talk.findings(NavigateForPatch.self).isEmpty)
    }

    @Test func aRejoinAfterALossIsNot() throws {
        let talk = Conversation()
        talk.join("/items", rendered: "{\"0\":\"one\",\"s\":\(Self.items)}")
        talk.close()
        talk.join("/items", rendered: "{\"0\":\"one\",\"s\":\(Self.items)}", mounts: 1)
        #expect(talk.findings(NavigateForPatch.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(NavigateForPatch.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(NavigateForPatch.self, inRecording: "gallery-pitfalls-journeys")
        #expect(Set(findings.map(\.place.route)) == ["/pitfalls/journeys"])
    }
}
