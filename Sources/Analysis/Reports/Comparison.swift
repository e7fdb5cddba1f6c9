internal import LiveViewWire
internal import Sessions

/// Two recordings of the same session: what got larger, what smaller, which findings came and went.
package struct Comparison: Sendable {
    /// Bytes of diffs, or of joins, before and after.
    package struct Change: Sendable {
        /// `view /users`, `event /users#save`, `path /users <td>…`.
        package var name: String
        /// nil: it is not there.
        package var before: Int?
        package var after: Int?
        /// How often, before and after: a longer session has more bytes without being worse.
        package var countBefore = 0
        package var countAfter = 0

        package var difference: Int { (after ?? 0) - (before ?? 0) }

        /// Bytes each time.
        package var eachBefore: Double { countBefore > 0 ? Double(before ?? 0) / Double(countBefore) : 0 }
        package var eachAfter: Double { countAfter > 0 ? Double(after ?? 0) / Double(countAfter) : 0 }
    }

    package var before: Report
    package var after: Report
    package var totals: [Change]
    /// The largest differences first; equal ones left out.
    package var changes: [Change]
    package var cameFindings: [Finding]
    package var goneFindings: [Finding]

    package init(before: Report, after: Report) {
        self.before = before
        self.after = after
        let (old, new) = (before.analysis.totals, after.analysis.totals)
        totals = [
            Self.change("from the client", old.fromClient, new.fromClient),
            Self.change("from the server", old.fromServer, new.fromServer),
            Change(
                name: "diffs", before: old.diffBytes.total, after: new.diffBytes.total,
                countBefore: Int(old.diffSizes.count), countAfter: Int(new.diffSizes.count)),
            Change(
                name: "redundant", before: old.diffBytes.redundant, after: new.diffBytes.redundant,
                countBefore: Int(old.diffSizes.count), countAfter: Int(new.diffSizes.count)),
            Change(
                name: "joins", before: old.joinBytes.total, after: new.joinBytes.total,
                countBefore: Int(old.joinSizes.count), countAfter: Int(new.joinSizes.count)),
        ]
        let parts =
            Self.changes(old.byView, new.byView) { "view \($0)" }
            + Self.changes(old.byEvent, new.byEvent) { "event \($0.route)#\($0.event)" }
            + Self.changes(old.byPath, new.byPath) { "path \($0.route) \($0.path)" }
        changes = parts.sorted { ($1.difference.magnitude, $0.name) < ($0.difference.magnitude, $1.name) }
        let oldKeys = Set(before.analysis.findings.map(\.comparisonKey))
        let newKeys = Set(after.analysis.findings.map(\.comparisonKey))
        cameFindings = after.analysis.findings.filter { !oldKeys.contains($0.comparisonKey) }
        goneFindings = before.analysis.findings.filter { !newKeys.contains($0.comparisonKey) }
    }

    package var larger: [Change] { changes.filter { $0.difference > 0 } }
    package var smaller: [Change] { changes.filter { $0.difference < 0 } }

    private static func change(_ name: String, _ before: MessageCount, _ after: MessageCount) -> Change {
        Change(
            name: name, before: Int(clamping: before.bytes), after: Int(clamping: after.bytes),
            countBefore: Int(clamping: before.messages), countAfter: Int(clamping: after.messages))
    }

    private static func changes<Key: Hashable>(
        _ before: [Key: Part], _ after: [Key: Part], name: (Key) -> String
    ) -> [Change] {
        Set(before.keys).union(after.keys).compactMap { key in
            let (old, new) = (before[key], after[key])
            guard old?.bytes != new?.bytes else { return nil }
            return Change(
                name: name(key), before: old?.bytes, after: new?.bytes, countBefore: old?.count ?? 0,
                countAfter: new?.count ?? 0)
        }
    }

    // MARK: - JSON

    package var jsonText: String {
        let value: JSONValue = [
            "format": "livetape-comparison", "version": 1, "before": .string(before.recording),
            "after": .string(after.recording), "totals": .array(totals.map(Self.json)),
            "larger": .array(larger.map(Self.json)), "smaller": .array(smaller.map(Self.json)),
            "cameFindings": .array(cameFindings.map(JSONReport.finding)),
            "goneFindings": .array(goneFindings.map(JSONReport.finding)),
        ]
        return value.indentedText
    }

    private static func json(_ change: Change) -> JSONValue {
        [
            "name": .string(change.name), "before": change.before.map { .count($0) } ?? .null,
            "after": change.after.map { .count($0) } ?? .null, "difference": .count(change.difference),
            "countBefore": .count(change.countBefore), "countAfter": .count(change.countAfter),
        ]
    }
}

extension Finding {
    /// The same for the same finding of another recording, which may be more severe.
    fileprivate var comparisonKey: String { "\(rule.id)\n\(placeText)" }
}
