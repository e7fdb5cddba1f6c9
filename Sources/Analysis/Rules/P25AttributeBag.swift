package import Sessions

/// P25: one dynamic holds many attributes, and is sent again for a change in one of them.
package struct AttributeBag: Rule {
    package static let facts = RuleFacts(
        id: "P25", name: "attribute-bag", title: "Many attributes in one dynamic", severity: .info,
        advice: """
            Attributes given as a list, such as `{@rest}`, are one dynamic: a change in one sends them all. Write the \
            one that changes as an attribute of its own.
            """,
        before: "<div {@rest} />  <%!-- rest holds the class too --%>",
        after: "<div class={@class} {@rest} />",
        source: "phoenix_live_view #1593; liveview-wire section 4.6")

    package struct Thresholds: Hashable, Sendable {
        /// Attributes in the text. Default: 3.
        package var attributes = 3
        /// Bytes of the text. Default: 100.
        package var bytes = 100
        /// Times that it came with all attributes but one as before. Default: 2.
        package var resent = 2

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Place: Hashable {
        var path: PathID
        var component: Int32
        var entry: Int32
    }

    private struct Key: Hashable {
        var session: SessionID
        var path: PathID
    }

    private struct Seen {
        var view: ViewID
        var times = 0
        var wasted = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private var last: [ViewID: [Place: [UInt8]]] = [:]
    private var seen: [Key: Seen] = [:]
    /// Texts that are kept of a view. Beyond that, those of other places are not compared.
    private static let placeLimit = 1_000

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff):
            for tally in diff.account.paths where tally.bytes >= thresholds.bytes { take(tally, diff) }
        case .viewEnded(let view, _):
            last[view.id] = nil
        default: break
        }
    }

    private mutating func take(_ tally: DiffAccount.PathTally, _ diff: DiffStep) {
        // What is no bag in the first leaf is none in the others.
        let first = diff.account.leaves[tally.firstLeaf]
        guard first.byteCount >= thresholds.bytes / 2, Self.isBag(diff.text(of: first)) else { return }
        var left = tally.count
        for leaf in diff.account.leaves[tally.firstLeaf...] where leaf.path == tally.path {
            take(leaf, diff)
            left -= 1
            if left == 0 { return }
        }
    }

    private mutating func take(_ leaf: DiffAccount.Leaf, _ diff: DiffStep) {
        guard leaf.byteCount >= thresholds.bytes else { return }
        let text = diff.text(of: leaf)
        let place = Place(path: leaf.path, component: leaf.component, entry: leaf.entry)
        let before = last[diff.view.id]?[place]
        if before != nil || (last[diff.view.id]?.count ?? 0) < Self.placeLimit {
            last[diff.view.id, default: [:]][place] = Array(text)
        }
        guard let before, leaf.kind == .changed else { return }
        let attributes = Self.attributes(text)
        let old = Self.attributes(before[...])
        guard attributes.count >= thresholds.attributes, attributes.count == old.count else { return }
        let equal = zip(attributes, old).filter(==).map(\.0)
        guard equal.count == attributes.count - 1 else { return }
        let key = Key(session: diff.view.session, path: leaf.path)
        var sum = seen[key] ?? Seen(view: diff.view.id)
        sum.times += 1
        sum.wasted += equal.reduce(0) { $0 + $1.count }
        sum.bytes += leaf.byteCount
        sum.messages.keep(diff.facts)
        seen[key] = sum
    }

    /// ` class=\"…`
    private static func isBag(_ text: ArraySlice<UInt8>) -> Bool {
        text.first == UInt8(ascii: " ") && text.contains("=\\\"")
    }

    /// The attributes of ` a="1" b="2"`, as JSON has them: `\"` for a quote. Empty if it is anything else.
    private static func attributes(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var attributes: [ArraySlice<UInt8>] = []
        var index = text.startIndex
        while index < text.endIndex {
            let start = index
            guard text[index] == UInt8(ascii: " "), let quote = Self.quote(text, from: index) else { return [] }
            guard quote > start + 1, text[quote - 1] == UInt8(ascii: "=") else { return [] }
            guard let end = Self.quote(text, from: quote + 2) else { return [] }
            attributes.append(text[start..<(end + 2)])
            index = end + 2
        }
        return attributes
    }

    private static func quote(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start
        while index + 1 < text.endIndex {
            if text[index] == UInt8(ascii: "\\") {
                if text[index + 1] == UInt8(ascii: "\"") { return index }
                index += 1
            }
            index += 1
        }
        return nil
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.times >= thresholds.resent }
            .sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, sum in
                Finding(
                    Self.facts,
                    place: context.place(context.views[sum.view], path: key.path, facts: sum.messages.first),
                    evidence: Finding.Evidence(
                        "sent \(sum.times) times with all its attributes for a change in one",
                        bytes: sum.bytes, count: sum.times, ratio: Double(sum.wasted) / Double(max(1, sum.bytes)),
                        messages: sum.messages),
                    savedBytes: sum.wasted, ofBytes: sum.bytes)
            }
    }
}
