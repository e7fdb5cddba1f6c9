import Analysis
import ConversationSupport
import Testing

@Suite struct P12DiffStormTests {
    private func pushes(_ count: Int, every milliseconds: UInt64, slots: Int = 1) -> Conversation {
        let talk = Conversation()
        let leaves = (0..<slots).map { "\"\($0)\":\"\"" }.joined(separator: ",")
        let parts = (0...slots).map { _ in "\"<p>\"" }.joined(separator: ",")
        let view = talk.join("/ticks", rendered: "{\(leaves),\"s\":[\(parts)]}")
        talk.wait(seconds: 5)
        for number in 0..<count {
            view.push(#"{"\#(number % slots)":"\#(number + 100)"}"#)
            talk.wait(milliseconds: milliseconds)
        }
        return talk
    }

    @Test func elevenPushesASecondForASecondAreFound() throws {
        let finding = try #require(pushes(25, every: 80).findings(DiffStorm.self).first)
        #expect(finding.evidence.count == 25)
        // Values that were replaced within a tenth of a second.
        #expect(finding.savedBytes > 10 * 5)
    }

    @Test func tenASecondAreNot() throws {
        #expect(pushes(50, every: 101).findings(DiffStorm.self).isEmpty)
    }

    @Test func aShortStormOfManySlotsIsNot() throws {
        #expect(pushes(11, every: 15, slots: 11).findings(DiffStorm.self).isEmpty)
    }

    @Test(arguments: [(5, 10, 1), (4, 10, 0), (5, 14, 0)])
    func fivePushesAtOnceToOneSlotAreFound(_ count: Int, _ milliseconds: UInt64, _ found: Int) throws {
        let findings = pushes(count, every: milliseconds).findings(DiffStorm.self)
        #expect(findings.count == found)
        if found > 0 {
            // The four values that nobody saw, and their messages' heads.
            let head = #"["4",null,"lv:phx-A","diff",]"#.utf8.count
            #expect(findings.first?.savedBytes == 4 * (5 + head))
        }
    }

    @Test func aClickThatUpdatesComponentsOneByOneIsFound() throws {
        let finding = try #require(try Conversation.findings(DiffStorm.self, inPhoenix: "components").first)
        #expect(finding.evidence.text.contains("times 5 within 50 ms"))
    }

    @Test func repliesAreNoStorm() throws {
        let talk = Conversation()
        let view = talk.join("/ticks", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for number in 0..<50 { view.event("key", reply: #"{"0":"\#(number)"}"#) }
        #expect(talk.findings(DiffStorm.self).isEmpty)
    }

    @Test func aClockOfFiveTicksASecondIsNot() throws {
        #expect((try Conversation.findings(DiffStorm.self, inPhoenix: "clock")).isEmpty)
        #expect((try Conversation.findings(DiffStorm.self, inRecording: "gallery-clock")).isEmpty)
    }
}
