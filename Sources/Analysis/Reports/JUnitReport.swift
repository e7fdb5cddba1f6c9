internal import Sessions

/// `--format junit`: each limit of the budget is a test, which fails if it is broken. Each rule that found something is
/// a test that passes, with its findings as output: findings break no build, budgets do.
package struct JUnitReport {
    private let report: Report

    package init(_ report: Report) { self.report = report }

    package var text: String {
        let checks = report.verdict?.checks ?? []
        let failures = checks.filter { $0.isBroken && $0.level == .error }.count
        let rules = rules()
        let counts = "tests=\"\(checks.count + rules.count)\" failures=\"\(failures)\" errors=\"0\""
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append("<testsuites name=\"livetape\" \(counts)>")
        lines.append(
            "  <testsuite name=\"budgets\" tests=\"\(checks.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\">"
        )
        lines += checks.flatMap(testCase)
        lines.append("  </testsuite>")
        lines.append(
            "  <testsuite name=\"findings\" tests=\"\(rules.count)\" failures=\"0\" errors=\"0\" skipped=\"0\">")
        lines += rules.flatMap(testCase)
        lines += ["  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func escaped(_ text: String) -> String { ReportText.escapedXML(text) }

    private func testCase(_ check: BudgetVerdict.Check) -> [String] {
        let open =
            "    <testcase classname=\"livetape.budgets\" name=\"\(escaped("\(check.scope) \(check.measure.rawValue)"))\""
        guard check.isBroken else { return [open + "/>"] }
        let text = escaped(check.text)
        switch check.level {
        case .error: return [open + ">", "      <failure message=\"\(text)\" type=\"budget\"/>", "    </testcase>"]
        case .warn: return [open + ">", "      <system-out>warning: \(text)</system-out>", "    </testcase>"]
        }
    }

    private func rules() -> [(RuleFacts, [Finding])] {
        Dictionary(grouping: report.analysis.findings) { $0.rule }.map { ($0.key, $0.value) }
            .sorted { ($0.0.id.count, $0.0.id) < ($1.0.id.count, $1.0.id) }
    }

    private func testCase(_ rule: RuleFacts, _ findings: [Finding]) -> [String] {
        let name = escaped("\(rule.id) \(rule.name)")
        let text = findings.map { "\($0.severity): \($0.sentence)" }.joined(separator: "\n")
        return [
            "    <testcase classname=\"livetape.findings\" name=\"\(name)\">",
            "      <system-out>\(escaped(text))\n\(escaped(rule.advice))</system-out>", "    </testcase>",
        ]
    }
}
