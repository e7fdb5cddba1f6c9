import Analysis
import ConversationSupport
import Sessions
import Testing

/// A rule that says which steps it looks at finds what it would if it saw them all.
@Suite struct ObservedStepsTests {
    private struct SeesAll<Observed: Rule>: Rule {
        static var facts: RuleFacts { Observed.facts }
        static var observes: StepKinds { .all }
        private var rule = Observed()

        init() {}

        mutating func observe(_ step: SessionStep, _ context: RuleContext) { rule.observe(step, context) }
        func findings(_ context: RuleContext) -> [Finding] { rule.findings(context) }
    }

    private static func seesAll<Observed: Rule>(_: Observed.Type) -> any Rule { SeesAll<Observed>() }

    private func texts(_ findings: [Finding]) -> [String] { findings.map { "\($0.rule.id) \($0.sentence)" }.sorted() }

    @Test(arguments: RecordedFrames.recordings)
    func rulesMissNothing(_ name: String) throws {
        let run = try RecordedFrames.recording(name)
        var settings = Analyzer.Settings()
        settings.makeRules = { AllRules.types.map { Self.seesAll($0) } }
        let all = try Analyzer(settings: settings).analyzeInOrder(run)
        #expect(texts(try Analyzer().analyzeInOrder(run).findings) == texts(all.findings))
    }

    @Test func everyRuleLooksAtSomething() {
        for type in AllRules.types { #expect(!type.observes.isEmpty, "\(type.facts.id)") }
    }
}
