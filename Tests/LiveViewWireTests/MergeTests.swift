import LiveViewWire
import Testing

/// How messages change a tree, version by version.
@Suite struct MergeTests {
    @Test func aTemplateIsItsStaticsWithTheSlotsBetween() throws {
        let tree = try LiveTree(#"{"0":"1","1":{"0":"x","s":["<i>","</i>"]},"s":["<p>","|","</p>"]}"#)
        #expect(try tree.text() == "<p>1|<i>x</i></p>")
        #expect(try LiveTree(#"{"s":["<b>x</b>"]}"#).text() == "<b>x</b>")
    }

    @Test func whatIsAbsentStays() throws {
        var tree = try LiveTree(#"{"0":"1","1":{"0":"x","s":["<i>","</i>"]},"s":["","|",""]}"#)
        try tree.apply(diff(#"{"0":"2"}"#))
        #expect(try tree.text() == "2|<i>x</i>")
        try tree.apply(diff(#"{"1":{"0":"y"}}"#))
        #expect(try tree.text() == "2|<i>y</i>")
        try tree.apply(diff(#"{"1":""}"#))
        #expect(try tree.text() == "2|")
        try tree.apply(diff("{}"))
        #expect(try tree.text() == "2|")
    }

    @Test func aTemplateWithStaticsReplacesAndKeepsNothing() throws {
        var tree = try LiveTree(#"{"0":{"0":"a","1":"b","s":["","-",""]},"s":["",""]}"#)
        try tree.apply(diff(#"{"0":{"0":"c","s":["<",">"]}}"#))
        #expect(try tree.text() == "<c>")
        try tree.apply(diff(#"{"0":"new","s":["[","]"],"r":1}"#))
        #expect(try tree.text() == "[new]")
    }

    // MARK: - Shared statics

    @Test func theNearestSharedStaticsCountWhereverTheyStandInTheText() throws {
        let message = #"""
            {"p":{"0":["<a>","</a>"]},"0":{"0":{"s":0,"0":"1"},"s":1,"p":{"0":["<b>","</b>"],"1":["(",")"]}},
             "1":{"0":"2","s":0},"s":["","",""]}
            """#
        #expect(try LiveTree(message).text() == "(<b>1</b>)<a>2</a>")
    }

    @Test func anIndexMeansNothingInAnotherMessage() throws {
        var tree = try LiveTree(#"{"0":{"s":0,"0":"1"},"p":{"0":["<a>","</a>"]},"s":["",""]}"#)
        let error = #expect(throws: TreeError.self) { try tree.apply(diff(#"{"0":{"s":0,"0":"2"}}"#)) }
        #expect(error.map { "\($0)" } == #"the tree, byte 10: expected a "p" with "0", found none"#)
    }

    // MARK: - Lists up to 1.0

    @Test func rowsAreSentAllOrNot() throws {
        var tree = try LiveTree(
            #"{"0":{"d":[["1",{"0":"a","s":0}],["2",{"0":"b","s":0}]],"p":{"0":["<u>","</u>"]},"s":["<li>",""," "]},"s":["",""]}"#
        )
        #expect(try tree.text() == "<li>1<u>a</u> <li>2<u>b</u> ")
        try tree.apply(diff(#"{"0":{"d":[["3",""]]}}"#))
        #expect(try tree.text() == "<li>3 ")
        try tree.apply(diff(#"{"0":{"d":[]}}"#))
        #expect(try tree.text() == "")
        try tree.apply(diff(#"{"0":{"d":[["4","x"]]}}"#))
        #expect(try tree.text() == "<li>4x ")
    }

    @Test func anEmptyListNeedsNoStatics() throws {
        var tree = try LiveTree(#"{"0":"","s":["",""]}"#, #"{"0":{"d":[]}}"#)
        #expect(try tree.text() == "")
        try tree.apply(diff(#"{"0":{"d":[["7"]],"s":["<i>","</i>"]}}"#))
        #expect(try tree.text() == "<i>7</i>")
    }

    // MARK: - Keyed lists, from 1.1 on

    private func letters(_ letters: String) throws -> LiveTree {
        let entries = letters.enumerated().map { #""\#($0)":{"0":"\#($1)"}"# } + [#""kc":\#(letters.count)"#]
        return try LiveTree(#"{"0":{"k":{\#(entries.joined(separator: ","))},"s":["",""]},"s":["",""]}"#)
    }

    @Test(arguments: [
        (#"{"kc":3}"#, "abc"), (#"{"kc":2}"#, "ab"), (#"{"kc":0}"#, ""),
        (#"{"1":{"0":"B"},"kc":3}"#, "aBc"), (#"{"3":{"0":"d"},"kc":4}"#, "abcd"),
        (#"{"0":1,"1":0,"kc":3,"km":true}"#, "bac"), (#"{"0":2,"1":0,"2":1,"kc":3,"km":true}"#, "cab"),
        (#"{"0":{"0":"x"},"1":0,"2":1,"3":2,"kc":4,"km":true}"#, "xabc"),
        (#"{"0":[1,{"0":"B"}],"1":0,"kc":2,"km":true}"#, "Ba"),
        (#"{"kc":3,"2":[0,{}],"0":2}"#, "cba"),
    ])
    func entriesComeChangeMoveAndGo(change: String, expected: String) throws {
        var tree = try letters("abc")
        try tree.apply(diff(#"{"0":{"k":\#(change)}}"#))
        #expect(try tree.text() == expected)
    }

    @Test func aListThatWasEmptiedKeepsItsStatics() throws {
        var tree = try letters("abc")
        try tree.apply(diff(#"{"0":{"k":{"kc":0}}}"#))
        try tree.apply(diff(#"{"0":{"k":{"0":{"0":"z"},"kc":1}}}"#))
        #expect(try tree.text() == "z")
    }

    @Test func changesWithinMovedEntriesAreMadeToTheOldOnes() throws {
        var tree = try LiveTree(
            #"{"0":{"k":{"0":{"0":{"0":"a","1":"1","s":["","",""]}},"1":{"0":{"0":"b","1":"2","s":["<",":",">"]}},"kc":2},"s":["",""]},"s":["",""]}"#
        )
        try tree.apply(diff(#"{"0":{"k":{"0":[1,{"0":{"1":"3"}}],"1":[0,{"0":{"0":"A"}}],"kc":2,"km":true}}}"#))
        #expect(try tree.text() == "<b:3>A1")
    }

    // MARK: - Components

    @Test func componentsStandWhereTheirNumberIs() throws {
        var tree = try LiveTree(
            #"{"0":1,"1":2,"c":{"1":{"0":"a","s":["<",">"]},"2":{"0":1,"s":["(",")"]}},"s":["","",""]}"#)
        #expect(try tree.text() == "<a>(<a>)")
        try tree.apply(diff(#"{"c":{"1":{"0":"b"}}}"#))
        #expect(try tree.text() == "<b>(<b>)")
        #expect(String(decoding: try tree.html(of: 2), as: UTF8.self) == "(<b>)")
    }

    @Test func aCopyIsOfTheTreeBeforeOrAfterTheMessage() throws {
        let start = #"{"0":1,"c":{"1":{"0":"a","1":{"0":"x","s":["<",">"]},"s":["","",""]}},"s":["",""]}"#
        var before = try LiveTree(start)
        try before.apply(diff(#"{"0":2,"c":{"1":{"0":"b","1":""},"2":{"0":"c","s":-1}}}"#))
        #expect(try before.text() == "c<x>")
        var after = try LiveTree(start)
        try after.apply(diff(#"{"0":2,"c":{"2":{"0":"c","s":1},"1":{"0":"b","1":{"0":"y"}}}}"#))
        #expect(try after.text() == "c<y>")
        // The copies go their own ways.
        try after.apply(diff(#"{"c":{"2":{"1":{"0":"z"}}}}"#))
        #expect(String(decoding: try after.html(of: 1), as: UTF8.self) == "b<y>")
        #expect(try after.text() == "c<z>")
    }

    @Test func copiesOfCopiesAreMadeInTheirOrder() throws {
        let tree = try LiveTree(
            #"{"0":3,"c":{"3":{"0":"c","s":2},"2":{"0":"b","s":1},"1":{"0":"a","1":"!","s":["","",""]}},"s":["",""]}"#)
        #expect(try tree.text() == "c!")
        #expect(String(decoding: try tree.html(of: 2), as: UTF8.self) == "b!")
    }

    @Test func copiesInACircleAreAnError() throws {
        var tree = try LiveTree(#"{"s":[""]}"#)
        let error = #expect(throws: TreeError.self) {
            try tree.apply(diff(#"{"c":{"1":{"s":2},"2":{"s":3},"3":{"s":1}}}"#))
        }
        #expect(error.map { "\($0)" } == "c/1: expected a component to copy, found copies in a circle")
        // A long chain is none.
        let chain = (1...20_000).map { #""\#($0)":{"s":\#($0 + 1)}"# } + [#""20001":{"s":["x"]}"#]
        try tree.apply(diff(#"{"c":{\#(chain.joined(separator: ","))}}"#))
        #expect(String(decoding: try tree.html(of: 1), as: UTF8.self) == "x")
    }

    @Test func componentsGoWhenToldSoOnly() throws {
        var tree = try LiveTree(#"{"0":1,"c":{"1":{"s":["a"]}},"s":["",""]}"#, #"{"0":""}"#)
        #expect(tree.components.count == 1)
        try tree.apply(diff(#"{"s":["new"]}"#))
        #expect(tree.components.count == 1)
        tree.removeComponents([1])
        #expect(tree.components.isEmpty)
    }

    // MARK: - What else a message carries

    @Test func titleEventsAndReplyAreNoSlots() throws {
        let text = #"{"t":"Hi","e":[["a",{"x":1}],["b",[],true]],"r":{"ok":true},"0":"1"}"#
        let message = try diff(text)
        let bytes = Array(text.utf8)
        #expect(message.title == "Hi")
        #expect(message.events.map(\.name) == ["a", "b"])
        #expect(message.events.map { String(decoding: bytes[$0.payload], as: UTF8.self) } == [#"{"x":1}"#, "[]"])
        #expect(message.events.map(\.isEarly) == [false, true])
        #expect(message.reply.map { String(decoding: bytes[$0], as: UTF8.self) } == #"{"ok":true}"#)
        #expect(message.root.slots.count == 1)
        #expect(try !diff(#"{"r":{"ok":true}}"#).root.hasSingleRoot)
        #expect(try diff(#"{"r":1,"s":["x"]}"#).root.hasSingleRoot)
    }

    // MARK: - Errors

    @Test(arguments: [
        (#"{"5":"x"}"#, "5: expected a slot below 2, found 5"),
        (#"{"0":{"0":"x"}}"#, "0: expected a change to a text, found a change to a template"),
        (#"{"0":{"k":{"0":{},"kc":1}}}"#, "0: expected a change to a text, found a change to a list"),
        (#"{"1":{"k":{"0":7,"kc":1}}}"#, "1/k/0: expected one of 1 old entries, found 7"),
        (#"{"1":{"k":{"kc":900000000}}}"#, "1/k/kc: expected at most 1, found 900000000"),
        (#"{"1":{"k":{"0":{"0":"x"},"kc":2}}}"#, "1/k: expected 1 new entries, found 0"),
        (#"{"1":{"k":{"3":{"0":"x"},"kc":1}}}"#, "1/k/3: expected an index below 1, found 3"),
        (#"{"1":{"d":[["a","b"]]}}"#, "1/d/0: expected 1 slots, found 2"),
        (#"{"c":{"9":{"0":"x"}}}"#, "c/9: expected component 9, found none of that number"),
        (#"{"c":{"1":{"s":-4}}}"#, "c/1: expected component 4, found none of that number"),
    ])
    func whatCannotBeMergedChangesNothing(change: String, message: String) throws {
        var tree = try LiveTree(#"{"0":"a","1":{"k":{"0":{"0":"b"},"kc":1},"s":["",""]},"s":["","",""]}"#)
        let before = tree
        let error = #expect(throws: TreeError.self) { try tree.apply(diff(change)) }
        #expect(error.map { "\($0)" } == message)
        #expect(tree == before)
    }

    @Test(arguments: [
        (#"[]"#, #"the tree, byte 0: expected an object, found "[""#),
        (#"{"0":null}"#, "0, byte 5: expected a text, a component or a node, found other JSON"),
        (#"{"0":{"1":{"k":{}}}}"#, #"0/1/k, byte 15: expected a count in "kc", found none"#),
        (#"{"0":{"x":1}}"#, #"0, byte 7: expected a slot's number or one of s, p, k, d, r, stream, found "x""#),
        (#"{"k":{"kc":0},"s":[]}"#, "the tree, byte 0: expected a template, found a list"),
        (#"{"0":{"0":"","d":[]}}"#, "0, byte 5: expected a list or a template, found a mixture of both"),
        (#"{"c":{"1":{"s":0}}}"#, "c/1, byte 15: expected a component's number, or its negative, found 0"),
        (#"{"0":{"s":3},"p":{"0":[""]}}"#, #"the tree, byte 10: expected one of [0] of "p", found 3"#),
        (#"{"0":{"stream":["0"]}}"#, "0/stream, byte 19: expected inserts, found the end of the array"),
    ])
    func whatIsNoDiffIsSaidWhere(text: String, message: String) {
        let error = #expect(throws: TreeError.self) { try diff(text) }
        #expect(error.map { "\($0)" } == message)
    }

    @Test func aMissingSlotIsNamedAndPrintedAsTheClientDoes() throws {
        let tree = try LiveTree(#"{"1":{"k":{"0":{},"kc":1},"s":["",""]},"s":["<p>","","</p>"]}"#)
        #expect(tree.missingSlots == [["0"], ["1", "0", "0"]])
        #expect(try tree.text() == "<p>undefinedundefined</p>")
    }

    // MARK: - Limits

    @Test func componentsInOneAnotherAreLimited() throws {
        let tree = try LiveTree(#"{"0":1,"c":{"1":{"0":1,"s":["",""]}},"s":["",""]}"#)
        let error = #expect(throws: TreeError.self) { try tree.html() }
        #expect(error.map { "\($0)" } == "c/1: expected at most 64 components in one another, found more")
    }

    @Test func fewBytesDoNotMakeEndlessHTML() throws {
        let components = (1...50).map { #""\#($0)":{"0":\#($0 + 1),"1":\#($0 + 1),"s":["","",""]}"# }
        let tree = try LiveTree(
            #"{"0":1,"c":{\#(components.joined(separator: ",")),"51":{"s":["xxxxxxxx"]}},"s":["",""]}"#)
        #expect(throws: TreeError.self) { try tree.html(limits: RenderLimits(maximumByteCount: 100_000)) }
    }

    @Test func fewBytesDoNotMakeEndlessSlots() throws {
        let statics = Array(repeating: #""""#, count: 5000).joined(separator: ",")
        let entries = (0..<5000).map { #""\#($0)":{"0":{"s":0}}"# }.joined(separator: ",")
        let message = try diff(#"{"0":{"k":{\#(entries),"kc":5000},"s":["",""]},"p":{"0":[\#(statics)]},"s":["",""]}"#)
        var tree = LiveTree()
        #expect(throws: TreeError.self) { try tree.apply(message) }
    }
}
