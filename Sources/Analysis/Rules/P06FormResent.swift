internal import LiveViewWire
package import Sessions

/// P6: the answer to a form's change that brings the attributes of its inputs again.
package struct FormResent: Rule {
    package static let facts = RuleFacts(
        id: "P6", name: "form-resent", title: "The whole form resent on each validation", severity: .info,
        advice: """
            Each validation makes a new form, and so names, ids and values of its inputs are sent that stayed the same. \
            Make the form smaller, compute options once, outside of the form, and search long selects on the server.
            """,
        before: "<.input type=\"select\" field={@form[:city]} options={all_cities()} />",
        after: "<.input type=\"select\" field={@form[:city]} options={@cities} />",
        source: "phoenix_live_view #3695, #2005, #1219")

    package struct Thresholds: Hashable, Sendable {
        /// Attributes of inputs in a reply. Default: 4.
        package var attributes = 4
        /// The share of them that is redundant. Default: 0.7.
        package var redundant = 0.7
        /// Replies that have it, of one event. Default: 3.
        package var replies = 3
        /// Options of a select that are one leaf. Default: 50.
        package var options = 50

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var view: ViewID
        var event: String
    }

    private struct Seen {
        var replies = 0
        var found = 0
        var attributes = 0
        var redundant = 0
        var saved = 0
        var options = 0
        var bytes = 0
        var path: PathID?
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]
    /// Whether a path is in a form.
    private var isInForm: [PathID: Bool] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step, let event = diff.event, event.type == "form" else { return }
        let key = Key(view: diff.view.id, event: event.name)
        var counts = seen[key] ?? Seen()
        counts.replies += 1
        counts.bytes += diff.account.byteCount
        take(diff, &counts, context)
        seen[key] = counts
    }

    private mutating func take(_ diff: DiffStep, _ counts: inout Seen, _ context: RuleContext) {
        var (attributes, redundant, saved, options) = (0, 0, 0, 0)
        var path: PathID?
        for leaf in diff.account.leaves {
            let text = diff.text(of: leaf)
            if isAttribute(text) {
                guard isInForm(leaf.path, context.paths) else { continue }
                attributes += 1
                guard leaf.kind == .redundant else { continue }
                redundant += 1
                saved += leaf.byteCount
                path = path ?? leaf.path
            } else if leaf.byteCount >= thresholds.options * 8 {
                let count = Self.optionCount(text)
                guard count >= thresholds.options else { continue }
                options = max(options, count)
                saved += leaf.byteCount
                path = leaf.path
            }
        }
        let isResent =
            attributes >= thresholds.attributes && Double(redundant) >= thresholds.redundant * Double(attributes)
        guard isResent || options > 0 else { return }
        counts.found += 1
        counts.attributes += attributes
        counts.redundant += redundant
        counts.saved += saved
        counts.options = max(counts.options, options)
        counts.path = counts.path ?? path
        counts.messages.keep(diff.facts)
    }

    private func isAttribute(_ text: ArraySlice<UInt8>) -> Bool {
        guard let name = LeafText.attribute(text) else { return false }
        return LeafText.isOne(name, of: ["name", "value", "id", "for", "class"]) || LeafText.starts(name, "phx-")
    }

    private mutating func isInForm(_ path: PathID, _ paths: PathTable) -> Bool {
        if let known = isInForm[path] { return known }
        let tags = PathName(path, in: paths).enclosing
        let inputs: Set<String> = ["input", "select", "textarea", "label", "option", "fieldset"]
        let isIn = tags.contains { $0.name == "form" } || tags.last.map { inputs.contains($0.name) } ?? false
        isInForm[path] = isIn
        return isIn
    }

    private static func optionCount(_ text: ArraySlice<UInt8>) -> Int {
        var count = 0
        var index = text.startIndex
        while let open = text[index...].firstIndex(of: UInt8(ascii: "<")) {
            if LeafText.starts(text[open...], "<option") { count += 1 }
            index = open + 1
        }
        return count
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.view, $0.key.event) < ($1.key.view, $1.key.event) }.compactMap { key, counts in
            guard counts.found >= thresholds.replies else { return nil }
            var text =
                "\(counts.found) of \(counts.replies.of("reply", "replies")) have \(counts.attributes) attributes of the form"
            text += ", \(counts.redundant) of them as they were"
            if counts.options > 0 { text += ", and up to \(counts.options) options in one text" }
            return Finding(
                Self.facts, severity: counts.options > 0 ? .warning : nil,
                place: context.place(
                    context.views[key.view], path: counts.path, event: key.event, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    text, bytes: counts.saved, count: counts.found,
                    ratio: counts.attributes > 0 ? Double(counts.redundant) / Double(counts.attributes) : nil,
                    messages: counts.messages),
                savedBytes: counts.saved, ofBytes: counts.bytes)
        }
    }
}
