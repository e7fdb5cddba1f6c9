import Analysis
import Sessions

/// The report for a terminal: where the bytes went, then findings; one screen, unless more was asked for.
struct AnalysisText {
    private let report: Report
    private let terminal: Terminal
    private let top: Int
    private let rowCount: Int

    /// Findings, and views and events, if nobody asked for a number.
    private static let defaultTop = 5
    private static let defaultRows = 3

    init(_ report: Report, terminal: Terminal, top: Int? = nil) {
        self.report = report
        self.terminal = terminal
        self.top = top ?? Self.defaultTop
        rowCount = top ?? Self.defaultRows
    }

    var lines: [String] {
        summary + spread + worst + budgets + findings + whatIf + problems
    }

    private var totals: Totals { report.analysis.totals }

    // MARK: - The summary

    private var summary: [String] {
        let parts = [
            counted(UInt64(totals.sessionCount), "session"), counted(UInt64(totals.viewCount), "view"),
            counted(UInt64(totals.socketCount), "socket"), counted(UInt64(totals.exchangeCount), "exchange"),
            formattedDuration(nanoseconds: report.lasted),
        ]
        var lines = [terminal.styled(shown(report.recording), .bold) + "  " + parts.joined(separator: ", ")]
        if totals.rejoinCount > 0 { lines[0] += ", " + counted(UInt64(totals.rejoinCount), "rejoin") }
        lines.append("messages  ↑ \(traffic(totals.fromClient))   ↓ \(traffic(totals.fromServer))")
        guard totals.diffSizes.count > 0 || totals.joinSizes.count > 0 else { return lines }
        let share = ReportText.percent(totals.redundantShare)
        let redundant = "\(formatted(bytes: UInt64(clamping: totals.diffBytes.redundant))) (\(share))"
        let style: Style = totals.redundantShare >= 0.3 ? .red : totals.redundantShare >= 0.1 ? .yellow : .green
        lines.append(
            "diffs     \(counted(totals.diffSizes.count, "diff")), \(formatted(bytes: UInt64(clamping: totals.diffBytes.total)))"
                + ", of which \(terminal.styled(redundant, style)) was on the client already")
        let resent = totals.diffBytes.resentStatics
        if resent > 0 { lines[lines.count - 1] += ", and \(formatted(bytes: UInt64(resent))) of templates" }
        lines.append(
            "joins     \(counted(totals.joinSizes.count, "join")), \(formatted(bytes: UInt64(clamping: totals.joinBytes.total)))"
        )
        return lines
    }

    private func traffic(_ count: MessageCount) -> String {
        let wire = count.wireBytes < count.bytes ? " (\(formatted(bytes: count.wireBytes)) on the wire)" : ""
        return "\(grouped(count.messages)), \(formatted(bytes: count.bytes))\(wire)"
    }

    private var spread: [String] {
        var table = Table(.left, .right, .right, .right, .right, .left)
        table.row("", "p50", "p95", "p99", "max", "")
        for (name, sizes) in [("diff", totals.diffSizes), ("join", totals.joinSizes)] where sizes.count > 0 {
            let cells = [50, 95, 99].map { formatted(bytes: sizes.percentile($0)) }
            table.row(
                name, cells[0], cells[1], cells[2], formatted(bytes: sizes.maximum), bars(sizes, ReportText.bytes))
        }
        for (name, times) in [("event → reply", totals.latencies), ("join → reply", totals.joinLatencies)]
        where times.count > 0 {
            let cells = [50, 95, 99].map { ReportText.duration(times.percentile($0)) }
            table.row(
                name, cells[0], cells[1], cells[2], ReportText.duration(times.maximum), bars(times, ReportText.duration)
            )
        }
        let lines = table.lines()
        return lines.count > 1 ? [""] + [terminal.styled(lines[0], .faint)] + lines.dropFirst() : []
    }

    /// The histogram by powers of two, from the smallest to the largest that is there.
    private func bars(_ histogram: Histogram, _ text: (UInt64) -> String) -> String {
        let powers = histogram.powers
        guard let first = powers.first, let last = powers.last, let most = powers.map(\.count).max() else { return "" }
        var counts: [UInt64] = []
        var upTo = first.upTo
        for power in powers {
            while upTo < power.upTo {
                counts.append(0)
                upTo = upTo > .max / 2 ? .max : upTo * 2
            }
            counts.append(power.count)
            upTo = upTo > .max / 2 ? .max : upTo * 2
        }
        let signs = Array("▁▂▃▄▅▆▇█")
        let bars = counts.map { count -> Character in
            guard count > 0 else { return "·" }
            // By the root: a single large message among thousands of small ones is what one looks for.
            let share = (Double(count) / Double(most)).squareRoot()
            return signs[min(signs.count - 1, Int(share * Double(signs.count)))]
        }
        return "≤ \(text(first.upTo)) \(String(bars)) ≤ \(text(min(last.upTo, max(histogram.maximum, 1))))"
    }

