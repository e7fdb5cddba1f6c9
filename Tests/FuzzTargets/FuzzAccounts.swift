internal import LiveViewWire
internal import RecordingStore
internal import Sessions

/// What the accounts of diffs must say, whatever the diffs are; and that what ``LiveTree`` merges is.
struct FuzzAccounts {
    private var trees: [ViewID: LiveTree] = [:]
    private var problem: String?

    static func problem(in events: [ConversationEvent], _ settings: SessionSettings) -> String? {
        var accounts = Self()
        var tracker = SessionTracker(settings: settings)
        let paths = tracker.paths
        for event in events { tracker.receive(event) { accounts.take($0, paths) } }
        tracker.end { accounts.take($0, paths) }
        return accounts.problem
    }

    private mutating func take(_ step: SessionStep, _ paths: PathTable) {
        switch step {
        case .diff(let diff):
            problem = problem ?? Self.problem(in: diff.account) ?? problem(of: diff)
            for tally in diff.account.paths { _ = PathName(tally.path, in: paths).description }
            for leaf in diff.account.leaves { _ = diff.text(of: leaf) }
        case .componentsRemoved(let view, let removed):
            trees[view]?.removeComponents(removed.map { ComponentID($0.component) })
        case .viewEnded(let view, _): trees[view.id] = nil
        case .note(let note):
            // Something was lost: of which views, the steps do not say.
            if !note.text.hasPrefix("a diff could not be merged") { trees = [:] }
        case .pageLoaded, .http, .sessionBegan, .socketOpened, .socketClosed, .message, .viewJoined, .push, .exchange,
            .general:
            break
        }
    }

    static func parts(of bytes: DiffBytes) -> [Int] {
        [
            bytes.new, bytes.changed, bytes.redundant, bytes.firstStatics, bytes.resentStatics, bytes.places,
            bytes.events, bytes.title, bytes.reply, bytes.streams, bytes.structure, bytes.unknown,
        ]
    }

    private static func problem(in account: DiffAccount) -> String? {
        let bytes = account.bytes
        if bytes.total != account.byteCount { return "\(bytes) is not \(account.byteCount)" }
        if !parts(of: bytes).allSatisfy({ $0 >= 0 }) { return "\(bytes)" }
        let leaves = account.leaves.reduce(0) { $0 + $1.byteCount }
        if leaves != bytes.leaves { return "\(leaves) in leaves, \(bytes.leaves) in sum" }
        let byPath = account.paths.reduce(0) { $0 + $1.bytes }
        if byPath != leaves { return "\(byPath) by path, \(leaves) in leaves" }
        if account.paths.reduce(0, { $0 + $1.count }) != account.leaves.count { return "leaves of no path" }
        return nil
    }

    /// What ``LiveTree`` can merge, the walk can; not the other way round: it takes less notice of what it does not need.
    private mutating func problem(of diff: DiffStep) -> String? {
        guard var tree = diff.isJoin ? LiveTree() : trees.removeValue(forKey: diff.view.id) else { return nil }
        tree.forgetStreamEntries()
        let before = tree
        let payload = diff.payload
        guard let change = try? RenderedDiff(payload.span, in: diff.range), (try? tree.apply(change)) != nil else {
            trees[diff.view.id] = nil
            return nil
        }
        if let problem = diff.account.problem { return "not merged, and can be: \(problem)" }
        trees[diff.view.id] = tree
        guard diff.account.changesNothing, !diff.isJoin, tree != before else { return nil }
        // What it prints may be the same all the same. It is much, if a component is in many places: with a limit.
        let pages = [before, tree].map { try? $0.html(limits: RenderLimits(maximumByteCount: 1 << 16)) }
        guard let old = pages[0], let new = pages[1], old != new else { return nil }
        return
            "changes, and is said not to: \(String(decoding: old, as: UTF8.self)) to \(String(decoding: new, as: UTF8.self))"
    }
}
