internal import Yams

/// Reads `livetape.yml`. The article Budgets in the documentation has its keys.
package enum BudgetFile {
    private static let topKeys = ["level", "baseline", "all", "views", "events", "kinds", "rules"]

    package static func read(_ text: String) throws(BudgetFileError) -> Budget {
        let top: Node
        do {
            guard let node = try Yams.compose(yaml: text) else { return Budget() }
            top = node
        } catch let error as YamlError {
            throw problem(of: error)
        } catch {
            throw BudgetFileError(line: nil, key: "", problem: "\(error)")
        }
        if case .scalar(let scalar) = top, scalar.string.isEmpty { return Budget() }
        var budget = Budget()
        var level = BudgetLevel.error
        let members = try members(top, "")
        // First, since the others take it over.
        for (key, value) in members where key.text == "level" { level = try readLevel(value, "level") }
        for (key, value) in members {
            switch key.text {
            case "level": break
            case "baseline": budget.baselinePath = try scalar(value, "baseline")
            case "all": budget.limits += try limits(value, .all, "all", BudgetMeasure.ofTraffic, level)
            case "views", "events", "kinds", "rules": budget.limits += try scopes(value, key.text, level)
            default: throw unknown(key, "", topKeys)
            }
        }
        return budget
    }

    private static func scopes(_ node: Node, _ kind: String, _ level: BudgetLevel) throws(BudgetFileError)
        -> [BudgetLimit]
    {
        var limits: [BudgetLimit] = []
        for (key, value) in try members(node, kind) {
            let scope: BudgetScope
            switch kind {
            case "views": scope = .view(key.text)
            case "events": scope = .event(key.text)
            case "kinds":
                let kinds = BudgetKind.allCases.map(\.rawValue)
                guard kinds.contains(key.text) || key.text == "*" else { throw unknown(key, kind, kinds + ["*"]) }
                scope = .kind(key.text)
            default:
                if key.text == "*" {
                    scope = .rule("*")
                } else if let rule = AllRules.type(named: key.text) {
                    scope = .rule(rule.facts.id)
                } else {
                    throw unknown(key, kind, AllRules.types.map { $0.facts.id } + ["*"])
                }
            }
            let measures = kind == "rules" ? BudgetMeasure.ofRules : BudgetMeasure.ofTraffic
            limits += try self.limits(value, scope, "\(kind).\(key.text)", measures, level)
        }
        return limits
    }

    private static func limits(
        _ node: Node, _ scope: BudgetScope, _ path: String, _ measures: [BudgetMeasure], _ level: BudgetLevel
    ) throws(BudgetFileError) -> [BudgetLimit] {
        var level = level
        let members = try members(node, path)
        for (key, value) in members where key.text == "level" { level = try readLevel(value, "\(path).level") }
        var limits: [BudgetLimit] = []
        for (key, value) in members where key.text != "level" {
            guard let measure = BudgetMeasure(rawValue: key.text), measures.contains(measure) else {
                throw unknown(key, path, measures.map(\.rawValue) + ["level"])
            }
            let place = "\(path).\(key.text)"
            if case .sequence(let values) = value {
                for value in values { limits.append(try limit(value, scope, measure, place, level)) }
            } else {
                limits.append(try limit(value, scope, measure, place, level))
            }
        }
        return limits
    }

    private static func limit(
        _ node: Node, _ scope: BudgetScope, _ measure: BudgetMeasure, _ path: String, _ level: BudgetLevel
    ) throws(BudgetFileError) -> BudgetLimit {
        let text = try scalar(node, path)
        guard let bound = BudgetValue.read(text, measure.unit) else {
            throw BudgetFileError(
                line: node.mark?.line, key: path,
                problem: "“\(text)” is none; allowed: \(BudgetValue.examples(measure.unit)), or above a baseline: +10 %"
            )
        }
        return BudgetLimit(scope, measure, bound, level: level)
    }

    // MARK: - Nodes

    private struct Key {
        var text: String
        var line: Int?
    }

    private static func members(_ node: Node, _ path: String) throws(BudgetFileError) -> [(Key, Node)] {
        if case .scalar(let scalar) = node, scalar.string.isEmpty || scalar.string == "null" { return [] }
        guard case .mapping(let mapping) = node else {
            throw BudgetFileError(line: node.mark?.line, key: path, problem: "here must be keys with values")
        }
        var members: [(Key, Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw BudgetFileError(line: key.mark?.line, key: path, problem: "a key must be a text")
            }
            members.append((Key(text: scalar.string, line: key.mark?.line), value))
        }
        return members
    }

    private static func scalar(_ node: Node, _ path: String) throws(BudgetFileError) -> String {
        guard case .scalar(let scalar) = node else {
            throw BudgetFileError(line: node.mark?.line, key: path, problem: "here must be one value")
        }
        return scalar.string
    }

    private static func readLevel(_ node: Node, _ path: String) throws(BudgetFileError) -> BudgetLevel {
        let text = try scalar(node, path)
        guard let level = BudgetLevel(rawValue: text) else {
            let allowed = BudgetLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw BudgetFileError(line: node.mark?.line, key: path, problem: "“\(text)” is none; allowed: \(allowed)")
        }
        return level
    }

    private static func unknown(_ key: Key, _ path: String, _ allowed: [String]) -> BudgetFileError {
        BudgetFileError(
            line: key.line, key: path.isEmpty ? key.text : "\(path).\(key.text)",
            problem: "there is no such key; allowed: \(allowed.joined(separator: ", "))")
    }

    private static func problem(of error: YamlError) -> BudgetFileError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return BudgetFileError(line: mark.line, key: "", problem: "this is no YAML: \(problem)")
        default: return BudgetFileError(line: nil, key: "", problem: "this is no YAML: \(error)")
        }
    }
}

/// Values of limits, as people write them.
enum BudgetValue {
    static func read(_ text: String, _ unit: BudgetMeasure.Unit) -> BudgetLimit.Bound? {
        let text = text.filter { !$0.isWhitespace }
        if text.hasPrefix("+") {
            guard text.hasSuffix("%"), let share = number(text.dropFirst().dropLast()) else { return nil }
            return .aboveBaseline(share / 100)
        }
        let units: [(String, Double)] =
            switch unit {
            case .bytes:
                [("KiB", 1024), ("MiB", 1_048_576), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1)]
            case .share: [("%", 0.01)]
            case .count: []
            case .time: [("ms", 1e6), ("µs", 1e3), ("us", 1e3), ("s", 1e9)]
            }
        let found = units.first { text.hasSuffix($0.0) }
        guard let value = number(text.dropLast(found?.0.count ?? 0)) else { return nil }
        // A time without a unit would be read as one or the other.
        if unit == .time, found == nil, value != 0 { return nil }
        let limit = value * (found?.1 ?? 1)
        if unit == .share, limit > 1 { return nil }
        return .absolute(limit)
    }

    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }) else {
            return nil
        }
        return Double(text.filter { $0 != "_" })
    }

    static func examples(_ unit: BudgetMeasure.Unit) -> String {
        switch unit {
        case .bytes: "bytes as 800, 10 kB, 64 KiB, 1.5 MB"
        case .share: "a share as 20 % or 0.2"
        case .count: "a number as 3"
        case .time: "a time as 200 ms, 1.5 s"
        }
    }
}