    private var worst: [String] {
        var table = Table(.left, .right, .right, .right, .right, .right)
        for (title, rows) in [("view", viewRows), ("event", eventRows)] where !rows.isEmpty {
            table.row("worst \(title)s", "times", "bytes", "redundant", "p95", "latency p95")
            for row in rows { table.row(row[0], row[1], row[2], row[3], row[4], row[5]) }
        }
        let lines = table.lines()
        return lines.isEmpty
            ? [] : [""] + lines.map { $0.hasPrefix("worst ") ? terminal.styled($0, .faint) : $0 }
    }

    private var viewRows: [[String]] {
        report.views.prefix(rowCount).map { route, part in
            row("  " + route, part, part.sizes, report.analysis.details.byView[route]?.latencies ?? Histogram())
        }
    }

    private var eventRows: [[String]] {
        report.events.prefix(rowCount).map { key, part in
            row("  \(key.event)  \(key.route)", part, part.sizes, part.latencies)
        }
    }

    private func row(_ name: String, _ part: Part, _ sizes: Histogram, _ latencies: Histogram) -> [String] {
        [
            Preview.of(name, columns: 48), grouped(UInt64(clamping: part.count)),
            formatted(bytes: UInt64(clamping: part.bytes)), formatted(bytes: UInt64(clamping: part.redundantBytes)),
            formatted(bytes: sizes.percentile(95)),
            latencies.count > 0 ? ReportText.duration(latencies.percentile(95)) : "",
        ]
    }

    // MARK: - Budgets and findings

    private var budgets: [String] {
        guard let verdict = report.verdict else { return [] }
        let broken = verdict.broken
        var lines = [""]
        if broken.isEmpty {
            let count = counted(UInt64(verdict.checks.count), "limit")
            lines.append("budget    \(terminal.styled("kept", .green)): \(count)")
        } else {
            lines.append("budget    \(broken.count) of \(counted(UInt64(verdict.checks.count), "limit")) broken")
        }
        for check in broken {
            let level = terminal.styled(check.level.rawValue, check.level == .error ? .red : .yellow)
            lines.append("  \(level)  \(shown(check.text))")
        }
        lines += verdict.notes.map { terminal.styled("  note  \(shown($0))", .faint) }
        return lines
    }

    private var findings: [String] {
        let findings = report.analysis.findings
        guard !findings.isEmpty else { return ["", "no findings"] }
        var heading = counted(UInt64(findings.count), "finding")
        if report.savedBytes > 0 {
            let whole = totals.diffBytes.total + totals.joinBytes.total
            let share = whole > 0 ? min(1, Double(report.savedBytes) / Double(whole)) : 0
            heading +=
                "; the largest of each view would save \(formatted(bytes: UInt64(report.savedBytes))) of diffs and joins "
                + "(−\(ReportText.percent(share)))"
        }
        var lines = ["", terminal.styled(heading, .bold)]
        for finding in findings.prefix(top) { lines += self.lines(of: finding) }
        if findings.count > top {
            lines.append(terminal.styled("\(findings.count - top) more: --top \(findings.count)", .faint))
        }
        return lines
    }

    private func lines(of finding: Finding) -> [String] {
        let style: Style =
            switch finding.severity {
            case .error: .red
            case .warning: .yellow
            case .info: .cyan
            }
        let columns = terminal.columns ?? 120
        let id = finding.rule.id + String(repeating: " ", count: max(0, 4 - finding.rule.id.count))
        var first = "\(terminal.styled(id, style)) \(terminal.styled(finding.rule.title, .bold))"
        if !finding.savingText.isEmpty { first += "  \(terminal.styled(finding.savingText, .green))" }
        var lines = [first]
        lines.append("     \(Preview.of(finding.placeText + ": " + finding.evidence.text, columns: columns - 5))")
        let advice = Wrapped.lines(finding.rule.advice, columns: min(columns, 120) - 7)
        lines += advice.enumerated().map { "     \($0.offset == 0 ? "→" : " ") \(terminal.styled($0.element, .faint))" }
        return lines
    }

    private var whatIf: [String] { report.analysis.whatIf.map { WhatIfText(whatIf: $0).lines } ?? [] }

    private var problems: [String] {
        let analysis = report.analysis
        guard analysis.noteCount > 0 else { return [] }
        let skipped =
            analysis.skippedBytes > 0 ? ", \(formatted(bytes: analysis.skippedBytes)) were not looked into" : ""
        var lines = ["", "\(counted(UInt64(analysis.noteCount), "note"))\(skipped)"]
        lines += analysis.notes.prefix(3).map { "  " + shown("\($0)") }
        return lines
    }

    private func shown(_ text: String) -> String { Preview.of(text, columns: terminal.columns.map { max(20, $0 - 4) }) }
}
