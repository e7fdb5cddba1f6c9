internal import LiveViewWire
package import Sessions

/// P18: a stream that only grows.
package struct UnboundedStream: Rule {
    package static let facts = RuleFacts(
        id: "P18", name: "unbounded-stream", title: "A stream without a limit that grows on", severity: .info,
        advice: """
            Entries are added, few go, and no limit says how many stay: the page grows for as long as it is open. \
            Give the stream a `limit:`, or page it with the viewport bindings.
            """,
        before: "stream_insert(socket, :log, line)",
        after: "stream_insert(socket, :log, line, limit: -200)",
        source: "docs of stream/4 \"Limiting a stream\"")

    package struct Thresholds: Hashable, Sendable {
        /// Entries that are on the page at once. Default: 500, and more are too many.
        package var entries = 500

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var ids: Set<Int> = []
        var most = 0
        var hasLimit = false
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    /// Ids that are remembered of one stream.
    private static let limit = 50_000

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
        if stream.operation.isReset { counts.ids.removeAll(keepingCapacity: true) }
        for id in stream.operation.deletes { counts.ids.remove(id.hashValue) }
        for insert in stream.operation.inserts {
            if insert.limit != nil { counts.hasLimit = true }
            if !insert.updateOnly, counts.ids.count < Self.limit { counts.ids.insert(insert.id.hashValue) }
        }
        let bytes = stream.entries.reduce(0) { $0 + $1.byteCount }
        counts.bytes += bytes
        if counts.ids.count > thresholds.entries, counts.ids.count > counts.most {
            counts.messages.keep(diff.facts)
        }
        counts.most = max(counts.most, counts.ids.count)
        views[diff.view.id, default: [:]][stream.path] = counts
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ streams: [PathID: Seen], _ view: ViewID, _ context: RuleContext) -> [Finding] {
        streams.sorted { $0.key < $1.key }.flatMap { findings($0.value, view, $0.key, context) }
    }

    private func findings(_ counts: Seen, _ view: ViewID, _ path: PathID, _ context: RuleContext) -> [Finding] {
        guard counts.most > thresholds.entries, !counts.hasLimit else { return [] }
        return [
            Finding(
                Self.facts,
                place: context.place(context.views[view], path: path, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    // A limit saves memory and rejoins; what came once came once.
                    "\(counts.most) entries on the page, none of which has a limit", bytes: counts.bytes,
                    count: counts.most, messages: counts.messages),
                savedBytes: 0, ofBytes: counts.bytes)
        ]
    }
}
