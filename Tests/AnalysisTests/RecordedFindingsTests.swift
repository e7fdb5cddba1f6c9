import Analysis
import ConversationSupport
import Sessions
import Testing

/// What the rules find in recorded pages, all of it: each is looked at, and true.
@Suite struct RecordedFindingsTests {
    /// The rules from P21 on. The fixture of `pitfall` deflates better than the page: see `P36NoCompressionTests`.
    private static let phoenix = ["pitfall": ["P36 /live/websocket"], "redirects": ["P29 /nav/other"]]

    /// All rules: by recording, with the route of the view, or the topic of one that is nested. Of pages with pitfalls,
    /// `lv:good` is in none.
    private static let gallery = [
        "gallery-form": ["P3 /form"],
        "gallery-table": ["P1 /table"],
        "gallery-table-busy": ["P1 /table", "P36 /live/websocket"],
        "gallery-table-compressed": ["P1 /table"],
        "gallery-light-polling": ["P42 /live/longpoll"],
        "gallery-light-other-version": ["P38 /light"],
        "gallery-pitfalls-tracking": ["P2 lv:bad", "P4 lv:bad", "P5 lv:bad"],
        "gallery-pitfalls-leaf": ["P10 lv:bad"],
        "gallery-pitfalls-keys": ["P1 lv:bad"],
        "gallery-pitfalls-list": ["P2 lv:bad"],
        // A code is typed key by key, too.
        "gallery-pitfalls-events": ["P3", "P14", "P15", "P28", "P31", "P32", "P33"].map { "\($0) lv:bad" },
        "gallery-pitfalls-templates": ["P8", "P9", "P13", "P24", "P25"].map { "\($0) lv:bad" },
        // A table that is sent for something outside is a list sent whole, too.
        "gallery-pitfalls-parts": ["P2", "P19", "P20", "P21", "P22", "P23", "P41"].map { "\($0) lv:bad" }
            + ["P35 /pitfalls/parts"],
        "gallery-pitfalls-streams": ["P11", "P16", "P17", "P18", "P39", "P40"].map { "\($0) lv:bad" },
        "gallery-pitfalls-journeys": ["P27 lv:restless", "P30 /pitfalls/journeys", "P34 lv:bad"],
        "gallery-pitfalls-baggage": ["P26 lv:bad-receipt", "P37 lv:bad"],
    ]

    private func names(_ analysis: Analysis, from first: Int = 1) -> Set<String> {
        let findings = analysis.findings.filter { Int($0.rule.id.dropFirst()).map { $0 >= first } ?? true }
        return Set(findings.map { "\($0.rule.id) \($0.place.route)" })
    }

    @Test(arguments: RecordedFrames.phoenixPages) func inPhoenix(_ page: String) throws {
        let names = names(Analyzer().analyze(try RecordedFrames.phoenix(page)), from: 21)
        #expect(names == Set(Self.phoenix[page] ?? []))
    }

    @Test(arguments: RecordedFrames.recordings) func inTheGallery(_ name: String) throws {
        #expect(
            names(try Analyzer().analyzeInOrder(try RecordedFrames.recording(name))) == Set(Self.gallery[name] ?? []))
    }
}
