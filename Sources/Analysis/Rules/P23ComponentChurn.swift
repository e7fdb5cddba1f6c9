internal import LiveViewWire
package import Sessions

/// P23: components are destroyed, and the same ones made anew under other numbers.
package struct ComponentChurn: Rule {
    package static let facts = RuleFacts(
        id: "P23", name: "component-churn", title: "Components destroyed and made again", severity: .warning,
        advice: """
            A component whose id changes, or whose parent is made anew, loses its state and travels whole again. Give \
            it an id that comes from the data, and keep the template around it the same.
            """,
        before: "<.live_component :for={{item, i} <- Enum.with_index(@items)} module={Row} id={\"#{@page}-#{i}\"} />",
        after: "<.live_component :for={item <- @items} module={Row} id={item.id} />",
        source: "Phoenix.LiveComponent documentation; liveview-wire section 2.10")

    package struct Thresholds: Hashable, Sendable {
        /// Components that are destroyed, and made again with equal contents. Default: 10.
        package var components = 10
        /// Diffs before and after a destruction in which the same may come again: what takes the place comes before the
        /// client says what is gone. Default: 3.
        package var diffs = 3

        package init() {}
    }

    package var thresholds = Thresholds()

    /// What was made, or is gone, with the number of the view's diff then.
    private struct Batch {
        var diff: Int
        /// By what they hold: how many, and their bytes.
        var contents: [UInt64: (count: Int, bytes: Int)] = [:]
    }

    private struct Seen {
        var diffs = 0
        var bytes = 0
        /// By number, of those that were not changed since.
        var signatures: [Int: UInt64] = [:]
        var made: [Batch] = []
        var gone: [Batch] = []
        var count = 0
        var wasted = 0
        var messages: [MessageFacts] = []
        var lastFacts: MessageFacts?
    }

    private var views: [ViewID: Seen] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff, .componentsRemoved]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff):
            if diff.account.components.isEmpty {
                guard views[diff.view.id] != nil else { return }
                views[diff.view.id]?.diffs += 1
                if !diff.isJoin { views[diff.view.id]?.bytes += diff.account.byteCount }
            } else {
                take(diff)
            }
        case .componentsRemoved(let view, let removed):
            take(removed, of: view)
        case .viewEnded(let view, _):
            if let seen = views.removeValue(forKey: view.id), let finding = finding(seen, view, context) {
                done.append(finding)
            }
        default: break
        }
    }

    private mutating func take(_ diff: DiffStep) {
        var seen = views.removeValue(forKey: diff.view.id) ?? Seen()
        defer { views[diff.view.id] = seen }
        seen.diffs += 1
        seen.lastFacts = diff.facts
        if !diff.isJoin { seen.bytes += diff.account.byteCount }
        var batch = Batch(diff: seen.diffs)
        for component in diff.account.components {
            guard component.kind != .update else {
                seen.signatures[component.component] = nil
                continue
            }
            let signature = Self.signature(component, diff)
            seen.signatures[component.component] = signature
            guard !diff.isJoin, !component.existed else { continue }
            let known = batch.contents[signature] ?? (0, 0)
            batch.contents[signature] = (known.count + 1, known.bytes + component.byteCount)
        }
        seen.made.removeAll { $0.diff + thresholds.diffs < seen.diffs }
        seen.gone.removeAll { $0.diff + thresholds.diffs < seen.diffs }
        guard !batch.contents.isEmpty else { return }
        seen.made.append(batch)
        match(&seen)
    }

    private mutating func take(_ removed: [RemovedComponent], of view: ViewID) {
        guard var seen = views.removeValue(forKey: view) else { return }
        defer { views[view] = seen }
        var batch = Batch(diff: seen.diffs)
        for component in removed {
            guard let signature = seen.signatures.removeValue(forKey: component.component) else { continue }
            batch.contents[signature] = ((batch.contents[signature]?.count ?? 0) + 1, 0)
        }
        seen.made.removeAll { $0.diff + thresholds.diffs < seen.diffs }
        guard removed.count >= thresholds.components, !batch.contents.isEmpty else { return }
        seen.gone.append(batch)
        match(&seen)
    }

    /// Counts what is gone and was made again, and takes it out.
    private func match(_ seen: inout Seen) {
        for gone in seen.gone.indices {
            for made in seen.made.indices {
                var count = 0
                var bytes = 0
                for (content, there) in seen.gone[gone].contents {
                    guard let again = seen.made[made].contents[content] else { continue }
                    let both = min(there.count, again.count)
                    count += both
                    bytes += again.bytes * both / again.count
                }
                guard count >= thresholds.components else { continue }
                seen.count += count
                seen.wasted += bytes
                if let facts = seen.lastFacts { seen.messages.keep(facts) }
                seen.made[made].contents = [:]
                seen.gone[gone].contents = [:]
            }
        }
    }

    private static let target = Array(" phx-target=".utf8)

    /// What a component holds, its number left out: `phx-target` says it.
    private static func signature(_ component: DiffAccount.SentComponent, _ diff: DiffStep) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: component.template.number) &+ 0x9e37_79b9_7f4a_7c15
        let number = "\(component.component)"
        for index in component.leaves {
            let leaf = diff.account.leaves[index]
            var part = leaf.hash
            if leaf.byteCount < 32 {
                let text = diff.text(of: leaf)
                if text.starts(with: target) || text.elementsEqual(number.utf8) { part = 1 }
            }
            hash = (hash ^ part) &* 0x100_0000_01b3
        }
        return hash
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func finding(_ seen: Seen, _ view: View, _ context: RuleContext) -> Finding? {
        guard seen.count > 0 else { return nil }
        return Finding(
            Self.facts, place: context.place(view, facts: seen.messages.first),
            evidence: Finding.Evidence(
                "\(seen.count) components were destroyed and made again with the same contents",
                bytes: seen.wasted, count: seen.count, messages: seen.messages),
            savedBytes: seen.wasted, ofBytes: seen.bytes)
    }
}
