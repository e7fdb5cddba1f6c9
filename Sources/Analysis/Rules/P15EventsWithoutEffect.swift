package import Sessions

/// P15: events whose replies change nothing.
package struct EventsWithoutEffect: Rule {
    package static let facts = RuleFacts(
        id: "P15", name: "events-without-effect", title: "Events that change nothing", severity: .warning,
        advice: """
            The server handles each of these events and nothing on the page changes. Filter on the client: `phx-key` \
            for keys, `phx-throttle`, a condition in the hook, or drop the viewport binding at the end of the list.
            """,
        before: "<div phx-window-keydown=\"key\">",
        after: "<div phx-window-keydown=\"key\" phx-key=\"ArrowRight\">",
        source: "guide bindings \"Key Events\", \"Scroll events and infinite pagination\"")

    package struct Thresholds: Hashable, Sendable {
        /// Events of one name. Default: 10.
        package var events = 10
        /// The share of them that is answered `{}`. Default: 0.8.
        package var empty = 0.8
        /// Equal events with less than this between them count as repeated, in nanoseconds. Default: 1 s.
        package var repeatWindow: UInt64 = 1_000_000_000
        /// Repeated events of one name. Default: 3.
        package var repeats = 3

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var session: SessionID
        var view: ViewID
        var name: String
    }

    private struct Seen {
        var events = 0
        var empty = 0
        var repeats = 0
        var bytes = 0
        var uselessBytes = 0
        var lastHash: UInt64 = 0
        var lastTime: UInt64 = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let event = exchange.event, let view = exchange.view,
            let session = exchange.session, let answer = exchange.answer
        else { return }
        let key = Key(session: session, view: view, name: event.name)
        var counts = seen[key] ?? Seen()
        let bytes = Int(clamping: exchange.byteCount)
        counts.events += 1
        counts.bytes += bytes
        let isRepeat =
            event.valueHash == counts.lastHash && exchange.request.time &- counts.lastTime < thresholds.repeatWindow
        counts.lastHash = event.valueHash
        counts.lastTime = exchange.request.time
        // What only navigates is answered `{}` too, and so is what comes with pushes.
        let isEmpty = answer == .empty && exchange.pushes.isEmpty
        if isEmpty { counts.empty += 1 }
        if isRepeat, exchange.changesNothing, exchange.pushes.isEmpty { counts.repeats += 1 }
        if isEmpty || isRepeat && exchange.changesNothing { counts.uselessBytes += bytes }
        if isEmpty, counts.messages.count < 3 { counts.messages.append(exchange.request) }
        seen[key] = counts
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.view, $0.key.name) < ($1.key.view, $1.key.name) }.compactMap { key, counts in
            let isEmpty =
                counts.events >= thresholds.events
                && Double(counts.empty) >= thresholds.empty * Double(counts.events)
            guard isEmpty || counts.repeats >= thresholds.repeats else { return nil }
            let text =
                isEmpty
                ? "\(counts.empty) of \(counts.events) events changed nothing"
                : "\(counts.repeats) of \(counts.events) events repeated the one before, and changed nothing"
            return Finding(
                Self.facts,
                place: context.place(context.views[key.view], event: key.name, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    text, bytes: counts.uselessBytes, count: isEmpty ? counts.empty : counts.repeats,
                    ratio: Double(counts.empty) / Double(counts.events), messages: counts.messages),
                savedBytes: counts.uselessBytes, ofBytes: counts.bytes)
        }
    }
}
