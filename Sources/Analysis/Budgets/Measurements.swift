internal import LiveViewWire
internal import Sessions

/// What a recording measured, in the units of ``BudgetMeasure``. As a file it is the baseline.
package struct Measurements: Hashable, Sendable {
    package var scopes: [BudgetScope: [BudgetMeasure: Double]] = [:]

    package init() {}

    package init(_ analysis: Analysis) {
        let (totals, details) = (analysis.totals, analysis.details)
        for (route, measured) in details.byView { scopes[.view(route)] = Self.values(measured) }
        for (key, measured) in details.byEvent { scopes[.event("\(key.route)#\(key.event)")] = Self.values(measured) }
        for (kind, measured) in details.byKind { scopes[.kind(kind.rawValue)] = Self.values(measured) }
        for finding in analysis.findings {
            scopes[.rule(finding.rule.id), default: [:]][.findings, default: 0] += 1
            scopes[.rule(finding.rule.id)]?[.saved, default: 0] += Double(finding.savedBytes)
        }
        var all = Measured()
        all.sizes = totals.diffSizes
        all.latencies = totals.latencies
        all.messages = details.byKind[.reply]?.messages ?? Histogram()
        all.leafBytes = UInt64(clamping: totals.diffBytes.leaves)
        all.redundantBytes = UInt64(clamping: totals.diffBytes.redundant)
        scopes[.all] = Self.values(all)
    }

    /// What nothing was measured of is left out.
    private static func values(_ measured: Measured) -> [BudgetMeasure: Double] {
        var values: [BudgetMeasure: Double] = [:]
        if measured.sizes.count > 0 {
            values[.p50] = Double(measured.sizes.percentile(50))
            values[.p95] = Double(measured.sizes.percentile(95))
            values[.max] = Double(measured.sizes.maximum)
        }
        if measured.leafBytes > 0 {
            values[.redundant] = Double(measured.redundantBytes) / Double(measured.leafBytes)
        }
        if measured.messages.count > 0 { values[.messages] = Double(measured.messages.maximum) }
        if measured.latencies.count > 0 {
            values[.latencyP50] = Double(measured.latencies.percentile(50))
            values[.latencyP95] = Double(measured.latencies.percentile(95))
            values[.latencyMax] = Double(measured.latencies.maximum)
        }
        return values
    }

    // MARK: - The file

    private static let formatName = "livetape-baseline"
    private static let version = 1

    /// Small, sorted, a value a line: for git.
    package var fileText: String {
        let scopes = scopes.sorted { $0.key < $1.key }.map { scope, values in
            JSONValue.Member(
                scope.description,
                .object(
                    values.sorted { $0.key < $1.key }.map { .init($0.key.rawValue, .decimal($0.value)) }))
        }
        let file: JSONValue = [
            "format": .string(Self.formatName), "version": .count(Self.version), "measured": .object(scopes),
        ]
        return file.indentedText
    }

    /// Reads a baseline.
    package init(fileText: [UInt8]) throws(BudgetFileError) {
        let file: JSONValue
        do throws(JSONError) {
            file = try JSONValue(fileText.span)
        } catch {
            throw BudgetFileError(line: nil, key: "", problem: "this is no JSON: \(error)")
        }
        guard file["format"]?.string == Self.formatName, file["version"]?.integer == Self.version,
            case .object(let members)? = file["measured"]
        else {
            throw BudgetFileError(
                line: nil, key: "",
                problem: "this is no baseline of version \(Self.version), as --save-baseline writes it")
        }
        for member in members {
            guard let scope = Self.scope(member.key), case .object(let values) = member.value else { continue }
            for value in values {
                guard let measure = BudgetMeasure(rawValue: value.key), case .number(let digits) = value.value else {
                    continue
                }
                scopes[scope, default: [:]][measure] = Double(digits)
            }
        }
    }

    private static func scope(_ text: String) -> BudgetScope? {
        if text == "all" { return .all }
        guard let space = text.firstIndex(of: " ") else { return nil }
        let name = String(text[text.index(after: space)...])
        switch text[..<space] {
        case "view": return .view(name)
        case "event": return .event(name)
        case "kind": return .kind(name)
        case "rule": return .rule(name)
        default: return nil
        }
    }
}
