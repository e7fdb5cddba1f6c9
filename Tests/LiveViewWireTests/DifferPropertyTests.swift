import LiveViewWire
import TestSupport
import Testing

/// Merging what the differ sends into the old tree gives the new tree's HTML, whatever was rendered.
@Suite struct DifferPropertyTests {
    @Test(arguments: [Differ.Format.rows, .keyed]) func mergedDiffsGiveTheNewHTML(format: Differ.Format) throws {
        let differ = Differ(format: format, seed: 7)
        var sent = 0
        for seed in 0..<150 {
            var renders = RandomRenders(seed: UInt64(seed))
            var render = renders.render()
            var memory = RenderMemory()
            var tree = LiveTree()
            for step in 0..<12 {
                let next = differ.diff(from: memory, to: render)
                memory = next.memory
                try tree.apply(RenderedDiff(next.json.span))
                let expected = try LiveTree(render).html()
                let shown = try tree.html()
                guard shown == expected else {
                    Issue.record(
                        """
                        seed \(seed), step \(step): \(String(decoding: next.json, as: UTF8.self))
                        shows \(String(decoding: shown, as: UTF8.self))
                        is to show \(String(decoding: expected, as: UTF8.self))
                        """)
                    return
                }
                #expect(tree.missingSlots == [])
                let gone = renders.dropped(from: render)
                memory.forget(gone)
                tree.removeComponents(gone)
                render = renders.edited(render)
                sent += next.json.count
            }
        }
        #expect(sent > 100_000)
    }

    /// The same render again sends nothing, but for what streams insert.
    @Test(arguments: [Differ.Format.rows, .keyed]) func theSameAgainSendsNothing(format: Differ.Format) throws {
        let differ = Differ(format: format)
        var empty = 0
        for seed in 0..<200 {
            var renders = RandomRenders(seed: UInt64(seed))
            let render = renders.render()
            let first = differ.diff(from: RenderMemory(), to: render)
            let second = differ.diff(from: first.memory, to: render)
            let operations = try RenderedDiff(first.json.span)
            var tree = LiveTree()
            if try tree.apply(operations).streams.allSatisfy(\.isEmpty) {
                #expect(second.isEmpty, "seed \(seed): \(String(decoding: second.json, as: UTF8.self))")
                empty += 1
            }
            #expect(second.memory == first.memory)
        }
        #expect(empty > 50)
    }
}
