import Analysis
import ConversationSupport
import Testing

@Suite struct P02ListSentWholeTests {
    private func rows(_ names: [String]) -> String {
        #"{"d":[\#(names.map { "[\"\($0)\"]" }.joined(separator: ","))]"#
    }

    private func list(_ before: [String], _ after: [String]) -> Conversation {
        let talk = Conversation()
        let view = talk.join(
            "/people", rendered: #"{"0":\#(rows(before)),"s":["<li>","</li>"]},"s":["<ul>","</ul>"]}"#,
            version: "1.0.17")
        view.event("add", reply: #"{"0":\#(rows(after))}}"#)
        return talk
    }

    @Test func rowsThatWereThereAreFound() throws {
        let names = (0..<10).map { "row \($0)" }
        let finding = try #require(list(names, ["first"] + names).findings(ListSentWhole.self).first)
        #expect(finding.evidence.count == 10)
        #expect(finding.savedBytes == 10 * #"["row 0"]"#.utf8.count)
    }

    @Test func rowsThatRenderForAnAssignOutsideAreFound() throws {
        let talk = Conversation()
        let rows = (0..<10).map { "\"\($0)\":{\"0\":\"\",\"1\":\"row \($0)\"}" }.joined(separator: ",")
        let view = talk.join(
            "/people", rendered: #"{"0":{"k":{\#(rows),"kc":10},"s":["<li",">","</li>"]},"s":["<ul>","</ul>"]}"#)
        let classes = (0..<10).map { "\"\($0)\":{\"0\":\"\($0 == 3 ? " class=on" : "")\"}" }.joined(separator: ",")
        view.event("choose", reply: #"{"0":{"k":{\#(classes),"kc":10}}}"#)
        let finding = try #require(talk.findings(ListSentWhole.self).first)
        #expect(finding.evidence.count == 9)
        #expect(finding.savedBytes == 9 * 2)
    }

    @Test func theGallerysListHasItAndItsCureHasNot() throws {
        let findings = try Conversation.findings(ListSentWhole.self, inRecording: "gallery-pitfalls-list")
        #expect(findings.map(\.place.topic) == ["lv:bad"])
        #expect((try Conversation.findings(ListSentWhole.self, inRecording: "gallery-table-keyed")).isEmpty)
    }

    @Test func fewRowsAndNewRowsAreNot() throws {
        let names = (0..<9).map { "row \($0)" }
        #expect(list(names, names).findings(ListSentWhole.self).isEmpty)
        let others = (0..<10).map { $0 < 7 ? "row \($0)" : "other \($0)" }
        #expect(list((0..<10).map { "row \($0)" }, others).findings(ListSentWhole.self).isEmpty)
    }
}
