import Analysis
import ConversationSupport
import Testing

@Suite struct P18UnboundedStreamTests {
    @Test(arguments: [(501, 1), (500, 0)])
    func fiveHundredEntriesWithoutALimitAreTheMost(_ count: Int, _ found: Int) throws {
        let stream = StreamTalk()
        stream.insert(0..<300)
        stream.insert(200..<count)
        #expect(stream.talk.findings(UnboundedStream.self).map(\.evidence.count) == (found == 1 ? [count] : []))
    }

    @Test func aLimitDeletesAndResetsKeepItSmall() throws {
        let limited = StreamTalk()
        limited.insert(0..<600, limit: "-100")
        #expect(limited.talk.findings(UnboundedStream.self).isEmpty)
        let deleted = StreamTalk()
        for page in 0..<10 {
            deleted.insert((page * 100)..<(page * 100 + 100), delete: Array((page * 100 - 100)..<(page * 100)))
        }
        #expect(deleted.talk.findings(UnboundedStream.self).isEmpty)
        let reset = StreamTalk()
        for page in 0..<10 { reset.insert((page * 100)..<(page * 100 + 100), reset: true) }
        #expect(reset.talk.findings(UnboundedStream.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(UnboundedStream.self, inRecording: "gallery-pitfalls-streams")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
