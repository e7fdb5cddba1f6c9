import Analysis

/// `--explain RULE`: what the rule looks for, what to do about it, and from when on it speaks.
struct RuleExplanation {
    private let rule: any Rule.Type
    private let terminal: Terminal

    init(_ rule: any Rule.Type, terminal: Terminal) {
        self.rule = rule
        self.terminal = terminal
    }

    static var names: String { AllRules.types.map { "\($0.facts.id) \($0.facts.name)" }.joined(separator: ", ") }

    var lines: [String] {
        let facts = rule.facts
        var lines = [terminal.styled("\(facts.id) \(facts.title)", .bold) + "  (\(facts.name), \(facts.severity))", ""]
        lines += Wrapped.lines(facts.advice, columns: min(terminal.columns ?? 100, 100))
        lines += code("before", facts.before, .red) + code("after", facts.after, .green)
        let thresholds = self.thresholds
        if !thresholds.isEmpty {
            lines += ["", terminal.styled("thresholds", .bold)]
            lines += thresholds.map { "  \($0)" }
        }
        lines += ["", terminal.styled("source", .bold)]
        lines += Wrapped.lines(facts.source, columns: min(terminal.columns ?? 100, 100) - 2).map { "  " + $0 }
        return lines
    }

    private func code(_ title: String, _ text: String, _ style: Style) -> [String] {
        guard !text.isEmpty else { return [] }
        return ["", terminal.styled(title, .bold)]
            + text.split(separator: "\n", omittingEmptySubsequences: false).map {
                "  " + terminal.styled(String($0), style)
            }
    }

    /// The settings that the rule has, with their defaults: "bytes 500".
    private var thresholds: [String] {
        let settings = Mirror(reflecting: rule.init()).children.first { $0.label == "thresholds" }?.value
        guard let settings else { return [] }
        return Mirror(reflecting: settings).children.compactMap { child in
            child.label.map { "\(Self.words($0)): \(child.value)" }
        }
    }

    /// "leastShare" to "least share".
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { words, letter in
            words += letter.isUppercase ? " \(letter.lowercased())" : String(letter)
        }
    }
}

/// Text in lines of a width.
enum Wrapped {
    static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, line.count + word.count + 1 > max(columns, 20) {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines
    }
}
