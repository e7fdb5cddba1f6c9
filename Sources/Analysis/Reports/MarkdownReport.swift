internal import Sessions

/// `--format markdown`: a comment for a pull request.
package struct MarkdownReport {
    private let report: Report
    /// Findings that are told in full. Default: 10.
    private let top: Int

    package init(_ report: Report, top: Int = 10) {
        self.report = report
        self.top = top
    }

    package var text: String {
        (heading + budgets + views + findings).joined(separator: "\n") + "\n"
    }

    private func escaped(_ text: String) -> String { ReportText.escapedMarkdown(text) }

    /// Our own sentences: what is between backticks is code.
    private func escapedAroundCode(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? escaped(String($0.element)) : String($0.element) }
            .joined(separator: "`")
    }

    /// In a code element, of which foreign text cannot break out.
    private func code(_ text: String) -> String {
        "<code>\(ReportText.escapedXML(text).replacing("|", with: "&#124;").replacing("\n", with: " "))</code>"
    }

    private var heading: [String] {
        let totals = report.analysis.totals
        let (sizes, times) = (totals.diffSizes, totals.latencies)
        let broken = report.verdict?.broken ?? []
        let sign = broken.contains { $0.level == .error } ? "❌" : broken.isEmpty ? "✅" : "⚠️"
        var lines = ["### \(report.verdict == nil ? "" : sign + " ")LiveTape: \(escaped(report.recording))", ""]
        let share = ReportText.percent(totals.redundantShare)
        lines.append(
            "**\(ReportText.bytes(totals.diffBytes.total))** of diffs in \(totals.diffSizes.count) messages, **\(share)** "
                + "of their text was on the client already. Joins: \(ReportText.bytes(totals.joinBytes.total)).")
        lines += ["", "| | p50 | p95 | p99 | max |", "| --- | ---: | ---: | ---: | ---: |"]
        lines.append("| diff | " + row(sizes) { ReportText.bytes($0) } + " |")
        lines.append("| event → reply | " + row(times) { ReportText.duration($0) } + " |")
        return lines
    }

    private func row(_ histogram: Histogram, _ text: (UInt64) -> String) -> String {
        [50, 95, 99].map { text(histogram.percentile($0)) }.joined(separator: " | ") + " | "
            + text(histogram.maximum)
    }

    private var budgets: [String] {
        guard let verdict = report.verdict else { return [] }
        let broken = verdict.broken
        guard !broken.isEmpty else {
            return ["", "All \(verdict.checks.count) limits of the budget are kept."]
        }
        var lines = ["", "**\(broken.count) of \(verdict.checks.count) limits of the budget are broken:**", ""]
        lines += ["| | budget | is | at most | was |", "| --- | --- | ---: | ---: | ---: |"]
        for check in broken {
            let was = check.baseline.map { check.measure.text($0) } ?? ""
            lines.append(
                "| \(check.level == .error ? "❌" : "⚠️") | \(escaped(check.scope)) \(check.measure.rawValue) "
                    + "| \(check.measure.text(check.actual)) | \(check.measure.text(check.limit)) | \(was) |")
        }
        return lines
    }

    private var views: [String] {
        guard !report.views.isEmpty else { return [] }
        var lines = ["", "| view | diffs | bytes | redundant |", "| --- | ---: | ---: | ---: |"]
        for (route, part) in report.views.prefix(5) {
            lines.append(
                "| \(code(route)) | \(part.count) | \(ReportText.bytes(part.bytes)) "
                    + "| \(ReportText.bytes(part.redundantBytes)) |")
        }
        return lines
    }

    private var findings: [String] {
        let findings = report.analysis.findings
        guard !findings.isEmpty else { return ["", "No findings."] }
        var lines = ["", "**\(findings.count) \(findings.count == 1 ? "finding" : "findings")**", ""]
        for finding in findings.prefix(top) {
            let saving = finding.savingText.isEmpty ? "" : " (\(finding.savingText))"
            lines.append(
                "<details><summary><b>\(finding.rule.id)</b> \(ReportText.escapedXML(finding.rule.title))\(saving)"
                    + "</summary>")
            lines += ["", "\(code(finding.placeText)): \(escaped(finding.evidence.text))", ""]
            lines += [escapedAroundCode(finding.rule.advice), ""]
            lines += fenced(finding.rule.before, "before") + fenced(finding.rule.after, "after")
            lines += ["</details>", ""]
        }
        if findings.count > top { lines.append("… and \(findings.count - top) more.") }
        return lines
    }

    private func fenced(_ text: String, _ name: String) -> [String] {
        text.isEmpty ? [] : ["\(name):", "```heex", text, "```"]
    }
}
