import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P08StaticsFlipFlopTests {
    private let long = String(repeating: "x", count: 100)

    private func turns(_ templates: [String], padding: String = "") -> Conversation {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: #"{"0":{"s":["<s>off</s>\#(padding)"]},"s":["<p id=\"p\">","</p>"]}"#)
        for template in templates { view.event("turn", reply: #"{"0":{"s":["\#(template)\#(padding)"]}}"#) }
        return talk
    }

    @Test func templatesThatTakeTurnsAreFound() throws {
        let talk = turns(["<b>on</b>", "<s>off</s>", "<b>on</b>"], padding: long)
        let finding = try #require(talk.findings(StaticsFlipFlop.self).first)
        #expect(finding.evidence.count == 2)
        #expect(finding.savedBytes == #"["<s>off</s>"]["<b>on</b>"]"#.utf8.count + 2 * long.utf8.count)
        #expect(finding.place.path?.domID == "p")
    }

    @Test func twoTurnsAndEverNewTemplatesAreNot() throws {
        #expect(turns(["<b>on</b>", "<s>off</s>"], padding: long).findings(StaticsFlipFlop.self).isEmpty)
        #expect(
            turns(["<b>1</b>", "<b>2</b>", "<b>3</b>", "<b>4</b>"], padding: long).findings(StaticsFlipFlop.self)
                .isEmpty)
    }

    @Test func aBranchThatComesAndGoesIsFound() throws {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for _ in 0..<3 {
            view.event("open", reply: #"{"0":{"s":["<section>\#(long)</section>"]}}"#)
            view.event("close", reply: #"{"0":""}"#)
        }
        #expect(talk.findings(StaticsFlipFlop.self).map(\.evidence.count) == [2])
    }

    @Test func shortBranchesAreNoMatter() throws {
        #expect(turns(["<b>on</b>", "<s>off</s>", "<b>on</b>"]).findings(StaticsFlipFlop.self).isEmpty)
        #expect((try Conversation.findings(StaticsFlipFlop.self, inPhoenix: "light")).isEmpty)
    }

    @Test func eachRowsFirstTurnIsNone() throws {
        let talk = Conversation()
        let rows = (0..<4).map { "\"\($0)\":{\"0\":\"\"}" }.joined(separator: ",")
        let view = talk.join(
            "/rows", rendered: #"{"0":{"k":{\#(rows),"kc":4},"s":["<li>","</li>"]},"s":["<ul>","</ul>"]}"#)
        for row in 0..<4 {
            view.event("open", reply: #"{"0":{"k":{"\#(row)":{"0":{"s":["<b>\#(long)</b>"]}},"kc":4}}}"#)
        }
        #expect(talk.findings(StaticsFlipFlop.self).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(StaticsFlipFlop.self, inRecording: "gallery-pitfalls-templates")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
