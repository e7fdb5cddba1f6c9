internal import LiveViewWire
package import Sessions

/// P22: one message says the same statics for several components.
package struct StaticsRepeatedOverComponents: Rule {
    package static let facts = RuleFacts(
        id: "P22", name: "statics-repeated", title: "Statics repeated for each component", severity: .info,
        advice: """
            Components share statics only where their root templates are the same and were rendered before. Let the \
            variants begin with one template, or turn what varies into a function component of a list with keys.
            """,
        before: "def render(%{kind: :a} = assigns), do: ~H\"<li>…</li>\"\ndef render(assigns), do: ~H\"<li>…</li>\"",
        after: "def render(assigns), do: ~H\"<li class={@kind}>…</li>\"",
        source: "liveview-wire section 3.6; phoenix_live_view #912")

    package struct Thresholds: Hashable, Sendable {
        /// Components that have the same statics in one message. Default: 2.
        package var components = 2
        /// Bytes of repetitions in one message. Default: 500; less is not worth a change.
        package var bytes = 500

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var session: SessionID
        var text: TemplateText
    }

    private struct Seen {
        var view: ViewID
        var copies = 0
        var wasted = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]
    /// Used again for message after message.
    private var counts: [TemplateText: (copies: Int, bytes: Int)] = [:]

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step, diff.account.components.count >= thresholds.components,
            diff.account.statics.count >= thresholds.components
        else { return }
        counts.removeAll(keepingCapacity: true)
        var last: [TemplateText: Int32] = [:]
        for statics in diff.account.statics where statics.component != 0 {
            let count = counts[statics.text] ?? (0, statics.byteCount)
            let isOther = last.updateValue(statics.component, forKey: statics.text) != statics.component
            counts[statics.text] = (count.copies + (isOther ? 1 : 0), count.bytes)
        }
        for (text, count) in counts where count.copies >= thresholds.components {
            let wasted = (count.copies - 1) * count.bytes
            guard wasted >= thresholds.bytes else { continue }
            let key = Key(session: diff.view.session, text: text)
            var sum = seen[key] ?? Seen(view: diff.view.id)
            sum.copies += count.copies
            sum.wasted += wasted
            sum.bytes += diff.account.byteCount
            sum.messages.keep(diff.facts)
            seen[key] = sum
        }
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.session, $0.key.text.number) < ($1.key.session, $1.key.text.number) }.map { key, sum in
            var start = ""
            let parts = context.paths.parts(of: key.text)
            if parts.partCount > 0 {
                start = String(decoding: parts[0].prefix(40), as: UTF8.self).split(whereSeparator: \.isWhitespace)
                    .joined(separator: " ")
            }
            return Finding(
                Self.facts, place: context.place(context.views[sum.view], facts: sum.messages.first),
                evidence: Finding.Evidence(
                    "the statics “\(start)…” came \(sum.copies) times, for a component each",
                    bytes: sum.wasted, count: sum.copies, messages: sum.messages),
                savedBytes: sum.wasted, ofBytes: sum.bytes)
        }
    }
}
