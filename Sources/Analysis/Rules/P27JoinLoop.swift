internal import RecordingFormat
package import Sessions

/// P27: a view joins again and again, because joining fails or the view does not live.
package struct JoinLoop: Rule {
    package static let facts = RuleFacts(
        id: "P27", name: "join-loop", title: "A view that joins over and over", severity: .error,
        advice: """
            The page flashes for the user while the server mounts again and again. Look at the reason: `stale` is a \
            CSRF token, cookie or secret that does not fit, `join crashed` an exception in mount.
            """,
        before: "def mount(_, _, socket), do: {:ok, assign(socket, :user, Repo.get!(User, id))}",
        after: "# for a user who is gone: {:ok, push_navigate(socket, to: ~p\"/users\")}",
        source: "phoenix_live_view #3379, #1488, #1835; guide error-handling")

    package struct Thresholds: Hashable, Sendable {
        /// Joins that came to nothing. Default: 3.
        package var joins = 3
        /// The time in which they are, in nanoseconds. Default: 60 s.
        package var window: UInt64 = 60_000_000_000
        /// A view that lived as long as this did not come to nothing, in nanoseconds. Default: 10 s.
        package var life: UInt64 = 10_000_000_000

        package init() {}
    }

    package var thresholds = Thresholds()

    /// A topic of a page; or a URL, whose page is loaded again each time.
    private enum Key: Hashable {
        case topic(SessionID, String)
        case url(String)
    }

    private struct Seen {
        /// Times of the last joins that came to nothing.
        var times: [UInt64] = []
        var joins = 0
        var bytes = 0
        var reasons: [String: Int] = [:]
        var isLoop = false
        var session: SessionID?
        var view: ViewID?
        var route = ""
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]
    private struct Topic: Hashable {
        var session: SessionID
        var topic: String
    }

    /// Joins of views that live, and that nobody used yet: whoever clicks has a page.
    private var joins: [ViewID: Exchange] = [:]
    /// Joins of views that were cut off soon: they came to nothing if the same is joined again.
    private var cutOff: [Topic: Exchange] = [:]
    private var bytes = 0
    private static let keyLimit = 10_000

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .exchange(let exchange):
            guard let join = exchange.join else {
                if exchange.event != nil, let view = exchange.view { joins[view] = nil }
                return
            }
            bytes += Int(clamping: exchange.byteCount)
            again(exchange, join)
            switch exchange.ending {
            case .answered:
                if let view = exchange.view, exchange.answer == .tree {
                    joins[view] = exchange
                } else if case .error(let reason)? = exchange.answer, !(join.isNavigation && reason == "unauthorized") {
                    failed(exchange, join, reason.isEmpty ? "error" : reason)
                }
            case .crashed: failed(exchange, join, "join crashed")
            case .left: failed(exchange, join, "no answer")
            // The recording, or the page, ended.
            case .cutOff: break
            }
        case .viewEnded(let view, let ending): ended(view, ending)
        default: break
        }
    }

    private mutating func ended(_ view: View, _ ending: ViewEnding) {
        guard let exchange = joins.removeValue(forKey: view.id), let join = exchange.join, let ended = view.ended,
            ended.monotonicNanoseconds &- view.joined.monotonicNanoseconds < thresholds.life
        else { return }
        switch ending {
        case .crashed: failed(exchange, join, "crashed at once")
        case .closed, .socketClosed, .rejoined:
            guard cutOff.count < Self.keyLimit else { return }
            cutOff[Topic(session: view.session, topic: view.topic)] = exchange
        case .left, .recordingEnded: break
        }
    }

    /// The same is joined again.
    private mutating func again(_ exchange: Exchange, _ join: JoinRequest) {
        guard !cutOff.isEmpty, let session = exchange.session,
            let before = cutOff.removeValue(forKey: Topic(session: session, topic: exchange.topic)),
            !join.isNavigation, let first = before.join
        else { return }
        failed(before, first, "closed at once")
    }

    private mutating func failed(_ exchange: Exchange, _ join: JoinRequest, _ reason: String) {
        if let session = exchange.session {
            count(.topic(session, exchange.topic), exchange, join, reason)
        }
        // Pages that are loaded again have other topics: only what failed outright tells that from visitors.
        if case .error = exchange.answer, !join.url.isEmpty { count(.url(join.url), exchange, join, reason) }
    }

    private mutating func count(_ key: Key, _ exchange: Exchange, _ join: JoinRequest, _ reason: String) {
        guard seen[key] != nil || seen.count < Self.keyLimit else { return }
        var sum = seen.removeValue(forKey: key) ?? Seen()
        let time = exchange.request.time
        sum.times.removeAll { time &- min($0, time) > thresholds.window }
        sum.times.append(time)
        if sum.times.count > thresholds.joins { sum.times.removeFirst() }
        sum.isLoop = sum.isLoop || sum.times.count >= thresholds.joins
        sum.joins += 1
        sum.bytes += Int(clamping: exchange.byteCount)
        if sum.reasons.count < 8 || sum.reasons[reason] != nil { sum.reasons[reason, default: 0] += 1 }
        sum.session = exchange.session
        sum.view = exchange.view
        sum.route = join.url.isEmpty ? exchange.topic : RequestPath.path(of: join.url)
        sum.messages.keep(exchange.request)
        seen[key] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        // A topic's loop is its URL's too.
        let topics = Set(
            seen.compactMap { key, sum in if case .topic = key, sum.isLoop { sum.route } else { nil } })
        return seen.filter { key, sum in
            guard case .url = key else { return sum.isLoop }
            return sum.isLoop && !topics.contains(sum.route)
        }.sorted { ($0.value.messages.first?.time ?? 0) < ($1.value.messages.first?.time ?? 0) }.map { key, sum in
            var place = context.place(sum.view.flatMap { context.views[$0] }, facts: sum.messages.first)
            place.session = sum.session
            place.route = sum.route
            if case .topic(_, let topic) = key { place.topic = topic }
            let reasons = sum.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
            return Finding(
                Self.facts, place: place,
                evidence: Finding.Evidence(
                    "\(sum.joins) joins came to nothing: \(reasons)", bytes: sum.bytes, count: sum.joins,
                    messages: sum.messages),
                savedBytes: sum.bytes, ofBytes: bytes)
        }
    }
}
