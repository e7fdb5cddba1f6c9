package import Sessions

/// P31: an event that the view dies of, more than once.
package struct CrashByEvent: Rule {
    package static let facts = RuleFacts(
        id: "P31", name: "crash-by-event", title: "An event that crashes its view", severity: .error,
        advice: """
            The process died of this event: what the user did is lost, and the whole tree travels again. Mend the \
            handler; give forms an id, or `phx-auto-recover`, so that at least they come back.
            """,
        before: "def handle_event(\"pay\", %{\"id\" => id}, socket), do: ... Repo.get!(Order, id) ...",
        after: "case Repo.get(Order, id) do nil -> {:noreply, put_flash(socket, :error, \"gone\")} ...",
        source: "guide error-handling; form-bindings \"Recovery following crashes or disconnects\"")

    package struct Thresholds: Hashable, Sendable {
        /// Crashes by one event. Default: 2.
        package var crashes = 2

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var route: String
        var event: String
    }

    private struct Seen {
        var view: ViewID?
        var topic = ""
        var crashes = 0
        var rejoinBytes = 0
        var messages: [MessageFacts] = []
    }

    private struct Topic: Hashable {
        var session: SessionID
        var topic: String
    }

    private var seen: [Key: Seen] = [:]
    /// Of a crash: the oldest request that was not answered, which the process was at.
    private var culprit: Exchange?
    /// Whose next join is due to a crash.
    private var rejoins: [Topic: Key] = [:]
    private var joinBytes = 0
    private static let keyLimit = 10_000

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .exchange(let exchange):
            if exchange.join != nil { joined(exchange) }
            guard exchange.ending == .crashed, exchange.event != nil else { return }
            if let other = culprit, other.topic == exchange.topic, other.request.time <= exchange.request.time {
                return
            }
            culprit = exchange
        case .viewEnded(let view, .crashed): crashed(view)
        default: break
        }
    }

    private mutating func crashed(_ view: View) {
        guard let culprit, culprit.topic == view.topic, let event = culprit.event else { return }
        self.culprit = nil
        let key = Key(route: view.route, event: event.name)
        guard seen[key] != nil || seen.count < Self.keyLimit else { return }
        seen[key, default: Seen()].crashes += 1
        seen[key]?.view = view.id
        seen[key]?.topic = view.topic
        seen[key]?.messages.keep(culprit.request)
        rejoins[Topic(session: view.session, topic: view.topic)] = key
    }

    private mutating func joined(_ exchange: Exchange) {
        joinBytes += Int(clamping: exchange.byteCount)
        guard !rejoins.isEmpty, let session = exchange.session,
            let key = rejoins.removeValue(forKey: Topic(session: session, topic: exchange.topic))
        else { return }
        seen[key]?.rejoinBytes += Int(clamping: exchange.byteCount)
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.crashes >= thresholds.crashes }
            .sorted { ($0.key.route, $0.key.event) < ($1.key.route, $1.key.event) }.map { key, sum in
                Finding(
                    Self.facts,
                    place: context.place(
                        sum.view.flatMap { context.views[$0] }, event: key.event, facts: sum.messages.first),
                    evidence: Finding.Evidence(
                        "the view died of it \(sum.crashes) times", bytes: sum.rejoinBytes, count: sum.crashes,
                        messages: sum.messages),
                    savedBytes: sum.rejoinBytes, ofBytes: joinBytes)
            }
    }
}
