package import Sessions

/// P33: a large form, all of which is sent for each change in one of its fields.
package struct WholeFormForOneField: Rule {
    package static let facts = RuleFacts(
        id: "P33", name: "whole-form-for-one-field", title: "A large form sent for one field", severity: .info,
        advice: """
            `phx-change` on a form sends all its fields each time, with an `_unused_` one for each that was not touched. \
            Put `phx-change` on the inputs that need it, or split the form.
            """,
        before: "<form phx-change=\"validate\">… 60 inputs …</form>",
        after: "<form phx-submit=\"save\">… <input name=\"zip\" phx-change=\"validate_zip\"> …</form>",
        source: "guide form-bindings; documentation of used_input?/2")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of the form. Default: 2 kB.
        package var bytes = 2_000
        /// The share of it, by bytes, that differs from the event before: less than this. Default: 0.1.
        package var changed = 0.1
        /// Such events. Default: 3.
        package var events = 3

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var last: [UInt8] = []
        var events = 0
        var bytes = 0
        var equalBytes = 0
        var unusedBytes = 0
        var messages: [MessageFacts] = []
    }

    /// By view and event.
    private var views: [ViewID: [String: Seen]] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .exchange(let exchange):
            guard let event = exchange.event, event.valueByteCount >= thresholds.bytes, event.type == "form",
                event.isValueText, let view = exchange.view
            else { return }
            take(event, exchange, view)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ event: ClientEvent, _ exchange: Exchange, _ view: ViewID) {
        var sum = views[view]?.removeValue(forKey: event.name) ?? Seen()
        defer { views[view, default: [:]][event.name] = sum }
        let last = sum.last
        sum.last = event.value
        guard !last.isEmpty, !event.value.isEmpty else { return }
        let before = Set(last.split(separator: UInt8(ascii: "&")))
        var equal = 0
        var unused = 0
        for pair in event.value.split(separator: UInt8(ascii: "&")) {
            if before.contains(pair) { equal += pair.count + 1 }
            if pair.contains("_unused_") { unused += pair.count + 1 }
        }
        guard Double(event.value.count - equal) < thresholds.changed * Double(event.value.count) else { return }
        sum.events += 1
        sum.bytes += Int(clamping: exchange.request.byteCount)
        sum.equalBytes += equal
        sum.unusedBytes += unused
        sum.messages.keep(exchange.request)
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: [String: Seen], _ view: View, _ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.events >= thresholds.events }.sorted { $0.key < $1.key }.map { event, sum in
            let unused = Double(sum.unusedBytes) / Double(max(1, sum.bytes))
            return Finding(
                Self.facts, place: context.place(view, event: event, facts: sum.messages.first),
                evidence: Finding.Evidence(
                    "\(sum.events) times \(sum.bytes / max(1, sum.events)) bytes for one field"
                        + (unused > 0 ? ", \(unused.asPercent) of it `_unused_`" : ""),
                    bytes: sum.bytes, count: sum.events,
                    ratio: Double(sum.equalBytes) / Double(max(1, sum.bytes)), messages: sum.messages),
                savedBytes: sum.equalBytes, ofBytes: sum.bytes)
        }
    }
}
