internal import Sessions

/// What a report tells: an analysis, and what the budgets say of it.
package struct Report: Sendable {
    package enum Format: String, CaseIterable, Hashable, Sendable {
        case text, json, markdown, github, junit, sarif, html
    }

    /// Which findings are told.
    package struct Filter: Hashable, Sendable {
        /// Ids or names of rules; empty for all.
        package var rules: [String] = []
        /// Routes of views, as patterns with `*`; empty for all.
        package var views: [String] = []
        /// Names of events, as patterns with `*`; empty for all.
        package var events: [String] = []

        package init() {}

        package var isEmpty: Bool { rules.isEmpty && views.isEmpty && events.isEmpty }
    }

    /// The recording's file or files, for a heading.
    package var recording: String
    /// The recording's path, or that of the first of several.
    package var path: String
    package var run: String
    /// LiveTape's version.
    package var release: String
    package var analysis: Analysis
    package var verdict: BudgetVerdict?

    package init(
        recording: String, path: String? = nil, run: String, release: String, analysis: Analysis,
        verdict: BudgetVerdict? = nil
    ) {
        self.recording = recording
        self.path = path ?? recording
        self.run = run
        self.release = release
        self.analysis = analysis
        self.verdict = verdict
    }

    /// Leaves what the filter asks for.
    package mutating func apply(_ filter: Filter) {
        let rules = filter.rules.map { $0.lowercased() }
        analysis.findings.removeAll { finding in
            if !rules.isEmpty, !rules.contains(finding.rule.id.lowercased()), !rules.contains(finding.rule.name) {
                return true
            }
            let route = finding.place.route.isEmpty ? finding.place.topic : finding.place.route
            if !filter.views.isEmpty, !filter.views.contains(where: { Pattern.matches($0, route) }) { return true }
            if !filter.events.isEmpty {
                guard let event = finding.place.event else { return true }
                return !filter.events.contains { Pattern.matches($0, event) }
            }
            return false
        }
        if !filter.views.isEmpty {
            analysis.totals.byView = analysis.totals.byView.filter { view, _ in
                filter.views.contains { Pattern.matches($0, view) }
            }
            analysis.totals.byPath = analysis.totals.byPath.filter { key, _ in
                filter.views.contains { Pattern.matches($0, key.route) }
            }
        }
        analysis.totals.byEvent = analysis.totals.byEvent.filter { key, _ in
            (filter.views.isEmpty || filter.views.contains { Pattern.matches($0, key.route) })
                && (filter.events.isEmpty || filter.events.contains { Pattern.matches($0, key.event) })
        }
    }

    /// Bytes that all findings together would save: of each place the finding that saves most, since they overlap.
    package var savedBytes: Int {
        var best: [String: Int] = [:]
        for finding in analysis.findings {
            let key = "\(finding.place.route) \(finding.place.topic)"
            best[key] = max(best[key] ?? 0, finding.savedBytes)
        }
        return best.values.reduce(0, +)
    }

    package var views: [(route: String, part: Part)] {
        analysis.totals.byView.map { ($0.key, $0.value) }
            .sorted { ($1.part.bytes, $0.route) < ($0.part.bytes, $1.route) }
    }

    package var events: [(key: Totals.EventKey, part: Part)] {
        analysis.totals.byEvent.map { ($0.key, $0.value) }
            .sorted { ($1.part.bytes, $0.key.route, $0.key.event) < ($0.part.bytes, $1.key.route, $1.key.event) }
    }

    package var paths: [(key: Totals.PathKey, part: Part)] {
        analysis.totals.byPath.map { ($0.key, $0.value) }
            .sorted { ($1.part.bytes, $0.key.route, $0.key.path) < ($0.part.bytes, $1.key.route, $1.key.path) }
    }

    /// From the first message to the last, in nanoseconds.
    package var lasted: UInt64 {
        guard let first = analysis.totals.firstWallNanoseconds, let last = analysis.totals.lastWallNanoseconds else {
            return 0
        }
        return last &- min(first, last)
    }
}

/// Names with `*` for anything.
package enum Pattern {
    package static func matches(_ pattern: String, _ name: String) -> Bool {
        guard pattern.contains("*") else { return pattern == name }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first) else { return false }
        var rest = name.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.ranges(of: part).first else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}

extension Finding {
    /// Where it is, for a person: view, event, element.
    package var placeText: String {
        var parts: [String] = []
        let view = place.route.isEmpty ? place.topic : place.route
        if !view.isEmpty { parts.append(view) }
        if let event = place.event { parts.append("event “\(event)”") }
        if let path = place.path { parts.append("\(path)") }
        if parts.isEmpty, place.connection > 0 { parts.append("connection \(place.connection)") }
        return parts.joined(separator: ", ")
    }

    /// "−92 %, 212 kB of this session"; empty if it is not about bytes and was seen once.
    package var savingText: String {
        let times = occurrences > 1 ? "seen \(occurrences) times" : ""
        guard savedBytes > 0 else { return times }
        let share = ofBytes > 0 ? "−\(ReportText.percent(savedShare)), " : ""
        return "\(share)\(ReportText.bytes(savedBytes)) \(occurrences > 1 ? "in all, \(times)" : "of this session")"
    }

    /// One line with everything but the advice.
    package var sentence: String {
        [placeText, evidence.text, savingText].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
