/// What came of holding a recording to a budget.
package struct BudgetVerdict: Sendable {
    package struct Check: Sendable {
        /// As in the baseline: `view /table`.
        package var scope: String
        package var measure: BudgetMeasure
        package var level: BudgetLevel
        package var actual: Double
        package var limit: Double
        /// What it was before, if the limit comes from a baseline.
        package var baseline: Double?
        package var isBroken: Bool

        /// "view /table: p95 is 20 kB, at most 10 kB".
        package var text: String {
            let before = baseline.map { " (it was \(measure.text($0)))" } ?? ""
            return "\(scope): \(measure.rawValue) is \(measure.text(actual)), at most \(measure.text(limit))\(before)"
        }
    }

    /// In the order of the configuration, those of a pattern by name.
    package var checks: [Check] = []
    /// Limits that could not be held against anything.
    package var notes: [String] = []

    package init() {}

    /// Holds what was measured to a budget.
    package init(_ budget: Budget, _ measured: Measurements, baseline: Measurements?) {
        for limit in budget.limits {
            let before = checks.count
            for scope in measured.matching(limit) { check(limit, scope, measured, baseline) }
            if checks.count == before, limit.scope.isNamed {
                notes.append("\(limit.scope): nothing in the recording has \(limit.measure.rawValue)")
            }
        }
        if budget.isAgainstBaseline, baseline == nil {
            notes.append("limits above a baseline were not held: there is no baseline (--baseline FILE)")
        }
    }

    private mutating func check(
        _ limit: BudgetLimit, _ scope: BudgetScope, _ measured: Measurements, _ baseline: Measurements?
    ) {
        guard let actual = measured.value(scope, limit.measure) else { return }
        switch limit.bound {
        case .absolute(let most):
            checks.append(
                Check(
                    scope: scope.description, measure: limit.measure, level: limit.level, actual: actual, limit: most,
                    isBroken: actual > most))
        case .aboveBaseline(let share):
            // What is new has nothing to be held against; findings of a rule that found nothing have: 0.
            guard let baseline, let before = baseline.value(scope, limit.measure) else { return }
            let most = before * (1 + share)
            checks.append(
                Check(
                    scope: scope.description, measure: limit.measure, level: limit.level, actual: actual, limit: most,
                    baseline: before, isBroken: actual > most + 1e-9 * most.magnitude))
        }
    }

    /// Whether a limit of level ``BudgetLevel/error`` is.
    package var isBroken: Bool { checks.contains { $0.isBroken && $0.level == .error } }

    package var broken: [Check] { checks.filter(\.isBroken) }
}

extension Measurements {
    fileprivate func value(_ scope: BudgetScope, _ measure: BudgetMeasure) -> Double? {
        if let value = scopes[scope]?[measure] { return value }
        // A rule that is not there found nothing.
        if case .rule = scope { return 0 }
        return nil
    }

    /// The scopes that a limit is held against, sorted.
    fileprivate func matching(_ limit: BudgetLimit) -> [BudgetScope] {
        if case .rule(let name) = limit.scope, !name.contains("*") { return [limit.scope] }
        return scopes.keys.filter { $0.isMeant(by: limit.scope) }.sorted()
    }
}
