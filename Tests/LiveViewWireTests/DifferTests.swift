import LiveViewWire
import Testing

@Suite struct DifferTests {
    /// A server and its client: what is sent, and what is shown.
    private struct Pair {
        var differ: Differ
        var memory = RenderMemory()
        var tree = LiveTree()

        init(_ format: Differ.Format) { differ = Differ(format: format) }

        /// Renders, sends and merges; returns what was sent.
        mutating func show(_ render: Render, effects: Differ.Effects = Differ.Effects()) throws -> String {
            let step = differ.diff(from: memory, to: render, effects: effects)
            memory = step.memory
            try tree.apply(RenderedDiff(step.json.span))
            #expect(try tree.html() == LiveTree(render).html())
            #expect(step.isEmpty == (step.json == Array("{}".utf8)))
            return String(decoding: step.json, as: UTF8.self)
        }
    }

    private static let page: Statics = ["<p>", "", "</p>"]
    private static let item: Statics = ["<li>", "</li>"]

    private func list(_ letters: String, isKeyed: Bool = true) -> Render.Slot {
        .list(
            Render.List(
                Self.item,
                letters.map { letter in
                    let key = isKeyed ? letter.unicodeScalars.first.map { UInt64($0.value) } : nil
                    return Render.Entry(key: key, [.text(Markup(String(letter).lowercased()))])
                }))
    }

    private func page(_ slots: Render.Slot...) -> Render { Render(root: Render.Template(Self.page, slots)) }

    @Test(arguments: [Differ.Format.rows, .keyed]) func equalTextsAreNotSentAgain(format: Differ.Format) throws {
        var pair = Pair(format)
        _ = try pair.show(page(.text("1"), .text("a")))
        #expect(try pair.show(page(.text("1"), .text("a"))) == "{}")
        #expect(try pair.show(page(.text("2"), .text("a"))) == #"{"0":"2"}"#)
        #expect(try pair.show(page(.text("2"), .text("\"b\""))) == #"{"1":"\"b\""}"#)
    }

