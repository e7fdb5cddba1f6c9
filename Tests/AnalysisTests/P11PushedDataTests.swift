import Analysis
import ConversationSupport
import Testing

@Suite struct P11PushedDataTests {
    private func pushes(_ payloads: [String], leaf: String = "") -> Conversation {
        let talk = Conversation()
        let view = talk.join("/chart", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for payload in payloads {
            view.push(#"{\#(leaf.isEmpty ? "" : "\"0\":\"\(leaf)\",")"e":[["points",\#(payload)]]}"#)
            talk.wait(seconds: 1)
        }
        return talk
    }

    private func points(_ range: Range<Int>) -> String {
        "{\"points\":[\(range.map { "\($0 + 100)" }.joined(separator: ","))]}"
    }

    @Test func arraysThatAreMostlyTheLastAreFound() throws {
        let finding = try #require(
            pushes([points(0..<10), points(1..<11), points(2..<12)]).findings(PushedData.self).first)
        #expect(finding.evidence.count == 3)
        #expect(finding.savedBytes == 2 * 9 * 3)
    }

    @Test func newArraysShortOnesAndTwoEventsAreNot() throws {
        #expect(pushes([points(0..<10), points(10..<20), points(20..<30)]).findings(PushedData.self).isEmpty)
        #expect(pushes([points(0..<4), points(0..<4), points(0..<4)]).findings(PushedData.self).isEmpty)
        #expect(pushes([points(0..<10), points(1..<11)]).findings(PushedData.self).isEmpty)
    }

    @Test func arraysOfTheSameFewValuesAreNot() throws {
        let values = (0..<3).map { event in (0..<50).map { "\(($0 * $0 + event * 7 + $0 * event * 3) % 10)" } }
        #expect(pushes(values.map { "[\($0.joined(separator: ","))]" }).findings(PushedData.self).isEmpty)
    }

    @Test(arguments: [(10_000, 1), (1_900, 0)])
    func aLargePayloadIsFound(_ bytes: Int, _ found: Int) throws {
        #expect(
            pushes(["{\"x\":\"\(String(repeating: "x", count: bytes))\"}"]).findings(PushedData.self).count == found)
    }

    @Test(arguments: [(200, 1), (150, 0)])
    func aTextThatIsOnThePageTooIsFound(_ count: Int, _ found: Int) throws {
        let text = String(repeating: "word ", count: count / 5)
        #expect(pushes(["{\"text\":\"\(text)\"}"], leaf: text).findings(PushedData.self).count == found)
    }

    @Test func theGallerysChartPushesWhatIsNew() throws {
        #expect((try Conversation.findings(PushedData.self, inRecording: "gallery-chart")).isEmpty)
        #expect((try Conversation.findings(PushedData.self, inPhoenix: "hook")).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(PushedData.self, inRecording: "gallery-pitfalls-streams")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
