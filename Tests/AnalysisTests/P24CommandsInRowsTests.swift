import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P24CommandsInRowsTests {
    private func table(_ rows: Int, _ attribute: (Int) -> String) -> Conversation {
        let talk = Conversation()
        let entries = (0..<rows).map { #""\#($0)":{"0":"\#(attribute($0))","1":"name \#($0)"}"# }
        talk.join(
            "/table",
            rendered:
                #"{"0":{"k":{\#(entries.joined(separator: ",")),"kc":\#(rows)},"s":["<tr","><td>","</td></tr>"]},"#
                + #""s":["<table>","</table>"]}"#)
        return talk
    }

    private func command(_ id: String) -> String {
        #" phx-click=\"[[&quot;push&quot;,{&quot;event&quot;:&quot;show&quot;,&quot;value&quot;:{&quot;id&quot;:\#(id)}}]]\""#
    }

    @Test func commandsThatDifferInAnIdAreFound() throws {
        let findings = table(10) { command("\(100 + $0)") }.findings(CommandsInRows.self)
        #expect(findings.map(\.evidence.count) == [10])
        #expect(findings.first?.place.path?.element == "<tr>")
        #expect((findings.first?.savedBytes ?? 0) > 500)
    }

    @Test func nineRowsAreNot() throws { #expect(table(9) { command("\($0)") }.findings(CommandsInRows.self).isEmpty) }

    @Test func valuesOfTheirOwnAreNot() throws {
        let talk = table(20) { #" phx-click=\"show\" phx-value-id=\"\#(1000 + $0)\""# }
        #expect(talk.findings(CommandsInRows.self).isEmpty)
    }

    @Test func commandsOfDifferentKindsAreNot() throws {
        let talk = table(12) { row in command(String(repeating: "\(row)", count: 400 + 97 * row)) }
        #expect(talk.findings(CommandsInRows.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(CommandsInRows.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(CommandsInRows.self, inRecording: "gallery-pitfalls-templates")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
