import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P35ManyNestedViewsTests {
    private func rooms(_ count: Int, gap: UInt64 = 10) -> Conversation {
        let talk = Conversation()
        talk.join("/house", rendered: #"{"s":["<main></main>"]}"#)
        for room in 0..<count {
            talk.join(
                nil, topic: "lv:room-\(room)", rendered: #"{"0":"dark","s":["<p>","</p>"]}"#,
                session: String(repeating: "S", count: 300))
            talk.wait(milliseconds: gap)
        }
        return talk
    }

    @Test func sixNestedViewsAtOnceAreFound() throws {
        let findings = rooms(6).findings(ManyNestedViews.self)
        #expect(findings.map(\.evidence.count) == [6])
        #expect(findings.first?.place.route == "/house")
        #expect((findings.first?.savedBytes ?? 0) > 6 * 300)
    }

    @Test func fiveAreNot() throws { #expect(rooms(5).findings(ManyNestedViews.self).isEmpty) }
    @Test func oneAfterTheOtherAreNot() throws { #expect(rooms(12, gap: 400).findings(ManyNestedViews.self).isEmpty) }

    @Test func threeRoomsOfTheGalleryAreNot() throws {
        #expect(try Conversation.findings(ManyNestedViews.self, inRecording: "gallery-nested").isEmpty)
        #expect(try Conversation.findings(ManyNestedViews.self, inPhoenix: "nested").isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(ManyNestedViews.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["/pitfalls/parts"])
    }
}
