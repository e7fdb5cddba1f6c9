import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P26LargeSessionTokenTests {
    private func talk(tokenBytes: Int) -> Conversation {
        let token = String(repeating: "S", count: tokenBytes)
        let talk = Conversation()
        talk.deadPage("/cart", id: "phx-A", session: token, "<p></p>")
        talk.join("/cart", rendered: #"{"s":["<p></p>"]}"#, session: token)
        talk.close()
        talk.wait(seconds: 20)
        talk.join("/cart", rendered: #"{"s":["<p></p>"]}"#, session: token, mounts: 1)
        return talk
    }

    @Test func aTokenThatCarriesDataIsFoundWithEachTimeItTravelled() throws {
        let findings = talk(tokenBytes: 3_000).findings(LargeSessionToken.self)
        #expect(findings.map(\.evidence.count) == [2])
        // The page and both joins.
        #expect(findings.first?.savedBytes == 3 * (3_000 - 350))
        #expect(findings.first?.place.route == "/cart")
    }

    @Test func thatOfANestedViewIsInItsParentsTree() throws {
        let findings = try Conversation.findings(LargeSessionToken.self, inRecording: "gallery-pitfalls-baggage")
        #expect(findings.map(\.evidence.text) == ["a token of 5424 bytes, sent with 1 join"])
        // There and with the join.
        #expect(findings.first?.savedBytes == 2 * (5_424 - 350))
    }

    @Test func aTokenOfTwoThousandBytesIsNot() throws {
        #expect(talk(tokenBytes: 2_000).findings(LargeSessionToken.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func phoenixsOwnAreSmall(_ page: String) throws {
        #expect(try Conversation.findings(LargeSessionToken.self, inPhoenix: page).isEmpty)
    }
}
