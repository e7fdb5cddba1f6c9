import Analysis
import ConversationSupport
import RecordingStore
import Sessions
import Testing

@Suite struct AnalyzerTests {
    @Test(arguments: RecordedFrames.recordings)
    func everyCommittedRecordingIsAnalysedWithoutALoss(_ name: String) throws {
        let run = try RecordedFrames.recording(name)
        let analysis = try Analyzer().analyzeInOrder(run)
        #expect(analysis.notes == [] || name == "echo")
        #expect(analysis.totals.diffBytes.unknown == 0)
        let messages = analysis.totals.byKind.values.reduce(0) { $0 + $1.messages }
        #expect(messages == analysis.totals.fromClient.messages + analysis.totals.fromServer.messages)
        // Over long poll, messages are bodies of HTTP.
        #expect((messages > 0) == (name != "gallery-light-polling"))
    }

    @Test(arguments: ["light-plain", "light-compressed", "gallery-light"])
    func theLightHasNoFindings(_ name: String) throws {
        let analysis = try Analyzer().analyzeInOrder(try RecordedFrames.recording(name))
        #expect(analysis.findings.map { "\($0.rule.id) \($0.evidence.text)" } == [])
    }
}
