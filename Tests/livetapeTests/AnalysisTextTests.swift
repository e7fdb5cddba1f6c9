import Analysis
import Sessions
import Testing

@testable import livetape

@Suite struct AnalysisTextTests {
    private func report() -> Report {
        var analysis = Analysis()
        analysis.totals.sessionCount = 1
        analysis.totals.viewCount = 2
        analysis.totals.socketCount = 1
        analysis.totals.exchangeCount = 12
        analysis.totals.firstWallNanoseconds = 1_000_000_000
        analysis.totals.lastWallNanoseconds = 4_500_000_000
        analysis.totals.fromClient.messages = 12
        analysis.totals.fromClient.bytes = 1_400
        analysis.totals.fromClient.wireBytes = 1_500
        analysis.totals.fromServer.messages = 20
        analysis.totals.fromServer.bytes = 40_000
        analysis.totals.fromServer.wireBytes = 9_000
        analysis.totals.diffBytes.changed = 12_000
        analysis.totals.diffBytes.redundant = 8_000
        var place = Finding.Place()
        place.route = "/users"
        place.event = "re\u{1b}[31mname"
        analysis.findings = [
            Finding(
                HTMLInOneLeaf.facts, place: place, evidence: Finding.Evidence("sent 3 times", bytes: 9_000),
                savedBytes: 8_000, ofBytes: 10_000)
        ]
        return Report(recording: "a.mcap", run: "r", release: "1", analysis: analysis)
    }

    private func sized() -> Report {
        var report = report()
        // Measured as the analyzer does, by a talk of one join and three diffs.
        report.analysis.totals.diffSizes = histogram([100, 100, 6_000])
        report.analysis.totals.latencies = histogram([2_000_000, 40_000_000])
        return report
    }

    private func histogram(_ values: [UInt64]) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.add(value) }
        return histogram
    }

    private let pipe = Terminal(columns: 100, hasColours: false, isTerminal: false)

    @Test func aReportIsReadFromTheTop() {
        let lines = AnalysisText(sized(), terminal: pipe).lines
        #expect(
            lines == [
                "a.mcap  1 session, 2 views, 1 socket, 12 exchanges, 3.5 s",
                "messages  ↑ 12, 1.4 kB   ↓ 20, 40 kB (9.0 kB on the wire)",
                "diffs     3 diffs, 20 kB, of which 8.0 kB (40 %) was on the client already",
                "joins     0 joins, 0 B",
                "",
                "                 p50     p95     p99     max",
                "diff           101 B  6.0 kB  6.0 kB  6.0 kB  ≤ 128 B █·····▆ ≤ 6 kB",
                "event → reply   2 ms   40 ms   40 ms   40 ms  ≤ 2.1 ms █····█ ≤ 40 ms",
                "",
                "1 finding; the largest of each view would save 8.0 kB of diffs and joins (−40 %)",
                "P10  HTML built as a string  −80 %, 8 kB of this session",
                "     /users, event “re␛[31mname”: sent 3 times",
            ]
                + Wrapped.lines(HTMLInOneLeaf.facts.advice, columns: 93).enumerated().map {
                    "     \($0.offset == 0 ? "→" : " ") \($0.element)"
                })
    }

    @Test func coloursAreForTerminals() {
        let terminal = Terminal(columns: 100, hasColours: true, isTerminal: true)
        let text = AnalysisText(sized(), terminal: terminal).lines.joined(separator: "\n")
        #expect(text.contains("\u{1b}[1mHTML built as a string\u{1b}[0m"))
        // What was recorded commands nothing.
        #expect(!text.contains("re\u{1b}"))
    }

    @Test func aBrokenBudgetIsSaidBeforeFindings() {
        var report = sized()
        var measured = Measurements()
        measured.scopes[.all] = [.max: 6_000]
        report.verdict = BudgetVerdict(
            Budget(limits: [BudgetLimit(.all, .max, .absolute(5_000))]), measured, baseline: nil)
        let lines = AnalysisText(report, terminal: pipe).lines
        let place = lines.firstIndex(of: "  error  all: max is 6 kB, at most 5 kB")
        #expect(place != nil)
        #expect(lines.contains("budget    1 of 1 limit broken"))
    }

    @Test func topLimitsTheFindings() {
        var report = sized()
        report.analysis.findings = Array(repeating: report.analysis.findings[0], count: 7)
        func count(_ top: Int?) -> Int {
            AnalysisText(report, terminal: pipe, top: top).lines.filter { $0.hasPrefix("P10") }.count
        }
        #expect([nil, 0, 2, 100].map { count($0) } == [5, 0, 2, 7])
        #expect(AnalysisText(report, terminal: pipe).lines.contains("2 more: --top 7"))
    }
}
