internal import LiveViewWire
internal import Sessions

/// `--format sarif`: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
package struct SARIFReport {
    private let report: Report

    package init(_ report: Report) { self.report = report }

    package var text: String { value.indentedText }

    private static let schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

    private var value: JSONValue {
        let rules = usedRules
        let results = report.analysis.findings.map { result($0, rules) }
        let budgets = (report.verdict?.broken ?? []).map { result($0, ruleIndex: rules.count) }
        let budgetRule: [JSONValue] =
            budgets.isEmpty
            ? []
            : [
                [
                    "id": "budget", "name": "Budget", "shortDescription": ["text": "A limit of the budget is broken"],
                    "defaultConfiguration": ["level": "error"],
                ]
            ]
        let driver: JSONValue = [
            "name": "livetape", "version": .string(report.release),
            "rules": .array(rules.map(rule) + budgetRule),
        ]
        let run: JSONValue = [
            "tool": ["driver": driver], "columnKind": "unicodeCodePoints", "results": .array(results + budgets),
        ]
        return ["$schema": .string(Self.schema), "version": "2.1.0", "runs": [run]]
    }

    /// By number.
    private var usedRules: [RuleFacts] {
        Set(report.analysis.findings.map(\.rule)).sorted { ($0.id.count, $0.id) < ($1.id.count, $1.id) }
    }

    private func rule(_ facts: RuleFacts) -> JSONValue {
        let help =
            "\(facts.advice)\n\nBefore:\n\n\(facts.before)\n\nAfter:\n\n\(facts.after)\n\nSource: \(facts.source)"
        return [
            "id": .string(facts.id), "name": .string(Self.pascalCase(facts.name)),
            "shortDescription": ["text": .string(facts.title)], "fullDescription": ["text": .string(facts.advice)],
            "help": ["text": .string(help)], "defaultConfiguration": ["level": .string(level(facts.severity))],
        ]
    }

    private func level(_ severity: Severity) -> String {
        switch severity {
        case .info: "note"
        case .warning: "warning"
        case .error: "error"
        }
    }

    private func result(_ finding: Finding, _ rules: [RuleFacts]) -> JSONValue {
        [
            "ruleId": .string(finding.rule.id), "ruleIndex": .count(rules.firstIndex(of: finding.rule) ?? -1),
            "level": .string(level(finding.severity)), "message": ["text": .string(finding.sentence)],
            "locations": [location(finding.place)],
            "partialFingerprints": ["livetapePlace/v1": .string(fingerprint(finding))],
            "properties": [
                "occurrences": .count(finding.occurrences),
                "savedBytes": .count(finding.savedBytes), "ofBytes": .count(finding.ofBytes),
                "evidenceBytes": .count(finding.evidence.bytes), "count": .count(finding.evidence.count),
            ],
        ]
    }

    private func result(_ check: BudgetVerdict.Check, ruleIndex: Int) -> JSONValue {
        [
            "ruleId": "budget", "ruleIndex": .count(ruleIndex),
            "level": check.level == .error ? "error" : "warning", "message": ["text": .string(check.text)],
            "locations": [
                [
                    "physicalLocation": ["artifactLocation": ["uri": .string(Self.uri(report.path))]],
                    "logicalLocations": [["fullyQualifiedName": .string(check.scope)]],
                ]
            ],
        ]
    }

    /// The source where the page tells it, else the recording; and the view and element by name.
    private func location(_ place: Finding.Place) -> JSONValue {
        var names: [String] = [place.route.isEmpty ? place.topic : place.route]
        if let event = place.event { names.append("event \(event)") }
        if let path = place.path { names.append("\(path)") }
        let name = names.filter { !$0.isEmpty }.joined(separator: " › ")
        var physical: [JSONValue.Member] = []
        if let file = place.path?.file {
            physical.append(.init("artifactLocation", ["uri": .string(Self.uri(file))]))
            let line = max(1, place.path?.line ?? 1)
            physical.append(.init("region", ["startLine": .count(line)]))
        } else {
            physical.append(.init("artifactLocation", ["uri": .string(Self.uri(report.path))]))
        }
        var members = [JSONValue.Member("physicalLocation", .object(physical))]
        if !name.isEmpty { members.append(.init("logicalLocations", [["fullyQualifiedName": .string(name)]])) }
        return .object(members)
    }

    /// The same for the same finding of another recording (FNV-1a).
    private func fingerprint(_ finding: Finding) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(finding.rule.id)\n\(finding.placeText)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }

    /// A path as a URI reference (RFC 3986).
    static func uri(_ path: String) -> String {
        let plain = Array("/.-_~!$&'()*+,;=@".utf8)
        var uri = ""
        for byte in path.utf8 {
            let isLetter = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            if isLetter || plain.contains(byte) {
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                uri += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return uri
    }

    private static func pascalCase(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
