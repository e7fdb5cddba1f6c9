internal import LiveViewWire
package import Sessions

/// P17: a large entry of a stream that is sent whole for a small change in it.
package struct StreamItemResent: Rule {
    package static let facts = RuleFacts(
        id: "P17", name: "stream-item-resent", title: "A large stream entry resent for one field", severity: .info,
        advice: """
            Within a stream there is no change tracking: an entry that is put in again travels whole. \
            Keep entries small, or make large ones a keyed comprehension or live components.
            """,
        before: "<article :for={{id, post} <- @streams.posts} id={id}>… {post.likes} …</article>",
        after: "<article :for={post <- @posts} :key={post.id}>… {post.likes} …</article>",
        source: "CHANGELOG 1.1 \"Change tracking in comprehensions\"")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of an entry. Default: 1000.
        package var bytes = 1000
        /// The share of its leaves that differ from the last time, at most. Default: 0.2.
        package var changed = 0.2
        /// Times. Default: 1.
        package var times = 1

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        /// The leaves' hashes of each large entry as it was sent last.
        var entries: [String: [UInt64]] = [:]
        var times = 0
        var saved = 0
        var sent = 0
        var changed = 0
        var leaves = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    /// Entries that are remembered of one stream.
    private static let limit = 5_000

    /// By view, and the stream's slot.
    private var views: [ViewID: [PathID: Seen]] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff):
            for stream in diff.account.streams where !stream.operation.isEmpty { take(stream, diff) }
        case .viewEnded(let view, _):
            if let streams = views.removeValue(forKey: view.id) { done += findings(streams, view.id, context) }
        default: break
        }
    }

    private mutating func take(_ stream: DiffAccount.SentStream, _ diff: DiffStep) {
        guard
            views[diff.view.id]?[stream.path] != nil
                || stream.entries.contains(where: { $0.byteCount >= thresholds.bytes })
        else { return }
        var counts = views[diff.view.id]?.removeValue(forKey: stream.path) ?? Seen()
        counts.bytes += stream.entries.reduce(0) { $0 + $1.byteCount }
        for id in stream.operation.deletes { counts.entries[id] = nil }
        let ids = Set(stream.operation.inserts.map(\.id))
        if stream.operation.isReset { counts.entries = counts.entries.filter { ids.contains($0.key) } }
        for entry in stream.entries where entry.byteCount >= thresholds.bytes {
            let leaves = diff.account.leaves[entry.leaves]
            guard let id = Self.id(of: leaves, ids, diff) else { continue }
            let hashes = leaves.map(\.hash)
            if let last = counts.entries[id], last.count == hashes.count {
                let changed = zip(last, hashes).count { $0 != $1 }
                if Double(changed) <= thresholds.changed * Double(hashes.count), changed > 0 {
                    counts.times += 1
                    counts.sent += entry.byteCount
                    counts.changed += changed
                    counts.leaves += hashes.count
                    counts.saved += zip(zip(last, hashes), leaves).reduce(0) { sum, pair in
                        pair.0.0 == pair.0.1 ? sum + pair.1.byteCount : sum
                    }
                    counts.messages.keep(diff.facts)
                }
            }
            if counts.entries.count < Self.limit || counts.entries[id] != nil { counts.entries[id] = hashes }
        }
        views[diff.view.id, default: [:]][stream.path] = counts
    }

    /// Which of the ids an entry has: one of its leaves is it, or ` id=\"…\"`.
    private static func id(of leaves: ArraySlice<DiffAccount.Leaf>, _ ids: Set<String>, _ diff: DiffStep) -> String? {
        for leaf in leaves.prefix(8) where leaf.byteCount < 300 {
            var text = diff.text(of: leaf)
            if let name = LeafText.attribute(text), LeafText.equals(name, "id") {
                // Behind `=\"`, before the last `\"`.
                text = text[name.endIndex...].dropFirst(3).dropLast(2)
            }
            let word = String(decoding: text, as: UTF8.self)
            if ids.contains(word) { return word }
        }
        return ids.count == 1 ? ids.first : nil
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ streams: [PathID: Seen], _ view: ViewID, _ context: RuleContext) -> [Finding] {
        streams.sorted { $0.key < $1.key }.flatMap { findings($0.value, view, $0.key, context) }
    }

    private func findings(_ counts: Seen, _ view: ViewID, _ path: PathID, _ context: RuleContext) -> [Finding] {
        guard counts.times >= thresholds.times, counts.times > 0 else { return [] }
        return [
            Finding(
                Self.facts,
                place: context.place(context.views[view], path: path, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    """
                    \(counts.times.of("entry", "entries")) of \(counts.sent / counts.times) bytes came again with \(counts.changed) of \
                    \(counts.leaves) slots changed
                    """,
                    bytes: counts.sent, count: counts.times,
                    ratio: Double(counts.changed) / Double(max(1, counts.leaves)), messages: counts.messages),
                savedBytes: counts.saved, ofBytes: counts.bytes)
        ]
    }
}
