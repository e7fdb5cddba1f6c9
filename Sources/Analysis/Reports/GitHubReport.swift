internal import Sessions

/// `--format github`: workflow commands, which GitHub shows as annotations beside the code.
///
/// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
package struct GitHubReport {
    private let report: Report

    package init(_ report: Report) { self.report = report }

    package var text: String {
        var lines: [String] = []
        for check in report.verdict?.broken ?? [] {
            lines.append(
                command(check.level == .error ? "error" : "warning", [("title", "LiveTape budget")], check.text))
        }
        for finding in report.analysis.findings {
            var properties: [(String, String)] = []
            if let file = finding.place.path?.file {
                properties.append(("file", file))
                if let line = finding.place.path?.line { properties.append(("line", "\(line)")) }
            }
            properties.append(("title", "\(finding.rule.id) \(finding.rule.title)"))
            // Findings break no build: budgets do.
            let kind = finding.severity == .info ? "notice" : "warning"
            lines.append(command(kind, properties, "\(finding.sentence)\n\(finding.rule.advice)"))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func command(_ name: String, _ properties: [(String, String)], _ message: String) -> String {
        let properties = properties.map { "\($0.0)=\(Self.escaped($0.1, isProperty: true))" }.joined(separator: ",")
        return "::\(name) \(properties)::\(Self.escaped(message, isProperty: false))"
    }

    static func escaped(_ text: String, isProperty: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "\r": escaped += "%0D"
            case "\n": escaped += "%0A"
            case ":" where isProperty: escaped += "%3A"
            case "," where isProperty: escaped += "%2C"
            default: escaped.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
            }
        }
        return escaped
    }
}
