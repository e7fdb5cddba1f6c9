import Analysis
import ConversationSupport
import Testing

@Suite struct P03EventPerKeystrokeTests {
    private func typed(_ values: [String], every milliseconds: UInt64, type: String = "form") -> Conversation {
        let talk = Conversation()
        let view = talk.join("/form", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for value in values {
            view.event(
                "validate", type: type, value: "\"other=x&user%5Bname%5D=\(value)\"", target: "user[name]",
                reply: "{\"0\":\"\(value)\"}")
            talk.wait(milliseconds: milliseconds - 2)
        }
        return talk
    }

    @Test func threeLettersInARowAreFound() throws {
        let finding = try #require(typed(["A", "Al", "Al%C3%A9"], every: 249).findings(EventPerKeystroke.self).first)
        #expect(finding.evidence.count == 3)
        #expect(finding.place.event == "validate")
        // The last of the three would have been enough.
        #expect(finding.savedBytes > finding.ofBytes / 2)
        #expect(finding.savedBytes < finding.ofBytes * 7 / 10)
    }

    @Test func deletingIsTypingToo() throws {
        #expect(!typed(["Ada", "Ad", "A"], every: 100).findings(EventPerKeystroke.self).isEmpty)
    }

    @Test func pausesTwoLettersAndWholeWordsAreNot() throws {
        #expect(typed(["A", "Al", "Ali"], every: 300).findings(EventPerKeystroke.self).isEmpty)
        #expect(typed(["A", "Al"], every: 100).findings(EventPerKeystroke.self).isEmpty)
        #expect(typed(["Ada", "Ada+Love", "Ada+Lovelace"], every: 100).findings(EventPerKeystroke.self).isEmpty)
        #expect(typed(["A", "Al", "Ali"], every: 100, type: "keyup").findings(EventPerKeystroke.self).isEmpty)
    }

    @Test func formsWithoutDebounceHaveItAndThoseWithHaveNot() throws {
        #expect(!(try Conversation.findings(EventPerKeystroke.self, inPhoenix: "form")).isEmpty)
        #expect((try Conversation.findings(EventPerKeystroke.self, inPhoenix: "form-debounced")).isEmpty)
        #expect((try Conversation.findings(EventPerKeystroke.self, inRecording: "gallery-form-debounce")).isEmpty)
    }

    @Test func theGallerysFormHasIt() throws {
        let findings = try Conversation.findings(EventPerKeystroke.self, inRecording: "gallery-form")
        #expect(Set(findings.map(\.place.route)) == ["/form"])
    }
}
