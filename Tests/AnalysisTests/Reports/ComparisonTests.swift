import Analysis
import ConversationSupport
import LiveViewWire
import Testing

@Suite struct ComparisonTests {
    private func report(_ replies: [String], findings: [Finding] = []) -> Report {
        let talk = Conversation()
        let view = talk.join("/users", rendered: #"{"0":"Ada","s":["<p>","</p>"]}"#)
        for reply in replies { view.event("rename", reply: reply) }
        var analysis = Analyzer().analyze(talk.events)
        analysis.findings = findings
        return Report(recording: "x", run: "r", release: "1", analysis: analysis)
    }

    @Test func equalRecordingsHaveNoChanges() {
        let report = report([#"{"0":"Bob"}"#], findings: [ReportSamples.finding(saved: 10)])
        let comparison = Comparison(before: report, after: report)
        #expect(comparison.changes.isEmpty)
        #expect(comparison.totals.allSatisfy { $0.difference == 0 })
        #expect(comparison.cameFindings.isEmpty && comparison.goneFindings.isEmpty)
    }

    @Test func whatGrewIsNamedWithBothSizes() {
        let comparison = Comparison(
            before: report([#"{"0":"Bob"}"#]), after: report([#"{"0":"Robert the third"}"#]))
        #expect(comparison.smaller.isEmpty)
        #expect(comparison.larger.map(\.difference) == [13, 13, 13])
        let event = comparison.larger.first { $0.name == "event /users#rename" }
        #expect(event?.before == 11)
        #expect(event?.after == 24)
    }

    @Test func moreOfTheSameIsTheSameEachTime() {
        let one = report([#"{"0":"Bob"}"#])
        let two = report([#"{"0":"Bob"}"#, #"{"0":"Ada"}"#])
        let change = Comparison(before: one, after: two).larger.first { $0.name == "event /users#rename" }
        #expect(change?.eachBefore == 11)
        #expect(change?.eachAfter == 11)
    }

    @Test func findingsComeAndGo() throws {
        let none = report([]), some = report([], findings: [ReportSamples.finding(saved: 10)])
        #expect(Comparison(before: none, after: some).cameFindings.count == 1)
        let gone = Comparison(before: some, after: none)
        #expect(gone.cameFindings.isEmpty)
        #expect(gone.goneFindings.map(\.rule.id) == ["P4"])
        let json = try JSONValue(Array(gone.jsonText.utf8).span)
        guard case .array(let findings)? = json["goneFindings"] else { return }
        #expect(findings.count == 1)
    }
}
