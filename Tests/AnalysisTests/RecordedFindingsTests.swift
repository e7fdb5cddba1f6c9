import Analysis
import ConversationSupport
import Sessions
import Testing

/// What the rules from P21 on find in recorded pages, all of it: each is looked at, and true.
@Suite struct RecordedFindingsTests {
    /// The fixture of `pitfall` deflates better than the page: see `P36NoCompressionTests`.
    private static let phoenix = ["pitfall": ["P36 /live/websocket"], "redirects": ["P29 /nav/other"]]

    private func names(_ analysis: Analysis) -> [String] {
        analysis.findings.filter { Int($0.rule.id.dropFirst()).map { $0 > 20 } ?? true }
            .map { "\($0.rule.id) \($0.place.route)" }.sorted()
    }

    @Test(arguments: RecordedFrames.phoenixPages) func inPhoenix(_ page: String) throws {
        #expect(names(Analyzer().analyze(try RecordedFrames.phoenix(page))) == Self.phoenix[page] ?? [])
    }

    @Test(arguments: RecordedFrames.recordings) func inTheGallery(_ name: String) throws {
        #expect(names(try Analyzer().analyzeInOrder(try RecordedFrames.recording(name))) == [])
    }
}
