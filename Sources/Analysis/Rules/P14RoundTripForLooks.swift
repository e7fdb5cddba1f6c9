internal import LiveViewWire
package import Sessions

/// P14: an event that only goes between two looks of the page, as the browser could by itself.
package struct RoundTripForLooks: Rule {
    package static let facts = RuleFacts(
        id: "P14", name: "round-trip-for-looks", title: "A round trip to show or hide something", severity: .info,
        advice: """
            The event changes nothing but classes or styles, back and forth: the user waits for the network to see it. \
            If the server need not know, let a `Phoenix.LiveView.JS` command do it.
            """,
        before: "<button phx-click=\"toggle-menu\">Menu</button>",
        after: "<button phx-click={JS.toggle_class(\"open\", to: \"#menu\")}>Menu</button>",
        source: "guide syncing-changes \"Optimistic UIs via JS commands\"")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of a reply's diff, below which it may be for looks. Default: 200.
        package var bytes = 200
        /// Times that an event's reply is what it was two times before. Default: 2.
        package var returns = 2

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var view: ViewID
        var event: String
    }

    private struct Seen {
        var events = 0
        var forLooks = 0
        var returns = 0
        /// Hashes of the last two replies.
        var last: UInt64 = 0
        var beforeLast: UInt64 = 0
        var bytes = 0
        var path: PathID?
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]
    /// Replies that are for looks, until their exchange is over: the slot that changed.
    private var waiting: [Int: PathID] = [:]
    private var places: [PathID: Place] = [:]

    /// What a slot stands for by its template.
    private enum Place {
        case look, noLook, text
        /// Where attributes are: its text tells which.
        case attributes
    }

    package init() {}

    package static let observes: StepKinds = [.diff, .exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff):
            guard diff.event != nil, case .reply(let number) = diff.cause, let path = look(diff, context) else {
                return
            }
            waiting[number] = path
        case .exchange(let exchange): take(exchange)
        default: break
        }
    }

    /// - Returns: a slot that changed, if only looks did.
    private mutating func look(_ diff: DiffStep, _ context: RuleContext) -> PathID? {
        let account = diff.account
        guard account.byteCount < thresholds.bytes, account.bytes.changed > 0, account.bytes.new == 0,
            account.events.isEmpty, account.title == nil, account.lists.isEmpty, account.streams.isEmpty,
            account.statics.isEmpty, !account.isWhole, !account.places.contains(where: { !$0.isRedundant })
        else { return nil }
        var path: PathID?
        for leaf in account.leaves where leaf.kind == .changed {
            guard isLook(leaf.path, diff.text(of: leaf), context.paths) else { return nil }
            path = path ?? leaf.path
        }
        return path
    }

    private mutating func isLook(_ path: PathID, _ text: ArraySlice<UInt8>, _ paths: PathTable) -> Bool {
        switch place(of: path, paths) {
        case .look: true
        case .noLook, .text: false
        // Without a text, it is an attribute that is off.
        case .attributes: text.isEmpty || LeafText.attribute(text).map(Self.isLook) ?? false
        }
    }

    private mutating func place(of path: PathID, _ paths: PathTable) -> Place {
        if let known = places[path] { return known }
        let name = PathName(path, in: paths)
        let place: Place =
            if let attribute = name.attribute {
                Self.isLook(Array(attribute.utf8)[...]) ? .look : .noLook
            } else {
                name.isInTag ? .attributes : .text
            }
        places[path] = place
        return place
    }

    private static func isLook(_ name: ArraySlice<UInt8>) -> Bool {
        LeafText.isOne(name, of: ["class", "style", "hidden", "open"]) || LeafText.starts(name, "aria-")
    }

    private mutating func take(_ exchange: Exchange) {
        guard let event = exchange.event, let view = exchange.view else { return }
        let path = waiting.removeValue(forKey: exchange.number)
        let key = Key(view: view, event: event.name)
        // Events that do something are not counted one by one, but they tell that the name stands for more.
        guard path != nil || seen[key] != nil else { return }
        var counts = seen[key] ?? Seen()
        counts.events += 1
        if let path, exchange.pushes.isEmpty {
            counts.forLooks += 1
            counts.bytes += Int(clamping: exchange.byteCount)
            if exchange.diffHash == counts.beforeLast, exchange.diffHash != counts.last { counts.returns += 1 }
            counts.path = counts.path ?? path
            counts.messages.keep(exchange.request)
        }
        counts.beforeLast = counts.last
        counts.last = path == nil ? 0 : exchange.diffHash
        seen[key] = counts
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.view, $0.key.event) < ($1.key.view, $1.key.event) }.compactMap { key, counts in
            guard counts.returns >= thresholds.returns, counts.forLooks == counts.events else { return nil }
            return Finding(
                Self.facts,
                place: context.place(
                    context.views[key.view], path: counts.path, event: key.event, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    "\(counts.events) events changed only looks, \(counts.returns) times back to what they were",
                    bytes: counts.bytes, count: counts.events, messages: counts.messages),
                savedBytes: counts.bytes, ofBytes: counts.bytes)
        }
    }
}
