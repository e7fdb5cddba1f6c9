import Analysis
import ConversationSupport
import RecordingStore
import Sessions

extension Conversation {
    /// What one rule finds in it.
    func findings(_ rule: any Rule.Type) -> [Finding] { Self.findings(rule, in: events) }

    /// What one rule finds in a page of the Phoenix application.
    static func findings(_ rule: any Rule.Type, inPhoenix page: String) throws -> [Finding] {
        findings(rule, in: try RecordedFrames.phoenix(page))
    }

    /// What one rule finds in a committed recording.
    static func findings(_ rule: any Rule.Type, inRecording name: String) throws -> [Finding] {
        try analyzer(rule).analyzeInOrder(try RecordedFrames.recording(name)).findings
    }

    private static func findings(_ rule: any Rule.Type, in events: [ConversationEvent]) -> [Finding] {
        analyzer(rule).analyze(events).findings
    }

    private static func analyzer(_ rule: any Rule.Type) -> Analyzer {
        var analyzer = Analyzer()
        analyzer.settings.makeRules = { [rule.init()] }
        return analyzer
    }
}
