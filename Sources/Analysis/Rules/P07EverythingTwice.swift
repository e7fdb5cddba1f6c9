package import Sessions

/// P7: a page that travels as HTML, and again as the tree of its view's join.
package struct EverythingTwice: Rule {
    package static let facts = RuleFacts(
        id: "P7", name: "everything-twice", title: "A large page sent twice, as HTML and by the join", severity: .info,
        advice: """
            Mount runs twice, and what it renders is sent twice: as HTML, and as the tree of the join. \
            Load heavy parts when the socket is there (assign_async, connected?), page long lists, and compress.
            """,
        before: "{:ok, assign(socket, :rows, all_rows())}",
        after: "{:ok, assign_async(socket, :rows, fn -> {:ok, %{rows: all_rows()}} end)}",
        source: "LiveView docs \"Life-cycle\"; phoenix_live_view #4317, #912")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of a tree that is large by itself. Default: 100 000.
        package var treeBytes = 100_000
        /// Bytes of a tree, and of the HTML, below which it is not worth a word that they are two. Default: 30 000.
        package var twiceBytes = 30_000
        /// What share the smaller of the two must have of the larger. Default: 0.8.
        package var alike = 0.8

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var view: ViewID
        var joins = 0
        var tree = 0
        var html = 0
        var saved = 0
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private var routes: [String: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let join = exchange.join, exchange.answer == .tree,
            let view = exchange.view, let reply = exchange.reply, join.number == 1
        else { return }
        let tree = exchange.bytes.total
        guard tree >= min(thresholds.treeBytes, thresholds.twiceBytes) else { return }
        let html = join.page.map { Self.contentBytes(of: $0, topic: exchange.topic) } ?? 0
        let isTwice =
            min(tree, html) >= thresholds.twiceBytes
            && Double(min(tree, html)) >= thresholds.alike * Double(max(tree, html))
        guard isTwice || tree >= thresholds.treeBytes else { return }
        var counts = routes[exchange.route] ?? Seen(view: view)
        counts.joins += 1
        counts.tree = max(counts.tree, tree)
        if isTwice {
            counts.html = max(counts.html, html)
            // Loaded with the socket, the contents come once; statics and markup are in both.
            counts.saved += min(exchange.bytes.leaves, html)
        }
        counts.bytes += tree + html
        counts.messages.keep(reply)
        routes[exchange.route] = counts
    }

    /// Bytes of the HTML from where the view's content begins: what follows the view is little.
    private static func contentBytes(of page: DeadPage, topic: String) -> Int {
        guard let view = page.views.first(where: { topic == "lv:" + $0.id }) else { return 0 }
        return max(0, page.html.count - view.contentStart)
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        routes.sorted { $0.key < $1.key }.map { route, counts in
            let text =
                counts.html > 0
                ? "\(counts.html) bytes of HTML, and \(counts.tree) bytes of the join's tree with the same contents"
                : "the join's tree has \(counts.tree) bytes"
            var place = context.place(context.views[counts.view], facts: counts.messages.first)
            place.route = route
            return Finding(
                Self.facts, place: place,
                evidence: Finding.Evidence(
                    text + (counts.joins > 1 ? ", in \(counts.joins.of("join"))" : ""), bytes: counts.bytes,
                    count: counts.joins, messages: counts.messages),
                savedBytes: counts.saved, ofBytes: counts.bytes)
        }
    }
}
