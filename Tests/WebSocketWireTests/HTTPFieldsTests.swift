import Testing
import WebSocketWire

@Suite struct HTTPFieldsTests {
    let fields = HTTPFields([
        HTTPField("Connection", "keep-alive, Upgrade"), HTTPField("X", "1"), HTTPField("connection", ",  other ,"),
        HTTPField("Q", #""a, b\", c";d, e"#),
    ])

    @Test func namesDoNotTellCases() {
        #expect(fields["CONNECTION"] == "keep-alive, Upgrade, ,  other ,")
        #expect(fields.values(of: "x") == ["1"])
        #expect(fields["Connectio"] == nil)
    }

    @Test func listsAreSplitOverAllLines() {
        #expect(fields.elements(of: "Connection") == ["keep-alive", "Upgrade", "other"])
        #expect(fields.contains("upgrade", in: "connection"))
        #expect(!fields.contains("upgrad", in: "connection"))
    }

    @Test func aQuotedCommaSeparatesNothing() {
        #expect(fields.elements(of: "Q") == [#""a, b\", c";d"#, "e"])
    }
}
