import Analysis
import ArgumentParser
import RecordingStore

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say what got larger and smaller between two recordings of the same session.",
        discussion: """
            Views, events and paths by the bytes of their diffs, and the findings that came and went.

              livetape compare before.mcap after.mcap
              livetape compare before.mcap after.mcap --json | jq '.larger[0]'

            To fail when something grew, use 'livetape analyze --baseline'. The exit code is 0 if both could be read, \
            2 if not.
            """)

    @Argument(help: "The recording of how it was.") var before: String
    @Argument(help: "The recording of how it is.") var after: String

    @Flag(help: "One JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Tell so many of each.", valueName: "number"))
    var top = 10

    func validate() throws {
        if top < 0 { throw ValidationError("--top is a number from 0 up") }
    }

    func run() async throws {
        let result = await outcome()
        try reading { output in
            let comparison = try result.get()
            if json { return try output.write(comparison.jsonText) }
            let text = ComparisonText(comparison, terminal: Terminal.attached(to: 1), top: top)
            for line in text.lines { try output.writeLine(line) }
        }
    }

    private func outcome() async -> Result<Comparison, any Error> {
        do {
            return .success(Comparison(before: try await report(before), after: try await report(after)))
        } catch {
            return .failure(error)
        }
    }

    private func report(_ path: String) async throws -> Report {
        var recording = try RecordingArgument.parse([path])
        recording.paths = [path]
        return try await AnalyzedRecordings.analyze([try recording.chosenRun()], name: path, keepsPictures: false)
    }
}

/// A comparison for a terminal.
struct ComparisonText {
    private let comparison: Comparison
    private let terminal: Terminal
    private let top: Int

    init(_ comparison: Comparison, terminal: Terminal, top: Int) {
        self.comparison = comparison
        self.terminal = terminal
        self.top = top
    }

    var lines: [String] {
        var lines = [
            terminal.styled(Preview.of("\(comparison.before.recording) → \(comparison.after.recording)"), .bold)
        ]
        lines += table(comparison.totals)
        let (larger, smaller) = (comparison.larger, comparison.smaller)
        if larger.isEmpty, smaller.isEmpty { lines += ["", "views, events and paths: the same bytes"] }
        lines += section("larger", larger) + section("smaller", smaller)
        lines += findings("findings that came", comparison.cameFindings, .red)
        lines += findings("findings that went", comparison.goneFindings, .green)
        if comparison.cameFindings.isEmpty, comparison.goneFindings.isEmpty { lines += ["", "the same findings"] }
        return lines
    }

    private func section(_ title: String, _ changes: [Comparison.Change]) -> [String] {
        guard !changes.isEmpty else { return [] }
        var lines = ["", terminal.styled(title, .bold)] + table(Array(changes.prefix(top)))
        if changes.count > top { lines.append(terminal.styled("  \(changes.count - top) more", .faint)) }
        return lines
    }

    private func table(_ changes: [Comparison.Change]) -> [String] {
        var table = Table(.left, .right, .left, .right, .right, .left)
        for change in changes {
            table.row(
                Preview.of(change.name, columns: 64), bytes(change.before), "→", bytes(change.after),
                difference(change), each(change))
        }
        return table.lines(indent: 2)
    }

    private func bytes(_ count: Int?) -> String { count.map { formatted(bytes: UInt64(clamping: $0)) } ?? "-" }

    private func difference(_ change: Comparison.Change) -> String {
        guard change.difference != 0 else { return "=" }
        let sign = change.difference > 0 ? "+" : "−"
        guard let before = change.before, before > 0, change.after != nil else {
            return sign + formatted(bytes: UInt64(change.difference.magnitude))
        }
        return sign + ReportText.percent(Double(change.difference.magnitude) / Double(before))
    }

    /// "34 → 12 times, 1.2 kB → 300 B each": a longer session is not a worse one.
    private func each(_ change: Comparison.Change) -> String {
        guard change.countBefore != change.countAfter, change.countBefore > 0, change.countAfter > 0 else { return "" }
        return "\(change.countBefore) → \(change.countAfter) times, \(ReportText.bytes(Int(change.eachBefore))) → "
            + "\(ReportText.bytes(Int(change.eachAfter))) each"
    }

    private func findings(_ title: String, _ findings: [Finding], _ style: Style) -> [String] {
        guard !findings.isEmpty else { return [] }
        var lines = ["", terminal.styled(title, .bold)]
        for finding in findings.prefix(top) {
            let columns = terminal.columns.map { max(20, $0 - 8) }
            lines.append(
                "  \(terminal.styled(finding.rule.id, style))  \(Preview.of(finding.sentence, columns: columns))")
        }
        if findings.count > top { lines.append(terminal.styled("  \(findings.count - top) more", .faint)) }
        return lines
    }
}
