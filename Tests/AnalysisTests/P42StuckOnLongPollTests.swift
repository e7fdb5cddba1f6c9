import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P42StuckOnLongPollTests {
    private func polls(_ count: Int, path: String = "/live/longpoll", status: Int = 200) -> Conversation {
        let talk = Conversation()
        for _ in 0..<count {
            talk.http(
                "GET \(path)?vsn=2.0.0&token=T HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "HTTP/1.1 \(status) OK\r\nContent-Type: application/json\r\n\r\n",
                body: #"{"status":200,"messages":[]}"#)
            talk.wait(milliseconds: 100)
        }
        return talk
    }

    @Test func pollsThoughTheServerTakesWebSocketsAreFound() throws {
        let talk = polls(5)
        talk.join("/light", rendered: #"{"s":["<p></p>"]}"#)
        let findings = talk.findings(StuckOnLongPoll.self)
        #expect(findings.map(\.severity) == [.warning])
        #expect(findings.map(\.evidence.count) == [5])
        #expect((findings.first?.savedBytes ?? 0) > 500)
    }

    @Test func withoutAWebSocketItIsAHint() throws {
        #expect(polls(5).findings(StuckOnLongPoll.self).map(\.severity) == [.info])
    }

    @Test func aShortFallbackIsNot() throws { #expect(polls(4).findings(StuckOnLongPoll.self).isEmpty) }
    @Test func otherRequestsAreNot() throws {
        #expect(polls(9, path: "/api/items").findings(StuckOnLongPoll.self).isEmpty)
        #expect(polls(9, status: 410).findings(StuckOnLongPoll.self).isEmpty)
    }

    @Test func aBrowserWithoutWebSocketsPollsTheGallery() throws {
        let polling = try Conversation.findings(StuckOnLongPoll.self, inRecording: "gallery-light-polling")
        #expect(polling.map(\.place.route) == ["/live/longpoll"])
        #expect((try Conversation.findings(StuckOnLongPoll.self, inRecording: "gallery-light")).isEmpty)
    }
}