    @Test func aWholeTreeComesFirst() throws {
        var rows = Pair(.rows)
        let render = Render(
            root: Render.Template(
                Self.page,
                [.template(Render.Template(["<b>", "</b>"], [.text("x")], hasSingleRoot: true)), list("ab")],
                hasSingleRoot: true))
        #expect(
            try rows.show(render)
                == #"{"0":{"0":"x","s":["<b>","</b>"],"r":1},"1":{"d":[["a"],["b"]],"s":["<li>","</li>"]},"s":["<p>","","</p>"],"r":1}"#
        )
        var keyed = Pair(.keyed)
        #expect(
            try keyed.show(render)
                == #"{"0":{"0":"x","s":0,"r":1},"1":{"k":{"0":{"0":"a"},"1":{"0":"b"},"kc":2},"s":1},"s":2,"r":1,"p":{"0":["<b>","</b>"],"1":["<li>","</li>"],"2":["<p>","","</p>"]}}"#
        )
    }

    /// The examples of a keyed list's changes, as a server of 1.2.10 writes them.
    @Test(arguments: [
        ("ab", "ba", #"{"0":1,"1":0,"kc":2,"km":true}"#),
        ("ab", "cab", #"{"0":{"0":"c"},"1":0,"2":1,"kc":3,"km":true}"#),
        ("ab", "", #"{"kc":0}"#), ("abc", "bc", #"{"0":1,"1":2,"kc":2,"km":true}"#), ("abc", "ab", #"{"kc":2}"#),
        ("ab", "abc", #"{"2":{"0":"c"},"kc":3}"#), ("abc", "axc", #"{"1":{"0":"x"},"kc":3}"#),
        ("ab", "aa", #"{"1":{"0":"a"},"kc":2}"#), ("aa", "a", #"{"kc":1}"#),
    ])
    func keyedEntriesMove(from: String, to: String, change: String) throws {
        var pair = Pair(.keyed)
        _ = try pair.show(page(.text(""), list(from)))
        #expect(try pair.show(page(.text(""), list(to))) == #"{"1":{"k":\#(change)}}"#)
        #expect(try pair.show(page(.text(""), list(to))) == "{}")
    }

    @Test func entriesMoveWithTheirChanges() throws {
        var pair = Pair(.keyed)
        func entries(_ entries: [(UInt64, String)]) -> Render {
            page(.text(""), .list(Render.List(Self.item, entries.map { Render.Entry(key: $0, [.text(Markup($1))]) })))
        }
        _ = try pair.show(entries([(1, "a"), (2, "b")]))
        #expect(
            try pair.show(entries([(2, "B"), (1, "a")])) == #"{"1":{"k":{"0":[1,{"0":"B"}],"1":0,"kc":2,"km":true}}}"#)
    }

    @Test func withoutKeysThePlaceIsTheKey() throws {
        var pair = Pair(.keyed)
        _ = try pair.show(page(.text(""), list("ab", isKeyed: false)))
        #expect(
            try pair.show(page(.text(""), list("cab", isKeyed: false)))
                == #"{"1":{"k":{"0":{"0":"c"},"1":{"0":"a"},"2":{"0":"b"},"kc":3}}}"#)
    }

    @Test func rowsAreSentAllOrNot() throws {
        var pair = Pair(.rows)
        #expect(try pair.show(page(.text("1"), list(""))) == #"{"0":"1","1":"","s":["<p>","","</p>"]}"#)
        #expect(try pair.show(page(.text("1"), list("ab"))) == #"{"1":{"d":[["a"],["b"]],"s":["<li>","</li>"]}}"#)
        #expect(try pair.show(page(.text("2"), list("ab"))) == #"{"0":"2"}"#)
        #expect(try pair.show(page(.text("2"), list("ba"))) == #"{"1":{"d":[["b"],["a"]]}}"#)
        #expect(try pair.show(page(.text("2"), list(""))) == #"{"1":{"d":[]}}"#)
    }

    @Test(arguments: [Differ.Format.rows, .keyed]) func anotherTemplateIsSentWhole(format: Differ.Format) throws {
        var pair = Pair(format)
        let on = Render.Slot.template(Render.Template(["<b>on</b>"]))
        let off = Render.Slot.template(Render.Template(["<i>", "</i>"], [.text("off")]))
        _ = try pair.show(page(on, .text("")))
        let sent = try pair.show(page(off, .text("")))
        #expect(
            sent
                == (format == .rows
                    ? #"{"0":{"0":"off","s":["<i>","</i>"]}}"# : #"{"0":{"0":"off","s":0},"p":{"0":["<i>","</i>"]}}"#))
        #expect(try pair.show(page(off, .text(""))) == "{}")
    }

    // MARK: - Components

    private func card(_ text: String, _ inner: String) -> Render.Template {
        Render.Template(
            ["<div>", "", "</div>"],
            [.text(Markup(text)), .template(Render.Template(["<b>", "</b>"], [.text(Markup(inner))]))],
            hasSingleRoot: true)
    }

    @Test func aComponentTakesOverTheStaticsOfAnother() throws {
        var pair = Pair(.keyed)
        let first = try pair.show(
            Render(
                root: Render.Template(Self.page, [.component(1), .component(2)]),
                components: [1: card("a", "x"), 2: card("b", "x")]))
        #expect(
            first
                == #"{"0":1,"1":2,"s":0,"p":{"0":["<p>","","</p>"]},"c":{"1":{"0":"a","1":{"0":"x","s":["<b>","</b>"]},"s":["<div>","","</div>"],"r":1},"2":{"s":1,"0":"b","1":{"0":"x"}}}}"#
        )
        let second = try pair.show(
            Render(
                root: Render.Template(Self.page, [.component(1), .component(3)]),
                components: [1: card("A", "x"), 3: card("c", "y")]))
        #expect(second == #"{"1":3,"c":{"1":{"0":"A"},"3":{"s":-1,"0":"c","1":{"0":"y"}}}}"#)
    }

    @Test func aForgottenComponentIsSentWhole() throws {
        var pair = Pair(.keyed)
        let render = Render(
            root: Render.Template(Self.page, [.component(1), .text("")]), components: [1: card("a", "x")])
        _ = try pair.show(render)
        #expect(pair.memory.componentIDs.contains(1))
        pair.memory.forget([1])
        pair.tree.removeComponents([1])
        #expect(
            try pair.show(render)
                == #"{"c":{"1":{"0":"a","1":{"0":"x","s":["<b>","</b>"]},"s":["<div>","","</div>"],"r":1}}}"#)
    }

    // MARK: - Streams and effects

    @Test func streamsAreSentAndForgotten() throws {
        var pair = Pair(.keyed)
        func stream(_ text: String?, deletes: [String] = []) -> Render {
            var operation = StreamOperation(ref: "0", deletes: deletes)
            if let text { operation.inserts = [StreamOperation.Insert(text, limit: 5)] }
            let entries = text.map { [Render.Entry([.text(Markup($0))])] } ?? []
            return page(.text(""), .list(Render.List(Self.item, entries, stream: operation)))
        }
        #expect(
            try pair.show(stream(nil))
                == #"{"0":"","1":{"k":{"kc":0},"stream":["0",[],[]],"s":0},"s":1,"p":{"0":["<li>","</li>"],"1":["<p>","","</p>"]}}"#
        )
        #expect(try pair.show(stream(nil)) == "{}")
        #expect(
            try pair.show(stream("a")) == #"{"1":{"k":{"0":{"0":"a"},"kc":1},"stream":["0",[["a",-1,5,false]],[]]}}"#)
        #expect(try pair.show(stream(nil)) == "{}")
        #expect(try pair.show(stream(nil, deletes: ["a"])) == #"{"1":{"k":{"kc":0},"stream":["0",[],["a"]]}}"#)
        let few = pair.memory.byteCount
        _ = try pair.show(stream("b"))
        #expect(pair.memory.byteCount == few)
    }

    @Test(arguments: [Differ.Format.rows, .keyed]) func aListThatBecomesAStreamIsSentWhole(
        format: Differ.Format
    ) throws {
        var pair = Pair(format)
        _ = try pair.show(page(.text(""), list("ab")))
        let stream = Render.List(Self.item, stream: StreamOperation(ref: "0"))
        #expect(try pair.show(page(.text(""), .list(stream))) != "{}")
    }

    @Test func effectsStandBesideTheTree() throws {
        var pair = Pair(.keyed)
        _ = try pair.show(page(.text("1"), .text("")))
        let effects = Differ.Effects(
            title: "Hi", events: [.init("ping", ["a": 1]), .init("early", [], isEarly: true)], reply: ["ok": true])
        #expect(
            try pair.show(page(.text("2"), .text("")), effects: effects)
                == #"{"0":"2","e":[["ping",{"a":1}],["early",[],true]],"r":{"ok":true},"t":"Hi"}"#)
    }

    @Test func aReplyIsNotTakenForASingleRoot() throws {
        var pair = Pair(.keyed)
        let render = Render(root: Render.Template(["<p></p>"], hasSingleRoot: true))
        #expect(
            try pair.show(render, effects: Differ.Effects(reply: ["ok": true]))
                == #"{"s":0,"p":{"0":["<p></p>"]},"r":{"ok":true}}"#)
    }

    @Test func theMemoryHoldsNoText() throws {
        var pair = Pair(.keyed)
        let long = Markup(String(repeating: "long ", count: 10_000))
        _ = try pair.show(page(.text(long), list("abcdefghij")))
        // The template and a text, the list, and ten entries of one slot each.
        #expect(pair.memory.byteCount == 8 * (1 + 1 + 2 + 10 * 3))
    }
}
