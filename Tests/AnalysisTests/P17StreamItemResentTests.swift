import Analysis
import ConversationSupport
import Testing

@Suite struct P17StreamItemResentTests {
    private func post(_ size: Int, _ changed: [String]) -> Conversation {
        let stream = StreamTalk()
        let body = String(repeating: "x", count: size)
        stream.insert([(1, [body, "by Ada", "0 likes", "first"]), (2, ["", "", "", ""])])
        stream.insert([(1, changed.isEmpty ? [body, "by Ada", "1 like", "first"] : [body] + changed)])
        return stream.talk
    }

    @Test func aLargeEntryWithOneChangedSlotIsFound() throws {
        let finding = try #require(post(1000, []).findings(StreamItemResent.self).first)
        #expect(finding.evidence.text.contains("with 1 of 5 slots changed"))
        #expect(finding.savedBytes == #""m-1""#.utf8.count + 1002 + #""by Ada""#.utf8.count + #""first""#.utf8.count)
    }

    @Test func smallEntriesAndThoseThatChangedMoreAreNot() throws {
        #expect(post(900, []).findings(StreamItemResent.self).isEmpty)
        #expect(post(1000, ["by Ada", "1 like", "second"]).findings(StreamItemResent.self).isEmpty)
    }

    @Test func anEntryThatWasDeletedIsNew() throws {
        let stream = StreamTalk()
        let body = String(repeating: "x", count: 1000)
        stream.insert([(1, [body, "by Ada", "0 likes", "first"])])
        stream.insert([], delete: [1])
        stream.insert([(1, [body, "by Ada", "1 like", "first"])])
        #expect(stream.talk.findings(StreamItemResent.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(StreamItemResent.self, inRecording: "gallery-pitfalls-streams")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
