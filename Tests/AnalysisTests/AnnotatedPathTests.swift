import Analysis
import ConversationSupport
import Sessions
import Testing

/// Debug annotations tell where in the source a finding is: on the recorded page that has them.
@Suite struct AnnotatedPathTests {
    /// Finds each slot that was sent to one view.
    private struct EachSlot: Rule {
        static let facts = RuleFacts(
            id: "P0", name: "slot", title: "", severity: .info, advice: "", before: "", after: "", source: "")
        static let observes: StepKinds = [.diff]
        private var found: [Finding] = []

        init() {}

        mutating func observe(_ step: SessionStep, _ context: RuleContext) {
            guard case .diff(let diff) = step else { return }
            found += diff.account.paths.map { tally in
                Finding(
                    Self.facts, place: context.place(diff.view, path: tally.path), evidence: Finding.Evidence(""))
            }
        }

        func findings(_ context: RuleContext) -> [Finding] { found }
    }

    private func places(in route: String) throws -> Set<String> {
        let findings = try Conversation.findings(EachSlot.self, inRecording: "gallery-pitfalls-baggage")
        let paths = findings.filter { $0.place.route == route }.compactMap(\.place.path)
        return Set(
            paths.map { path in
                let place = [path.file, path.line.map { "\($0)" }].compactMap { $0 }.joined(separator: ":")
                return [path.function ?? "?", place].joined(separator: " ")
            })
    }

    @Test func aSlotIsNamedByFunctionFileAndLine() throws {
        let file = "Sources/Gallery/Pitfalls/BaggagePitfalls.swift"
        #expect(
            try places(in: "lv:bad") == [
                // The button's text, and the view that is placed in no element.
                "Gallery.BaggagePitfalls.Bad.body \(file):43", "Gallery.BaggagePitfalls.Bad.body \(file):39",
                "Gallery.BaggagePitfalls.Bad.contents \(file):60", "Gallery.BaggagePitfalls.Bad.contents \(file):61",
            ])
    }

    @Test func withoutAnnotationsThereIsNone() throws { #expect(try places(in: "lv:good") == ["? "]) }
}
