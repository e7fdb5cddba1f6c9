import Analysis
import ConversationSupport
import Testing

/// However many tasks work at a recording, the analysis is the same.
@Suite struct LaneTests {
    private func summary(_ analysis: Analysis) -> [String] {
        let totals = analysis.totals
        return [
            "\(totals.joinBytes)", "\(totals.diffBytes)", "\(totals.fromClient)", "\(totals.fromServer)",
            "\(totals.sessionCount) \(totals.viewCount) \(totals.rejoinCount) \(totals.exchangeCount)",
            "\(totals.latencies.percentile(50)) \(totals.diffSizes.percentile(95))",
            "\(analysis.findings.map { "\($0.rule.id) \($0.place.route) \($0.evidence.text)" }.sorted())",
            "\(analysis.noteCount)",
        ]
    }

    @Test(arguments: RecordedFrames.recordings.filter { $0 != "echo" })
    func lanesFindWhatOneTaskFinds(_ name: String) async throws {
        let run = try RecordedFrames.recording(name)
        let inOrder = summary(try Analyzer().analyzeInOrder(run))
        for lanes in [1, 2, 5] {
            var analyzer = Analyzer()
            analyzer.settings.laneCount = lanes
            #expect(summary(try await analyzer.analyze(run)) == inOrder, "\(lanes) lanes")
        }
    }
}
