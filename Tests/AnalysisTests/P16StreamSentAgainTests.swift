import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P16StreamSentAgainTests {
    @Test func twoResetsWithinAMinuteAreFound() throws {
        let stream = StreamTalk()
        stream.insert(0..<10)
        for _ in 0..<2 {
            stream.talk.wait(seconds: 20)
            stream.insert(0..<10, reset: true)
        }
        let finding = try #require(stream.talk.findings(StreamSentAgain.self).first)
        #expect(finding.evidence.count == 2)
        #expect(finding.place.path?.domID == "list")
        #expect(finding.savedBytes == 20 * #"{"0":"m-0","1":"x","2":"","3":"","4":""}"#.utf8.count)
    }

    @Test func whatIsPutInAgainWithoutAResetIsFound() throws {
        let stream = StreamTalk()
        stream.insert(0..<10)
        stream.insert(0..<12)
        stream.insert(2..<12, text: "y")
        let finding = try #require(stream.talk.findings(StreamSentAgain.self).first)
        // The last ten are other texts, which had to be sent.
        #expect(finding.savedBytes == 10 * #"{"0":"m-0","1":"x","2":"","3":"","4":""}"#.utf8.count)
    }

    @Test func oneResetNewEntriesAndFewAreNot() throws {
        let one = StreamTalk()
        one.insert(0..<10)
        one.insert(0..<10, reset: true)
        #expect(one.talk.findings(StreamSentAgain.self).isEmpty)
        let new = StreamTalk()
        for page in 0..<5 { new.insert((page * 10)..<(page * 10 + 10), reset: true) }
        #expect(new.talk.findings(StreamSentAgain.self).isEmpty)
        let few = StreamTalk()
        for _ in 0..<5 { few.insert(0..<9, reset: true) }
        #expect(few.talk.findings(StreamSentAgain.self).isEmpty)
    }

    @Test func resetsThatAreMoreThanAMinuteApartAreNot() throws {
        let stream = StreamTalk()
        for _ in 0..<5 {
            stream.insert(0..<10, reset: true)
            stream.talk.wait(seconds: 61)
        }
        #expect(stream.talk.findings(StreamSentAgain.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(StreamSentAgain.self, inRecording: "gallery-pitfalls-streams")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
