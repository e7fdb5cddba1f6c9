package import Sessions

/// P9: a diff that brings the view's own template anew.
package struct RootReplaced: Rule {
    package static let facts = RuleFacts(
        id: "P9", name: "root-replaced", title: "The whole view rendered anew", severity: .warning,
        advice: """
            `render/1`, or the layout around it, chose another template: all of the view is sent, and its components start \
            again. Use one template with the branches inside, or navigate between two views.
            """,
        before: "def render(%{tab: :a} = assigns), do: ~H\"<.a />\"\ndef render(assigns), do: ~H\"<.b />\"",
        after: "def render(assigns), do: ~H\"\"\"\n<main><.a :if={@tab == :a} /><.b :if={@tab == :b} /></main>\n\"\"\"",
        source: "guide live-layouts; liveview-wire section 4")

    package struct Thresholds: Hashable, Sendable {
        /// Diffs of one view. Default: 1.
        package var diffs = 1

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var whole = 0
        var saved = 0
        var wholeBytes = 0
        var bytes = 0
        var components = 0
        var messages: [MessageFacts] = []
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.isJoin: take(diff)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        var seen = views[diff.view.id] ?? Seen()
        seen.bytes += diff.account.byteCount
        if diff.account.isWhole {
            seen.whole += 1
            seen.wholeBytes += diff.account.byteCount
            // What the client had: markup that it had seen, and texts that are where they were.
            seen.saved += diff.account.bytes.resentStatics + diff.account.bytes.redundant
            seen.components += diff.account.components.count { !$0.existed }
            seen.messages.keep(diff.facts)
        }
        views[diff.view.id] = seen
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.whole >= thresholds.diffs else { return [] }
        var text = "\(seen.whole.of("diff")) brought the view's own template, \(seen.wholeBytes) bytes"
        if seen.components > 0 { text += ", with \(seen.components.of("component")) that started again" }
        return [
            Finding(
                Self.facts, place: context.place(view, facts: seen.messages.first),
                evidence: Finding.Evidence(
                    text, bytes: seen.wholeBytes, count: seen.whole, messages: seen.messages),
                savedBytes: seen.saved, ofBytes: seen.bytes)
        ]
    }
}
