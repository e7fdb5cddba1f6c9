internal import LiveViewWire
package import Sessions

/// P13: times, and ids made by chance, that change with every render and so travel with every diff.
package struct VolatileSlots: Rule {
    package static let facts = RuleFacts(
        id: "P13", name: "volatile-slots", title: "A time or a random id in each diff", severity: .warning,
        advice: """
            What is different at each render is sent with each diff, and a new id makes the browser replace the element. \
            Format times by a hook on the client, and give elements ids that stay.
            """,
        before: ##"<p id={"row-#{System.unique_integer()}"}>seen {Timex.from_now(@seen)}</p>"##,
        after: ##"<p id={"row-#{@id}"}>seen <time id={"seen-#{@id}"} datetime={@seen} phx-hook="FromNow" /></p>"##,
        source: "guide assigns-eex; phoenix_live_view #1593")

    package struct Thresholds: Hashable, Sendable {
        /// Diffs that a view must have. Default: 5.
        package var diffs = 5
        /// The share of the view's diffs in which it changes. Default: 0.8.
        package var presence = 0.8
        /// Replies to events that a time must be in, and the share of all replies with a diff: a clock that only ticks
        /// by itself is what the page is for. Default: 3, and ``presence``.
        package var replies = 3

        package init() {}
    }

    package var thresholds = Thresholds()

    private enum Kind: Hashable {
        case time, id
    }

    private struct Slot {
        var kind: Kind
        var diffs = 0
        var replies = 0
        var bytes = 0
        /// Of an id: the values that it had, and whether one came again: then it is that of a thing.
        var values: Set<UInt64> = []
        var isOfThing = false
        /// The event that came with it last, and how often that was another one.
        var cause = ""
        var causes = 1
        var example: [UInt8] = []
        var messages: [MessageFacts] = []
    }

    private struct Seen {
        var diffs = 0
        var replies = 0
        var bytes = 0
        var slots: [PathID: Slot] = [:]
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []
    /// Whether a path is an `id` by its template.
    private var isID: [PathID: Bool] = [:]

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.isJoin: take(diff, context)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id) { done += findings(seen, view, context) }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep, _ context: RuleContext) {
        let account = diff.account
        // What says nothing is no render.
        guard account.bytes.leaves > 0 else { return }
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        seen.diffs += 1
        if diff.event != nil { seen.replies += 1 }
        seen.bytes += account.byteCount
        for tally in account.paths where tally.changedCount > 0 {
            // One that was not in so many diffs will hardly come to the share.
            if seen.slots[tally.path] == nil, seen.diffs > thresholds.diffs * 4 { continue }
            let leaf = account.leaves[tally.firstLeaf]
            guard let kind = kind(of: leaf.path, diff.text(of: leaf), context.paths) else { continue }
            var slot = seen.slots[tally.path] ?? Slot(kind: kind)
            slot.diffs += 1
            if diff.event != nil { slot.replies += 1 }
            let cause = diff.event?.name ?? ""
            if slot.diffs == 1 { slot.cause = cause } else if slot.cause != cause { slot.causes += 1 }
            slot.cause = cause
            if slot.kind == .id, slot.values.count < 100 {
                slot.isOfThing = slot.isOfThing || !slot.values.insert(leaf.hash).inserted
            }
            slot.bytes += tally.changedBytes
            if slot.example.isEmpty { slot.example = Array(diff.text(of: leaf).prefix(40)) }
            slot.messages.keep(diff.facts)
            seen.slots[tally.path] = slot
        }
        views[diff.view.id] = seen
    }

    private mutating func kind(of path: PathID, _ text: ArraySlice<UInt8>, _ paths: PathTable) -> Kind? {
        if isID(path, text, paths) { return LeafText.isByChance(text) && !paths.isOfMany(path) ? .id : nil }
        return LeafText.isVolatile(text) ? .time : nil
    }

    private mutating func isID(_ path: PathID, _ text: ArraySlice<UInt8>, _ paths: PathTable) -> Bool {
        if let name = LeafText.attribute(text) { return LeafText.equals(name, "id") }
        if let known = isID[path] { return known }
        let isOne = PathName(path, in: paths).attribute == "id"
        isID[path] = isOne
        return isOne
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ seen: Seen, _ view: View, _ context: RuleContext) -> [Finding] {
        guard seen.diffs >= thresholds.diffs else { return [] }
        let found = seen.slots.filter { _, slot in
            guard Double(slot.diffs) >= thresholds.presence * Double(seen.diffs) else { return false }
            return switch slot.kind {
            case .id: !slot.isOfThing && slot.causes > 1
            case .time:
                slot.replies >= thresholds.replies
                    && Double(slot.replies) >= thresholds.presence * Double(seen.replies)
            }
        }
        return found.sorted { $0.key < $1.key }.map { path, slot in
            let example = String(decoding: slot.example, as: UTF8.self)
            return Finding(
                Self.facts, place: context.place(view, path: path, facts: slot.messages.first),
                evidence: Finding.Evidence(
                    "changed in \(slot.diffs) of \(seen.diffs) diffs: “\(example)”", bytes: slot.bytes,
                    count: slot.diffs, ratio: Double(slot.diffs) / Double(seen.diffs), messages: slot.messages),
                savedBytes: slot.bytes, ofBytes: seen.bytes)
        }
    }
}
