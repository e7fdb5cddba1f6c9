internal import LiveViewWire
package import Sessions

/// P32: key events that carry all of the text that is typed at.
package struct KeysWithWholeTexts: Rule {
    package static let facts = RuleFacts(
        id: "P32", name: "keys-with-whole-texts", title: "Each key carries the whole text", severity: .warning,
        advice: """
            A key event of an input has the input's whole value. Use `phx-change` on the form with a debounce, so that \
            the text travels when the typing rests.
            """,
        before: "<textarea phx-keyup=\"typed\">",
        after: "<form phx-change=\"typed\"><textarea name=\"text\" phx-debounce=\"500\">",
        source: "phoenix_live_view #680")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of the value. Default: 200.
        package var bytes = 200
        /// Such events close together. Default: 3.
        package var events = 3
        /// How close, in nanoseconds. Default: 2 s.
        package var window: UInt64 = 2_000_000_000

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var view: ViewID
        var event: String
    }

    private struct Seen {
        var times: [UInt64] = []
        var events = 0
        var bytes = 0
        var wasted = 0
        var isFound = false
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]
    private static let keyLimit = 10_000

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let event = exchange.event,
            event.valueByteCount >= thresholds.bytes, event.type == "keyup" || event.type == "keydown",
            let view = exchange.view, let size = Self.valueSize(event), size >= thresholds.bytes
        else { return }
        let key = Key(view: view, event: event.name)
        guard seen[key] != nil || seen.count < Self.keyLimit else { return }
        var sum = seen[key] ?? Seen()
        let time = exchange.request.time
        sum.times.removeAll { time &- min($0, time) > thresholds.window }
        // With a debounce, the first of those close together would not have been sent.
        if !sum.times.isEmpty { sum.wasted += Int(clamping: exchange.byteCount) }
        sum.times.append(time)
        sum.isFound = sum.isFound || sum.times.count >= thresholds.events
        if sum.times.count > thresholds.events { sum.times.removeFirst() }
        sum.events += 1
        sum.bytes += Int(clamping: exchange.byteCount)
        sum.messages.keep(exchange.request)
        seen[key] = sum
    }

    /// Bytes of the value's `value`; of a value that was too long to be kept, of all of it.
    private static func valueSize(_ event: ClientEvent) -> Int? {
        guard !event.value.isEmpty else { return event.valueByteCount }
        return (try? JSONValue(event.value.span))?["value"]?.string?.utf8.count
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter(\.value.isFound).sorted { ($0.key.view, $0.key.event) < ($1.key.view, $1.key.event) }.map {
            key, sum in
            Finding(
                Self.facts,
                place: context.place(context.views[key.view], event: key.event, facts: sum.messages.first),
                evidence: Finding.Evidence(
                    "\(sum.events) key events with the whole text, \(sum.bytes / max(1, sum.events)) bytes each with "
                        + "its answer",
                    bytes: sum.bytes, count: sum.events, messages: sum.messages),
                savedBytes: sum.wasted, ofBytes: sum.bytes)
        }
    }
}
