import LiveViewWire
import Testing

@testable import LiveViewWire

/// The HTML of each state in the samples of four versions of LiveView is what another implementation makes of them
/// (`tools/make-golden-html`).
@Suite struct GoldenHTMLTests {
    static let samples = Fixtures.names(in: Fixtures.samples, withExtension: "txt")

    @Test func thereAreSamplesOfFourVersions() {
        #expect(Self.samples.count == 10)
    }

    @Test(arguments: samples) func mergedTreesRenderAsTheGoldenOnesDo(sample: String) throws {
        var views: [String: LiveTree] = [:]
        var output = ""
        for message in try SampleMessage.all(in: sample) {
            if message.isWhole { views[message.view] = LiveTree() }
            var tree = try #require(views[message.view])
            try tree.apply(RenderedDiff(message.diff.span))
            tree.removeComponents(message.removed)
            #expect(tree.missingSlots == [], "line \(message.line)")
            let html = try tree.html()
            if sample.contains("random") {
                let hash = String(fnv1a(html), radix: 16)
                let padded = String(repeating: "0", count: 16 - hash.count) + hash
                output += "== \(message.line) \(message.view) \(html.count) \(padded)\n"
            } else {
                output += "== \(message.line) \(message.view)\n\(String(decoding: html, as: UTF8.self))\n"
            }
            views[message.view] = tree
        }
        let golden = try Fixtures.lines(String(sample.dropLast(3)) + "html", in: Fixtures.samples)
        let made = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(made.count == golden.count)
        for (index, pair) in zip(made, golden).enumerated() where pair.0 != pair.1 {
            Issue.record("line \(index + 1): \(pair.0)\nis to be \(pair.1)")
            break
        }
    }

    /// Each message has one kind of list, and streams of the shape of its version.
    @Test(arguments: [
        ("server-lv-0.20.17.txt", RenderedDiff.ListForm.rows, StreamOperation.Shape.list),
        ("server-lv-1.0.19.txt", .rows, .list),
        ("server-lv-1.1.33.txt", .keyed, .listWithUpdateOnly),
        ("server-lv-1.2.10-basic.txt", .keyed, .listWithUpdateOnly),
    ])
    func messagesShowTheirVersion(
        sample: String, form: RenderedDiff.ListForm, shape: StreamOperation.Shape
    ) throws {
        var tree = LiveTree()
        var shapes: Set<StreamOperation.Shape> = []
        for message in try SampleMessage.all(in: sample) {
            if message.isWhole { tree = LiveTree() }
            let diff = try RenderedDiff(message.diff.span)
            #expect(diff.listForm == nil || diff.listForm == form)
            // An operation without inserts does not show which of the lists it is.
            shapes.formUnion(try tree.apply(diff).streams.filter { !$0.inserts.isEmpty }.map(\.shape))
        }
        #expect(shapes == [shape])
    }
}
