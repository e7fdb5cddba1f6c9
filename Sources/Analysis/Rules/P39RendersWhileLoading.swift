package import Sessions

/// P39: what is loaded comes in several renders, one after the other: a loading state, then this, then that.
package struct RendersWhileLoading: Rule {
    package static let facts = RuleFacts(
        id: "P39", name: "renders-while-loading", title: "Loading that renders again and again", severity: .info,
        advice: """
            Each result of a task renders for itself, and the page jumps for each. Load what belongs together with one \
            assign_async of several keys.
            """,
        before: "socket |> assign_async(:a, &load_a/0) |> assign_async(:b, &load_b/0)",
        after: "assign_async(socket, [:a, :b], fn -> {:ok, %{a: a(), b: b()}} end)",
        source: "documentation of assign_async/4; liveview-wire section 4.12")

    package struct Thresholds: Hashable, Sendable {
        /// Pushes, between two requests of the client, that put a template where another was: of one place. Default: 2.
        package var renders = 2
        /// Or of different places. Default: 3.
        package var places = 3
        /// From one to the next, in nanoseconds. Default: 1 s.
        package var window: UInt64 = 1_000_000_000
        /// More of one place than this are no loading but a timer. Default: 4.
        package var most = 4

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Slot: Hashable {
        var path: PathID
        var component: Int32
        var entry: Int32
    }

    private struct Times {
        var count = 0
        /// Of these, the ones that came soon after the one before.
        var soon = 0
        var last: UInt64 = 0
        /// Of all but the newest.
        var bytes = 0
        var newest = 0
    }

    /// What was pushed since the last request.
    private struct Quiet {
        var view: View
        var slots: [Slot: Times] = [:]
        var pushes = 0
        var soonPushes = 0
        var lastPush: UInt64 = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private struct Key: Hashable {
        var session: SessionID
        var path: PathID
    }

    private struct Seen {
        var view: ViewID
        var times = 0
        var renders = 0
        var saved = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private var quiet: [ViewID: Quiet] = [:]
    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.message, .viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff):
            switch diff.cause {
            case .join, .reply: end(diff.view)
            case .caused, .unasked: if !diff.account.templates.isEmpty { take(diff) }
            }
        case .message(let message):
            switch message.kind {
            case .event, .patch: if !quiet.isEmpty, let id = message.view, let now = quiet[id] { end(now.view) }
            default: break
            }
        case .viewEnded(let view, _): end(view)
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        // The loading state goes with the join or the reply; from then on there is a template, or a text, to replace.
        let placed = diff.account.templates.filter { sent in
            guard sent.path != nil else { return false }
            switch sent.kind {
            case .replaced, .back, .new: return true
            case .repeated, .update: return false
            }
        }
        guard let first = placed.first else { return }
        var now = quiet.removeValue(forKey: diff.view.id) ?? Quiet(view: diff.view)
        let time = diff.facts.time
        var isNewPlace = false
        for sent in placed {
            guard let path = sent.path else { continue }
            // What is in a template that came with it is no place of its own.
            if sent.kind == .new, path != first.path { continue }
            let slot = Slot(path: path, component: sent.component, entry: sent.entry)
            if now.slots[slot] == nil { isNewPlace = true }
            guard now.slots[slot] != nil || now.slots.count < 100 else { continue }
            var times = now.slots[slot] ?? Times()
            if times.count > 0, time &- times.last <= thresholds.window { times.soon += 1 }
            times.bytes += times.newest
            times.newest = sent.byteCount
            times.count += 1
            times.last = time
            now.slots[slot] = times
        }
        if now.pushes > 0, isNewPlace, time &- now.lastPush <= thresholds.window { now.soonPushes += 1 }
        now.pushes += 1
        now.lastPush = time
        now.bytes += diff.account.byteCount
        now.messages.keep(diff.facts)
        quiet[diff.view.id] = now
    }

    /// The client asks for something, or is gone.
    private mutating func end(_ view: View) {
        guard let now = quiet.removeValue(forKey: view.id) else { return }
        guard !now.slots.values.contains(where: { $0.count > thresholds.most }) else { return }
        let again = now.slots.filter { $0.value.count >= thresholds.renders && $0.value.soon + 1 >= thresholds.renders }
        for (slot, times) in again { count(slot.path, times.count, times.bytes, now, view) }
        guard again.isEmpty, now.soonPushes + 1 >= thresholds.places,
            let path = now.slots.keys.map(\.path).min()
        else { return }
        count(path, now.pushes, 0, now, view)
    }

    private mutating func count(_ path: PathID, _ renders: Int, _ saved: Int, _ now: Quiet, _ view: View) {
        let key = Key(session: view.session, path: path)
        var sum = seen[key] ?? Seen(view: view.id)
        sum.times += 1
        sum.renders += renders
        sum.saved += saved
        sum.bytes += now.bytes
        for message in now.messages { sum.messages.keep(message) }
        seen[key] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.session, $0.key.path) < ($1.key.session, $1.key.path) }.map { key, sum in
            Finding(
                Self.facts, place: context.place(context.views[sum.view], path: key.path, facts: sum.messages.first),
                evidence: Finding.Evidence(
                    "\(sum.renders) pushes with templates, one soon after the other, with no request between",
                    bytes: sum.bytes, count: sum.renders, messages: sum.messages),
                savedBytes: sum.saved, ofBytes: sum.bytes)
        }
    }
}
