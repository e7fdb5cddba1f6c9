internal import LiveViewWire
package import Sessions

/// P8: templates that take turns in one place, whose statics are sent at each turn.
package struct StaticsFlipFlop: Rule {
    package static let facts = RuleFacts(
        id: "P8", name: "statics-flip-flop", title: "Markup resent each time a condition changes", severity: .info,
        advice: """
            The server remembers only the last template of a place, so each turn of a condition sends the markup again. \
            Keep both branches and toggle a class or JS.show/hide, or move the condition to the part that differs.
            """,
        before: "<%= if @open do %><section>…</section><% else %><p>…</p><% end %>",
        after: "<section class={!@open && \"hidden\"}>…</section>",
        source: "engine docs \"Nesting and fingerprinting\"; liveview-wire section 4")

    package struct Thresholds: Hashable, Sendable {
        /// Diffs that bring a template to the place. Default: 3.
        package var diffs = 3
        /// Templates that take turns, at most. Default: 3.
        package var templates = 3
        /// Times that one came back. Default: 2.
        package var returns = 2
        /// Bytes of statics that come back each time, in the mean. Default: 100: a short branch is no matter.
        package var bytes = 100

        package init() {}
    }

    package var thresholds = Thresholds()

    /// One place: components are told apart. Entries of lists are not, and so left out.
    private struct Slot: Hashable {
        var path: PathID
        var component: Int32
    }

    private struct Turns {
        var diffs = 0
        var returns = 0
        var templates: Set<TemplateText> = []
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private struct Seen {
        var bytes = 0
        var slots: [Slot: Turns] = [:]
    }

    /// Places of one view that are counted; then the others are not.
    private static let slotLimit = 10_000

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.isJoin: take(diff, context)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep, _ context: RuleContext) {
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        defer { views[diff.view.id] = seen }
        seen.bytes += diff.account.byteCount
        for template in diff.account.templates {
            switch template.kind {
            case .update, .repeated: continue
            case .new, .back, .replaced: break
            }
            guard let path = template.path, !context.paths.isInList(path) else { continue }
            let slot = Slot(path: path, component: template.component)
            guard seen.slots.count < Self.slotLimit || seen.slots[slot] != nil else { continue }
            var turns = seen.slots[slot] ?? Turns()
            let text = context.paths[template.template].text
            turns.diffs += 1
            if !turns.templates.insert(text).inserted || template.kind == .back {
                turns.returns += 1
                turns.bytes += resentBytes(of: path, diff.account, context.paths)
                turns.messages.keep(diff.facts)
            }
            seen.slots[slot] = turns
        }
    }

    /// Bytes of statics that the view has had, of the templates in a slot.
    private func resentBytes(of path: PathID, _ account: DiffAccount, _ paths: PathTable) -> Int {
        var bytes = 0
        for statics in account.statics where statics.isResent {
            let isIn = account.templates.contains { template in
                template.path.map { paths.lies($0, in: path) } ?? false
                    && paths[template.template].text == statics.text
            }
            if isIn { bytes += statics.byteCount }
        }
        return bytes
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        var paths: [PathID: Turns] = [:]
        for (slot, turns) in seen.slots
        where turns.diffs >= thresholds.diffs && turns.templates.count <= thresholds.templates
            && turns.returns >= thresholds.returns && turns.bytes >= thresholds.bytes * turns.returns
        {
            var sum = paths[slot.path] ?? Turns()
            sum.diffs += turns.diffs
            sum.returns += turns.returns
            sum.bytes += turns.bytes
            sum.templates.formUnion(turns.templates)
            for message in turns.messages { sum.messages.keep(message) }
            paths[slot.path] = sum
        }
        // What is in a place that takes turns comes and goes with it.
        let outermost = paths.filter { path, _ in
            !paths.keys.contains { $0 != path && context.paths.lies(path, in: $0) }
        }
        return outermost.sorted { $0.key < $1.key }.map { path, turns in
            Finding(
                Self.facts, place: context.place(view, path: path, facts: turns.messages.first),
                evidence: Finding.Evidence(
                    """
                    \(turns.diffs) diffs brought one of \(turns.templates.count) templates, \(turns.returns) times one \
                    that had been there
                    """,
                    bytes: turns.bytes, count: turns.returns, messages: turns.messages),
                savedBytes: turns.bytes, ofBytes: seen.bytes)
        }
    }
}
