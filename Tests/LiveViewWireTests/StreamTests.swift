import LiveViewWire
import Testing

@Suite struct StreamTests {
    /// The same operation as each version writes it.
    @Test(arguments: [
        (#"[{"a":0,"b":-1},["x"]]"#, StreamOperation.Shape.map, "", Int?.none),
        (#"["0",{"a":[0,5],"b":[-1,5]},["x"]]"#, .mapWithLimit, "0", 5),
        (#"["0",[["a",0,5],["b",-1,5]],["x"]]"#, .list, "0", 5),
        (#"["1-0",[["a",0,5,false],["b",-1,5,null]],["x"]]"#, .listWithUpdateOnly, "1-0", 5),
    ])
    func allShapesSayTheSame(text: String, shape: StreamOperation.Shape, ref: String, limit: Int?) throws {
        for (list, form) in [(#""d":[["A"],["B"]]"#, "d"), (#""k":{"0":{"0":"A"},"1":{"0":"B"},"kc":2}"#, "k")] {
            var tree = LiveTree()
            let applied = try tree.apply(diff(#"{"0":{\#(list),"s":["<",">"],"stream":\#(text)},"s":["",""]}"#))
            let inserts = [
                StreamOperation.Insert("a", at: 0, limit: limit), StreamOperation.Insert("b", at: -1, limit: limit),
            ]
            let expected = StreamOperation(shape: shape, ref: ref, inserts: inserts, deletes: ["x"])
            #expect(applied.streams == [expected], "\(form)")
            #expect(try tree.text() == "<A><B>")
        }
    }

    @Test func resetsAndUpdatesOnly() throws {
        var tree = LiveTree()
        let text = #"{"0":{"k":{"kc":0},"s":["",""],"stream":["0",[["a",2,null,true]],[],true]},"s":["",""]}"#
        let operation = try #require(try tree.apply(diff(text)).streams.first)
        #expect(operation.isReset)
        #expect(operation.inserts == [StreamOperation.Insert("a", at: 2, limit: nil, updateOnly: true)])
    }

    @Test func theNextMessageFindsNoEntries() throws {
        var tree = try LiveTree(
            #"{"0":{"k":{"0":{"0":"A"},"1":{"0":"B"},"kc":2},"s":["<",">"],"stream":["0",[["a",-1,null,null],["b",-1,null,null]],[]]},"1":"x","s":["","|",""]}"#
        )
        #expect(try tree.text() == "<A><B>|x")
        try tree.apply(diff(#"{"1":"y"}"#))
        #expect(try tree.text() == "|y")
        try tree.apply(diff(#"{"0":{"k":{"0":{"0":"C"},"kc":1},"stream":["0",[["c",-1,null,null]],[]]}}"#))
        #expect(try tree.text() == "<C>|y")
        tree.forgetStreamEntries()
        #expect(try tree.text() == "|y")
    }

    // MARK: - What the browser keeps

    private func element(_ id: String, _ text: String = "") -> HTMLElement {
        HTMLElement("li", attributes: [HTMLAttribute("id", id)], children: text.isEmpty ? [] : [.text(text)])
    }

    private func ids(_ children: StreamChildren) -> String { children.elements.compactMap(\.id).joined() }

    /// Entries, in their order, to a place.
    private func insert(
        _ ids: String, at: Int = -1, limit: Int? = nil, into children: inout StreamChildren, updateOnly: Bool = false,
        isReset: Bool = false
    ) {
        let inserts = ids.map { StreamOperation.Insert(String($0), at: at, limit: limit, updateOnly: updateOnly) }
        children.update(
            rendered: ids.map { element(String($0)) },
            operations: [StreamOperation(ref: "0", inserts: inserts.reversed(), isReset: isReset)])
    }

    @Test func entriesGoToTheirPlace() {
        var children = StreamChildren()
        insert("abc", into: &children)
        #expect(ids(children) == "abc")
        insert("d", at: 0, into: &children)
        insert("e", at: 2, into: &children)
        insert("f", into: &children)
        #expect(ids(children) == "daebcf")
        // What is there stays where it stands.
        insert("c", at: 0, into: &children)
        #expect(ids(children) == "daebcf")
    }

    @Test func whatIsThereIsUpdated() {
        var children = StreamChildren()
        insert("ab", into: &children)
        children.update(
            rendered: [element("a", "new")],
            operations: [StreamOperation(ref: "0", inserts: [StreamOperation.Insert("a")])])
        #expect(children.elements == [element("a", "new"), element("b")])
        insert("z", into: &children, updateOnly: true)
        #expect(ids(children) == "ab")
    }

    @Test func limitsKeepTheFirstOrTheLast() {
        var children = StreamChildren()
        insert("abcde", limit: -3, into: &children)
        #expect(ids(children) == "cde")
        insert("z", at: 0, limit: 3, into: &children)
        #expect(ids(children) == "zcd")
    }

    @Test func entriesGoByDeletionAndReset() {
        var children = StreamChildren()
        insert("abcd", into: &children)
        children.update(rendered: [], operations: [StreamOperation(ref: "0", deletes: ["b", "nobody"])])
        #expect(ids(children) == "acd")
        children.update(rendered: [], operations: [])
        #expect(ids(children) == "acd")
        insert("xda", into: &children, isReset: true)
        #expect(ids(children) == "xda")
    }

    @Test func othersAreThereAsLongAsTheyAreRendered() {
        var children = StreamChildren()
        children.update(rendered: [element("empty")], operations: [])
        #expect(ids(children) == "empty")
        children.update(
            rendered: [element("a")], operations: [StreamOperation(ref: "0", inserts: [StreamOperation.Insert("a")])])
        #expect(ids(children) == "a")
        children.update(rendered: [], operations: [StreamOperation(ref: "1", isReset: true)])
        #expect(ids(children) == "a")
    }
}
