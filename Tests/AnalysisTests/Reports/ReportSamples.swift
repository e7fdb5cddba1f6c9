import Analysis
import ConversationSupport
import LiveViewWire
import Sessions

/// A short talk with a page that repeats itself, and a report of it.
enum ReportSamples {
    /// Text that means something in each of the formats.
    static let nasty = "</script><b onclick='x'>|%\"&amp; \u{7}`"

    static func talk() -> Conversation {
        let talk = Conversation()
        let view = talk.join(
            "/users",
            rendered: #"{"0":"Ada","1":"a long text that does not change at all","s":["<p>","</p><i>","</i>"]}"#)
        for number in 1...6 {
            talk.wait(milliseconds: 100)
            view.event(
                "rename", value: #"{"n":"\#(number)"}"#,
                reply: #"{"0":"Ada \#(number)","1":"a long text that does not change at all"}"#)
        }
        // Later than anything that the last event caused.
        talk.wait(seconds: 2)
        view.push(#"{"0":"Bob"}"#)
        return talk
    }

    static func analysis() -> Analysis {
        var settings = Analyzer.Settings()
        settings.keepsPictures = true
        var analysis = Analyzer(settings: settings).analyze(talk().events)
        analysis.findings = [finding(saved: 900), finding(saved: 0, severity: .info)]
        return analysis
    }

    static func report(verdict: BudgetVerdict? = nil) -> Report {
        Report(recording: "runs/a b.mcap", run: "01J", release: "9.9.9", analysis: analysis(), verdict: verdict)
    }

    static func finding(saved: Int, severity: Severity = .warning) -> Finding {
        var place = Finding.Place()
        place.route = "/users"
        place.event = nasty
        place.connection = 7
        return Finding(
            TaintedDynamics.facts, severity: severity, place: place,
            evidence: Finding.Evidence("seen 6 times: \(nasty)", bytes: 1000, count: 6, ratio: 0.5),
            savedBytes: saved, ofBytes: saved > 0 ? 1000 : 0)
    }

    /// One limit broken that fails, one that warns, and one kept.
    static func verdict() -> BudgetVerdict {
        let budget = Budget(limits: [
            BudgetLimit(.view("/users"), .max, .absolute(10)),
            BudgetLimit(.event("rename"), .messages, .absolute(1), level: .warn),
            BudgetLimit(.kind("join"), .max, .absolute(1e6)),
        ])
        return BudgetVerdict(budget, Measurements(analysis()), baseline: nil)
    }
}
