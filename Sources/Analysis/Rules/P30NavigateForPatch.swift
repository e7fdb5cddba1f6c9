package import Sessions

/// P30: live navigation to a page whose templates the client has: the same view, mounted anew.
package struct NavigateForPatch: Rule {
    package static let facts = RuleFacts(
        id: "P30", name: "navigate-for-patch", title: "Navigation where a patch would do", severity: .info,
        advice: """
            Navigation mounts a view anew and sends its whole tree, though it is the view that was there. With a patch, \
            handle_params gets the new URL, and only what differs travels.
            """,
        before: "<.link navigate={~p\"/items?page=2\"}>next</.link>",
        after: "<.link patch={~p\"/items?page=2\"}>next</.link>",
        source: "guide live-navigation")

    package struct Thresholds: Hashable, Sendable {
        /// The share of the statics, by bytes, that the view before had too. Default: 0.9.
        package var equal = 0.9
        /// Navigations to one route. Default: 1.
        package var navigations = 1

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var session: SessionID
        var route: String
    }

    private struct Seen {
        var view: ViewID
        var count = 0
        var statics = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    /// A view's statics.
    private struct Known {
        var root: TemplateText?
        var texts: Set<TemplateText> = []
    }

    private var views: [ViewID: Known] = [:]
    /// Of sessions, and the view that was left last.
    private var left: [SessionID: Known] = [:]
    /// Joins by navigation whose reply is awaited: the request comes as an exchange only after its tree.
    private var arrivals: [ViewID: (equal: Int, all: Int)] = [:]
    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff, .exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.view.url.isEmpty: take(diff)
        case .exchange(let exchange):
            guard let view = exchange.view, exchange.join != nil, let arrival = arrivals.removeValue(forKey: view),
                exchange.join?.isNavigation ?? false
            else { return }
            count(exchange, view, arrival)
        case .viewEnded(let view, let ending):
            arrivals[view.id] = nil
            guard let known = views.removeValue(forKey: view.id) else { return }
            switch ending {
            case .left, .closed, .rejoined: left[view.session] = known
            case .crashed, .socketClosed, .recordingEnded: left[view.session] = nil
            }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        guard diff.isJoin else {
            guard !diff.account.statics.isEmpty else { return }
            for statics in diff.account.statics { views[diff.view.id]?.texts.insert(statics.text) }
            return
        }
        var known = Known(root: diff.view.template)
        var all = 0
        var equal = 0
        let before = left.removeValue(forKey: diff.view.session)
        for statics in diff.account.statics {
            guard known.texts.insert(statics.text).inserted else { continue }
            all += statics.byteCount
            if before?.texts.contains(statics.text) ?? false { equal += statics.byteCount }
        }
        views[diff.view.id] = known
        guard let before, before.root == known.root, Double(equal) >= thresholds.equal * Double(all), all > 0 else {
            return
        }
        arrivals[diff.view.id] = (equal, all)
    }

    private mutating func count(_ exchange: Exchange, _ view: ViewID, _ arrival: (equal: Int, all: Int)) {
        guard let session = exchange.session else { return }
        let key = Key(session: session, route: exchange.route)
        var sum = seen[key] ?? Seen(view: view)
        sum.count += 1
        sum.statics += arrival.equal
        sum.bytes += Int(clamping: exchange.byteCount)
        sum.messages.keep(exchange.request)
        seen[key] = sum
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.filter { $0.value.count >= thresholds.navigations }
            .sorted { ($0.key.session, $0.key.route) < ($1.key.session, $1.key.route) }.map { key, sum in
                Finding(
                    Self.facts, place: context.place(context.views[sum.view], facts: sum.messages.first),
                    evidence: Finding.Evidence(
                        "\(sum.count) time\(sum.count == 1 ? "" : "s") navigated to the view that was left: "
                            + "\(sum.statics) bytes of statics again",
                        bytes: sum.bytes, count: sum.count, messages: sum.messages),
                    savedBytes: sum.statics, ofBytes: sum.bytes)
            }
    }
}
