internal import LiveViewWire
package import Sessions

/// P16: a stream that is reset, or filled again, with the entries that it had.
package struct StreamSentAgain: Rule {
    package static let facts = RuleFacts(
        id: "P16", name: "stream-sent-again", title: "A stream filled again with what it had", severity: .warning,
        advice: """
            A stream has no memory on the server: each entry that is put into it travels whole, known or not. \
            Insert and delete what changed, with stream_insert and stream_delete.
            """,
        before: "stream(socket, :rows, list_rows(), reset: true)",
        after: "stream_insert(socket, :rows, row)",
        source: "docs of stream/4; phoenix_live_view #2842, phoenix #6393")

    package struct Thresholds: Hashable, Sendable {
        /// Entries of a diff. Default: 10.
        package var entries = 10
        /// The share of them that the stream had. Default: 0.8.
        package var known = 0.8
        /// Nanoseconds between two times of it, at most. Default: 1 minute.
        package var window: UInt64 = 60_000_000_000

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var ids: Set<Int> = []
        /// Hashes of the entries' contents.
        var contents: Set<UInt64> = []
        var lastTime: UInt64?
        var times = 0
        var isFrequent = false
        var resets = 0
        var entries = 0
        var known = 0
        var saved = 0
        var sentAgain = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    /// Ids, and contents, that are remembered of one stream.
    private static let limit = 20_000

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
        var counts = views[diff.view.id]?.removeValue(forKey: stream.path) ?? Seen()
        let operation = stream.operation
        if !diff.isJoin { counts.bytes += diff.account.byteCount }
        let ids = operation.inserts.map(\.id.hashValue)
        let known = ids.count { counts.ids.contains($0) }
        let contents = stream.entries.map { Self.hash(of: diff.account.leaves[$0.leaves]) }
        var same = 0
        for (entry, hash) in zip(stream.entries, contents) where counts.contents.contains(hash) {
            same += entry.byteCount
        }
        if !diff.isJoin, ids.count >= thresholds.entries, Double(known) >= thresholds.known * Double(ids.count) {
            counts.times += 1
            if let last = counts.lastTime, diff.facts.time &- last <= thresholds.window { counts.isFrequent = true }
            counts.lastTime = diff.facts.time
            if operation.isReset { counts.resets += 1 }
            counts.entries += ids.count
            counts.known += known
            counts.saved += same
            counts.sentAgain += stream.entries.reduce(0) { $0 + $1.byteCount }
            counts.messages.keep(diff.facts)
        }
        if operation.isReset {
            counts.ids.removeAll(keepingCapacity: true)
            counts.contents.removeAll(keepingCapacity: true)
        }
        for id in operation.deletes { counts.ids.remove(id.hashValue) }
        if counts.ids.count < Self.limit { counts.ids.formUnion(ids) }
        if counts.contents.count < Self.limit { counts.contents.formUnion(contents) }
        views[diff.view.id, default: [:]][stream.path] = counts
    }

    private static func hash(of leaves: ArraySlice<DiffAccount.Leaf>) -> UInt64 {
        leaves.reduce(0) { ($0 &* 0x9e37_79b9_7f4a_7c15) ^ $1.hash }
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ streams: [PathID: Seen], _ view: ViewID, _ context: RuleContext) -> [Finding] {
        streams.sorted { $0.key < $1.key }.flatMap { findings($0.value, view, $0.key, context) }
    }

    private func findings(_ counts: Seen, _ view: ViewID, _ path: PathID, _ context: RuleContext) -> [Finding] {
        guard counts.isFrequent else { return [] }
        let how = counts.resets > 0 ? "\(counts.resets) of them after a reset" : "without a reset"
        return [
            Finding(
                Self.facts,
                place: context.place(context.views[view], path: path, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    """
                    \(counts.times) times most entries were put in again, \(how): \(counts.known) of \(counts.entries) \
                    were there
                    """,
                    bytes: counts.sentAgain, count: counts.times,
                    ratio: Double(counts.known) / Double(max(1, counts.entries)), messages: counts.messages),
                savedBytes: counts.saved, ofBytes: counts.bytes)
        ]
    }
}
