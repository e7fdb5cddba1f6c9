import Analysis
import ConversationSupport
import Testing

@Suite struct BudgetTests {
    private func measured() -> Measurements { Measurements(ReportSamples.analysis()) }

    private func verdict(_ yaml: String, baseline: Measurements? = nil) throws -> BudgetVerdict {
        BudgetVerdict(try BudgetFile.read(yaml), measured(), baseline: baseline)
    }

    @Test func aLimitIsKeptOrBroken() throws {
        #expect(try !verdict("all: {max: 1 kB}").isBroken)
        let broken = try verdict("all: {max: 10}")
        #expect(broken.isBroken)
        #expect(broken.checks.count == 1)
        #expect(broken.checks.first?.text.hasPrefix("all: max is ") == true)
        #expect(broken.checks.first?.text.hasSuffix(", at most 10 B") == true)
    }

    @Test func aWarningBreaksNothing() throws {
        let verdict = try verdict("all: {max: 10, level: warn}")
        #expect(!verdict.isBroken)
        #expect(verdict.broken.count == 1)
        #expect(try !self.verdict("level: warn\nall: {max: 10}").isBroken)
        #expect(try self.verdict("level: warn\nall: {max: 10, level: error}").isBroken)
    }

    @Test(arguments: [
        ("views: {/users: {p95: 10}}", "view /users"), ("views: {'*': {redundant: 1 %}}", "view /users"),
        ("events: {rename: {messages: 1}}", "event /users#rename"),
        ("events: {'/users#*': {p50: 1 B}}", "event /users#rename"), ("kinds: {join: {max: 10}}", "kind join"),
        ("kinds: {push: {p50: 1}}", "kind push"), ("events: {rename: {latency-p95: 0.1 ms}}", "event /users#rename"),
        ("rules: {P4: {findings: 1}}", "rule P4"), ("rules: {P4: {saved: 0.5 kB}}", "rule P4"),
    ])
    func eachScopeIsHeld(yaml: String, scope: String) throws {
        let verdict = try verdict(yaml)
        #expect(verdict.broken.map(\.scope) == [scope])
        #expect(verdict.notes == [])
    }

    @Test func aScopeThatIsNotThereIsSaid() throws {
        let verdict = try verdict("views: {/nowhere: {p95: 10}}")
        #expect(!verdict.isBroken)
        #expect(verdict.notes == ["view /nowhere: nothing in the recording has p95"])
    }

    @Test func whatGrewIsHeldAgainstABaseline() throws {
        var before = measured()
        #expect(try !verdict("all: {max: +0 %}", baseline: before).isBroken)
        before.scopes[.all]?[.max]? *= 0.85
        #expect(try verdict("all: {max: +10 %}", baseline: before).isBroken)
        #expect(try !verdict("all: {max: +20%}", baseline: before).isBroken)
        #expect(try verdict("all: {max: [+20 %, 10 B]}", baseline: before).broken.count == 1)
        #expect(BudgetVerdict(.againstBaseline, measured(), baseline: measured()).broken.isEmpty)
        before = measured()
        before.scopes[.rule("P4")] = nil
        let more = BudgetVerdict(.againstBaseline, measured(), baseline: before)
        #expect(more.broken.map(\.text) == ["rule P4: findings is 2, at most 0 (it was 0)"])
    }

    @Test func withoutABaselineThatIsSaid() throws {
        let verdict = try verdict("all: {max: +10 %}")
        #expect(verdict.checks.isEmpty)
        #expect(verdict.notes == ["limits above a baseline were not held: there is no baseline (--baseline FILE)"])
    }

    @Test func aBaselineIsReadAsItWasWritten() throws {
        let measured = measured()
        let read = try Measurements(fileText: Array(measured.fileText.utf8))
        #expect(read.fileText == measured.fileText)
        #expect(read.scopes[.view("/users")]?[.max] == measured.scopes[.view("/users")]?[.max])
        #expect(read.scopes.count == measured.scopes.count)
    }

    @Test(arguments: ["", "[]", "{", #"{"format":"livetape-baseline","version":2,"measured":{}}"#, "null"])
    func whatIsNoBaselineIsRefused(text: String) {
        #expect(throws: BudgetFileError.self) { try Measurements(fileText: Array(text.utf8)) }
    }

    @Test(arguments: [
        ("all:\n  p96: 10", "line 2: all.p96: there is no such key; allowed: p50, p95, max, redundant,"),
        ("view: {}", "line 1: view: there is no such key; allowed: level, baseline, all, views,"),
        (
            "kinds:\n  joins: {max: 1}",
            "line 2: kinds.joins: there is no such key; allowed: join, reply, push, upload, *"
        ),
        ("rules:\n  P99: {findings: 0}", "line 2: rules.P99: there is no such key; allowed: "),
        ("rules: {P4: {p95: 0}}", "line 1: rules.P4.p95: there is no such key; allowed: findings, saved, level"),
        ("all:\n\n  max: ten", "line 3: all.max: “ten” is none; allowed: bytes as 800, 10 kB"),
        ("all: {max: -1}", "line 1: all.max: “-1” is none"),
        ("all: {redundant: 20}", "line 1: all.redundant: “20” is none"),
        ("all: {latency-p95: 20}", "line 1: all.latency-p95: “20” is none; allowed: a time as 200 ms, 1.5 s"),
        ("level: fatal", "line 1: level: “fatal” is none; allowed: error, warn"),
        ("all: 10", "line 1: all: here must be keys with values"),
        ("views:\n  - /users", "line 2: views: here must be keys with values"),
        ("all: {max: {a: 1}}", "line 1: all.max: here must be one value"), ("all: {max: 1", "line"), ("- 1", "line 1"),
    ])
    func aBadConfigurationSaysWhereAndWhatIsAllowed(yaml: String, message: String) {
        let error = #expect(throws: BudgetFileError.self) { try BudgetFile.read(yaml) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: ["", "# nothing", "all:", "views: {}"])
    func anEmptyConfigurationSetsNoLimit(yaml: String) throws { #expect(try BudgetFile.read(yaml).limits == []) }
}
