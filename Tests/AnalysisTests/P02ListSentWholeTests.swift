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

    @Test func fewRowsAndNewRowsAreNot() throws {
        let names = (0..<9).map { "row \($0)" }
        #expect(list(names, names).findings(ListSentWhole.self).isEmpty)
        let others = (0..<10).map { $0 < 7 ? "row \($0)" : "other \($0)" }
        #expect(list((0..<10).map { "row \($0)" }, others).findings(ListSentWhole.self).isEmpty)
    }
}
