/// What a budget limits.
package enum BudgetMeasure: String, CaseIterable, Hashable, Sendable, Comparable {
    /// Bytes of diffs, inflated; of a kind, of its messages.
    case p50, p95, max
    /// The share of leaves' bytes that were on the client already, 0…1.
    case redundant
    /// The most messages that one event of a client came to: itself, its reply and its pushes.
    case messages
    /// Nanoseconds from request to reply, at the proxy.
    case latencyP50 = "latency-p50"
    case latencyP95 = "latency-p95"
    case latencyMax = "latency-max"
    /// Findings of a rule, and the bytes that they would save.
    case findings, saved

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Those that a view, an event or a kind has.
    static let ofTraffic: [Self] = [.p50, .p95, .max, .redundant, .messages, .latencyP50, .latencyP95, .latencyMax]
    static let ofRules: [Self] = [.findings, .saved]

    enum Unit { case bytes, share, count, time }

    var unit: Unit {
        switch self {
        case .p50, .p95, .max, .saved: .bytes
        case .redundant: .share
        case .messages, .findings: .count
        case .latencyP50, .latencyP95, .latencyMax: .time
        }
    }

    func text(_ value: Double) -> String {
        switch unit {
        case .bytes: ReportText.bytes(UInt64(value.clampedToCount))
        case .share: ReportText.percent(value)
        case .count: ReportText.decimal(value, 0)
        case .time: ReportText.duration(UInt64(value.clampedToCount))
        }
    }
}

extension Double {
    /// For conversion to a whole number.
    fileprivate var clampedToCount: Double { isFinite ? Swift.min(Swift.max(self.rounded(), 0), 1e18) : 0 }
}

/// What happens when a budget is broken.
package enum BudgetLevel: String, CaseIterable, Hashable, Sendable {
    /// The exit code is 1.
    case error
    /// It is told.
    case warn
}

/// What budgets are set on.
package enum BudgetScope: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The whole recording.
    case all
    case view(String)
    /// `route#event`.
    case event(String)
    case kind(String)
    /// By id.
    case rule(String)

    package var description: String {
        switch self {
        case .all: "all"
        case .view(let name): "view \(name)"
        case .event(let name): "event \(name)"
        case .kind(let name): "kind \(name)"
        case .rule(let name): "rule \(name)"
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    /// Whether a scope of the configuration means this one. Events may be named with or without their view.
    func isMeant(by pattern: BudgetScope) -> Bool {
        switch (pattern, self) {
        case (.all, .all): return true
        case (.view(let pattern), .view(let name)): return Pattern.matches(pattern, name)
        case (.event(let pattern), .event(let name)):
            let event = name.lastIndex(of: "#").map { String(name[name.index(after: $0)...]) } ?? name
            return Pattern.matches(pattern, name) || (!pattern.contains("#") && Pattern.matches(pattern, event))
        case (.kind(let pattern), .kind(let name)), (.rule(let pattern), .rule(let name)):
            return Pattern.matches(pattern, name)
        case (.all, _), (.view, _), (.event, _), (.kind, _), (.rule, _): return false
        }
    }

    /// Whether it is one thing, which should be in a recording, and no pattern.
    var isNamed: Bool {
        switch self {
        case .all, .rule: false
        case .view(let name), .event(let name), .kind(let name): !name.contains("*")
        }
    }
}

/// One line of a budget.
package struct BudgetLimit: Hashable, Sendable {
    package enum Bound: Hashable, Sendable {
        case absolute(Double)
        /// So much more than the baseline: 0.1 for "+10 %".
        case aboveBaseline(Double)
    }

    package var scope: BudgetScope
    package var measure: BudgetMeasure
    package var bound: Bound
    package var level: BudgetLevel

    package init(_ scope: BudgetScope, _ measure: BudgetMeasure, _ bound: Bound, level: BudgetLevel = .error) {
        self.scope = scope
        self.measure = measure
        self.bound = bound
        self.level = level
    }
}

/// The limits that a team sets: `livetape.yml`.
package struct Budget: Hashable, Sendable {
    package var limits: [BudgetLimit] = []
    /// The baseline's file, relative to the configuration's folder.
    package var baselinePath: String?

    package init(limits: [BudgetLimit] = [], baselinePath: String? = nil) {
        self.limits = limits
        self.baselinePath = baselinePath
    }

    /// What a baseline without a configuration is held to: no view's or event's diffs grow by more than a tenth, and no
    /// rule finds more than before.
    package static let againstBaseline = Budget(limits: [
        BudgetLimit(.view("*"), .p95, .aboveBaseline(0.1)), BudgetLimit(.view("*"), .max, .aboveBaseline(0.1)),
        BudgetLimit(.event("*"), .p95, .aboveBaseline(0.1)), BudgetLimit(.kind("join"), .max, .aboveBaseline(0.1)),
        BudgetLimit(.rule("*"), .findings, .aboveBaseline(0)),
    ])

    var isAgainstBaseline: Bool {
        limits.contains { limit in
            if case .aboveBaseline = limit.bound { return true }
            return false
        }
    }
}
