import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P32KeysWithWholeTextsTests {
    private func typing(_ length: Int, keys: Int = 3, gap: UInt64 = 300, type: String = "keyup") -> Conversation {
        let talk = Conversation()
        let view = talk.join("/note", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for key in 0..<keys {
            let text = String(repeating: "x", count: length)
            view.event("typed", type: type, value: #"{"key":"x","value":"\#(text)"}"#, reply: #"{"0":"\#(key)"}"#)
            talk.wait(milliseconds: gap)
        }
        return talk
    }

    @Test func keysThatCarryALongTextAreFound() throws {
        let findings = typing(200).findings(KeysWithWholeTexts.self)
        #expect(findings.map(\.evidence.count) == [3])
        // All but the first of those close together.
        #expect((findings.first?.savedShare ?? 0) > 0.6)
    }

    @Test func shortTextsAreNot() throws { #expect(typing(199).findings(KeysWithWholeTexts.self).isEmpty) }
    @Test func twoKeysAreNot() throws { #expect(typing(500, keys: 2).findings(KeysWithWholeTexts.self).isEmpty) }
    @Test func keysFarApartAreNot() throws {
        #expect(typing(500, gap: 1_500).findings(KeysWithWholeTexts.self).isEmpty)
    }
    @Test func clicksAreNot() throws { #expect(typing(500, type: "click").findings(KeysWithWholeTexts.self).isEmpty) }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(KeysWithWholeTexts.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(KeysWithWholeTexts.self, inRecording: "gallery-pitfalls-events")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
