internal import LiveViewWire
package import Sessions

/// P12: pushes that come faster than anybody looks.
package struct DiffStorm: Rule {
    package static let facts = RuleFacts(
        id: "P12", name: "diff-storm", title: "More pushes than anybody can see", severity: .warning,
        advice: """
            Each message that the view handles is a render and a push of its own; nothing joins them. \
            Collect what comes and assign it once by a timer, or subscribe to less.
            """,
        before: "def handle_info({:tick, value}, socket), do: {:noreply, assign(socket, :value, value)}",
        after: "def handle_info({:tick, value}, socket), do: {:noreply, keep(socket, value)}\n"
            + "def handle_info(:show, socket), do: {:noreply, assign(socket, :value, kept(socket))}",
        source: "phoenix_live_view #522; xebow #86; liveview-wire section 4")

    package struct Thresholds: Hashable, Sendable {
        /// Pushes of a second. Default: 10, and more are a storm.
        package var pushesPerSecond = 10
        /// Nanoseconds that they must go on. Default: 1 s.
        package var duration: UInt64 = 1_000_000_000
        /// Pushes of a burst that touch the same slot. Default: 5.
        package var burst = 5
        /// Nanoseconds that a burst takes, at most. Default: 50 ms.
        package var burstTime: UInt64 = 50_000_000

        package init() {}
    }

    package var thresholds = Thresholds()

    /// The last push that touched a slot.
    private struct Touch {
        var burstStart: UInt64
        var burstCount = 1
        var time: UInt64
        var bytes: Int
    }

    private struct Seen {
        /// Times of the last pushes, the oldest first.
        var times: [UInt64] = []
        var stormStart: UInt64?
        // Of the storm that may be one.
        var pendingPushes = 0
        var pendingSaved = 0
        var storms = 0
        var isCounted = false
        var longest: UInt64 = 0
        var stormPushes = 0
        var bursts = 0
        var burstPath: PathID?
        var saved = 0
        var bytes = 0
        var touches: [PathID: Touch] = [:]
        var messages: [MessageFacts] = []
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff):
            switch diff.cause {
            case .join, .reply: return
            case .caused, .unasked: take(diff, context)
            }
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep, _ context: RuleContext) {
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        seen.bytes += Int(clamping: diff.facts.byteCount)
        let touched = touch(diff, &seen, context)
        let time = diff.facts.time
        seen.times.append(time)
        if seen.times.count > thresholds.pushesPerSecond + 1 { seen.times.removeFirst() }
        let first = seen.times.first ?? time
        let isFast = seen.times.count > thresholds.pushesPerSecond && time &- first <= 1_000_000_000
        if isFast {
            let start = seen.stormStart ?? first
            if seen.stormStart == nil { seen.pendingPushes = thresholds.pushesPerSecond }
            seen.stormStart = start
            seen.pendingPushes += 1
            seen.pendingSaved += touched.superseded
            if time &- start >= thresholds.duration { count(&seen, until: time, diff.facts) }
        } else {
            seen.stormStart = nil
            seen.isCounted = false
            seen.pendingPushes = 0
            seen.pendingSaved = 0
        }
        if touched.isBurst {
            seen.bursts += 1
            seen.burstPath = seen.burstPath ?? touched.path
            seen.messages.keep(diff.facts)
        }
        if !seen.isCounted { seen.saved += touched.burstSaved }
        views[diff.view.id] = seen
    }

    private func count(_ seen: inout Seen, until time: UInt64, _ facts: MessageFacts) {
        if !seen.isCounted { seen.storms += 1 }
        seen.isCounted = true
        seen.stormPushes += seen.pendingPushes
        seen.saved += seen.pendingSaved
        seen.longest = max(seen.longest, time &- (seen.stormStart ?? time))
        seen.pendingPushes = 0
        seen.pendingSaved = 0
        seen.messages.keep(facts)
    }

    private struct Touched {
        /// Bytes of the slots' last values, less than a tenth of a second old: nobody saw them.
        var superseded = 0
        var isBurst = false
        var burstSaved = 0
        var path: PathID?
    }

    private func touch(_ diff: DiffStep, _ seen: inout Seen, _ context: RuleContext) -> Touched {
        var touched = Touched()
        var joined = 0
        let time = diff.facts.time
        let interval = 1_000_000_000 / UInt64(max(1, thresholds.pushesPerSecond))
        for tally in diff.account.paths {
            guard var touch = seen.touches[tally.path] else {
                seen.touches[tally.path] = Touch(burstStart: time, time: time, bytes: tally.bytes)
                continue
            }
            // Of a list's rows, or components, each push may be about another one.
            let superseded = context.paths.isOfMany(tally.path) ? 0 : touch.bytes
            if time &- touch.time < interval { touched.superseded += superseded }
            if time &- touch.burstStart <= thresholds.burstTime {
                touch.burstCount += 1
                if touch.burstCount == thresholds.burst {
                    touched.isBurst = true
                    touched.path = tally.path
                    touched.burstSaved += superseded * (thresholds.burst - 1)
                    joined = thresholds.burst - 1
                } else if touch.burstCount > thresholds.burst {
                    touched.burstSaved += superseded
                    joined = max(joined, 1)
                }
            } else {
                touch.burstStart = time
                touch.burstCount = 1
            }
            touch.time = time
            touch.bytes = tally.bytes
            seen.touches[tally.path] = touch
        }
        // Pushes that are one have one head.
        touched.burstSaved += joined * max(0, Int(clamping: diff.facts.byteCount) - diff.account.byteCount)
        return touched
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.storms > 0 || seen.bursts > 0 else { return [] }
        var parts: [String] = []
        if seen.storms > 0 {
            parts.append(
                """
                \(seen.stormPushes) pushes faster than \(thresholds.pushesPerSecond) a second, for up to \
                \(seen.longest / 1_000_000) ms
                """)
        }
        if seen.bursts > 0 {
            parts.append(
                "\(seen.bursts) times \(thresholds.burst) within \(thresholds.burstTime / 1_000_000) ms to one slot")
        }
        return [
            Finding(
                Self.facts, place: context.place(view, path: seen.burstPath, facts: seen.messages.first),
                evidence: Finding.Evidence(
                    parts.joined(separator: "; "), bytes: seen.bytes, count: max(seen.stormPushes, seen.bursts),
                    messages: seen.messages),
                savedBytes: seen.saved, ofBytes: seen.bytes)
        ]
    }
}
