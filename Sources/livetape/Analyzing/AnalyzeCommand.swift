import Analysis
import ArgumentParser
import Foundation
import RecordingStore

struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Say where the bytes of a recording go, which of them were useless, and what to change.",
        discussion: """
            A summary first, then findings: pitfalls that the recording shows, those first that waste most.

              livetape analyze                                  the newest run in Recordings/local
              livetape analyze run.mcap --view /users --top 20
              livetape analyze run.mcap --format html --output report.html
              livetape analyze --explain P4                     a rule, with code before and after
              livetape analyze run.mcap --save-baseline sizes.json
              livetape analyze run.mcap --baseline sizes.json   what grew?

            Limits come from livetape.yml in the current folder, or from --budgets (Budgets in the documentation has its \
            keys). Findings alone break nothing. The exit code is 0 if all is well, 1 if a limit of level error is \
            broken, 2 if a recording, a configuration or a baseline could not be read.
            """)

    @OptionGroup var recordings: AnalyzedRecordings

    @Option(help: "The form of the report; html is one file that opens from disk.")
    var format = Report.Format.text

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the report to this file.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Tell so many findings, views and events.", valueName: "number"))
    var top: Int?

    @OptionGroup(title: "Findings") var filter: FindingFilter
    @OptionGroup(title: "Budgets") var budgets: BudgetOptions

    @Flag(help: "Estimate what compression, keys, streams and debouncing would change. Takes longer: it deflates.")
    var whatIf = false

    @Option(help: ArgumentHelp("Explain a rule, by id or name; needs no recording.", valueName: "rule"))
    var explain: String?

    func validate() throws {
        if let top, top < 0 { throw ValidationError("--top is a number from 0 up") }
        if let explain, AllRules.type(named: explain) == nil {
            throw ValidationError("no rule is called '\(explain)'. There are: \(RuleExplanation.names)")
        }
        for rule in filter.rule where AllRules.type(named: rule) == nil {
            throw ValidationError("no rule is called '\(rule)'. There are: \(RuleExplanation.names)")
        }
    }

    func run() async throws {
        if let explain, let rule = AllRules.type(named: explain) {
            return try reading { output in
                let explanation = RuleExplanation(rule, terminal: Terminal.attached(to: 1))
                for line in explanation.lines { try output.writeLine(line) }
            }
        }
        let result = await outcome()
        try reading { standardOutput in
            let report = try result.get()
            try write(report, to: standardOutput)
            if report.verdict?.isBroken == true { throw ReadingExit.problemsFound }
        }
    }

    /// All that may fail before anything is written.
    private func outcome() async -> Result<Report, any Error> {
        do {
            // First: whoever has a wrong configuration should not wait for the recording.
            let budget = try budgets.read()
            var report = try await recordings.analyze(keepsPictures: format == .html, whatIf: whatIf)
            let measurements = Measurements(report.analysis)
            try budgets.save(measurements)
            report.verdict = budget.map { BudgetVerdict($0.budget, measurements, baseline: $0.baseline) }
            report.apply(filter.filter)
            return .success(report)
        } catch {
            return .failure(error)
        }
    }

    private func write(_ report: Report, to standardOutput: Output) throws {
        switch format {
        case .text where output == nil:
            let terminal = Terminal.attached(to: 1)
            for line in AnalysisText(report, terminal: terminal, top: top).lines { try standardOutput.writeLine(line) }
        case .text:
            let terminal = Terminal(columns: Terminal.columnsOfAPipe, hasColours: false, isTerminal: false)
            try save(AnalysisText(report, terminal: terminal, top: top).lines.joined(separator: "\n") + "\n")
        case .json, .markdown, .github, .junit, .sarif, .html:
            let text = report.text(format, top: top)
            if output == nil { try standardOutput.write(text) } else { try save(text) }
        }
        // Beside a report for machines, a person still wants to know why the exit code is 1.
        if format != .text, let verdict = report.verdict {
            for check in verdict.broken { complain("\(check.level.rawValue): \(check.text)") }
        }
        for note in report.analysis.notes.prefix(format == .text ? 0 : 10) { complain("\(note)") }
    }

    private func save(_ text: String) throws {
        guard let output else { return }
        try saved(text, to: output)
    }
}

/// Writes a whole file, or fails with a sentence.
func saved(_ text: String, to path: String) throws {
    do {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
        throw Failure("\(path) could not be written: \(error.localizedDescription)", code: 2)
    }
}

/// What is analysed: one run or several, which count together.
struct AnalyzedRecordings: ParsableArguments {
    @OptionGroup var recording: RecordingArgument

    func runs() throws -> [RecordingRun] {
        guard recording.paths.count > 1, recording.run == nil else { return [try recording.chosenRun()] }
        var runs: [RecordingRun] = []
        for path in recording.paths {
            var one = recording
            one.paths = [path]
            let run = try one.chosenRun()
            if !runs.contains(where: { $0.id == run.id }) { runs.append(run) }
        }
        return runs
    }

    func analyze(keepsPictures: Bool, whatIf: Bool) async throws -> Report {
        let paths = recording.paths
        let name =
            paths.count > 3 ? "\(paths[0]) and \(paths.count - 1) more" : paths.joined(separator: " ")
        return try await Self.analyze(
            try runs(), name: name, path: paths.first, keepsPictures: keepsPictures, whatIf: whatIf)
    }

    static func analyze(
        _ runs: [RecordingRun], name: String, path: String? = nil, keepsPictures: Bool, whatIf: Bool = false
    ) async throws -> Report {
        var settings = Analyzer.Settings()
        settings.keepsPictures = keepsPictures
        settings.whatIf = whatIf ? WhatIfSettings() : nil
        let progress = AnalysisProgress(runs)
        defer { progress.clear() }
        var analysis = Analysis()
        for run in runs {
            analysis.merge(try await Analyzer(settings: settings).analyze(run) { progress.take($0) })
        }
        analysis.sort()
        return Report(
            recording: name, path: path, run: runs.map(\.id).joined(separator: " "), release: LiveTape.release,
            analysis: analysis)
    }
}

struct FindingFilter: ParsableArguments {
    @Option(help: ArgumentHelp("Only findings of this rule, by id or name; may be repeated.", valueName: "rule"))
    var rule: [String] = []

    @Option(help: ArgumentHelp("Only this view, by its path; * stands for anything.", valueName: "path"))
    var view: [String] = []

    @Option(help: ArgumentHelp("Only this event; * stands for anything.", valueName: "name"))
    var event: [String] = []

    var filter: Report.Filter {
        var filter = Report.Filter()
        filter.rules = rule
        filter.views = view
        filter.events = event
        return filter
    }
}

extension Report.Format: ExpressibleByArgument {}
