import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P41SlotsWithForTests {
    private func cells(_ row: Int, _ version: Int, isWhole: Bool) -> String {
        let name = #""0":{"0":"name \#(row)"},"1":{"0":"\#(row == 3 ? "v\(version)" : "steady \(row)")"},"kc":2"#
        return #"{"0":{"k":{\#(name)}\#(isWhole ? #","s":["<td>","</td>"]"# : "")}}"#
    }

    /// A table whose rows hold a list of cells; each diff sends the rows that are named.
    private func table(_ rows: Int, diffs: Int = 2, sent: [Int]? = nil) -> Conversation {
        let talk = Conversation()
        let all = (0..<rows).map { "\"\($0)\":\(cells($0, 0, isWhole: true))" }.joined(separator: ",")
        let view = talk.join(
            "/table",
            rendered: #"{"0":{"k":{\#(all),"kc":\#(rows)},"s":["<tr>","</tr>"]},"s":["<table>","</table>"]}"#)
        for diff in 1...diffs {
            let changed = (sent ?? Array(0..<rows)).map { "\"\($0)\":\(cells($0, diff, isWhole: false))" }
            view.event("bump", reply: #"{"0":{"k":{\#(changed.joined(separator: ",")),"kc":\#(rows)}}}"#)
        }
        return talk
    }

    @Test func allCellsForOneChangedRowAreFound() throws {
        let findings = table(12).findings(SlotsWithFor.self)
        #expect(findings.map(\.evidence.count) == [2])
        #expect((findings.first?.savedBytes ?? 0) > 400)
    }

    @Test func theChangedRowAloneIsNot() throws { #expect(table(12, sent: [3]).findings(SlotsWithFor.self).isEmpty) }
    @Test func aFewRowsAreNot() throws { #expect(table(9).findings(SlotsWithFor.self).isEmpty) }
    @Test func oneDiffIsNot() throws { #expect(table(12, diffs: 1).findings(SlotsWithFor.self).isEmpty) }

    @Test(arguments: ["table", "table-keyed"]) func aTableWithoutListsInItsRowsIsNot(_ page: String) throws {
        #expect(try Conversation.findings(SlotsWithFor.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(SlotsWithFor.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
