import ConversationSupport
import LiveViewWire
import Sessions
import Testing

@Suite struct DiffAccountTests {
    @Test func tellsNewChangedAndRedundantLeaves() throws {
        let talk = Conversation()
        let view = talk.join("/light", rendered: #"{"0":"off","1":"10","s":["<p>","</p><b>","</b>"]}"#)
        view.event("on", reply: #"{"0":"on","1":"10"}"#)
        let diff = try #require(talk.diffs.first)
        #expect(diff.account.leaves.map(\.kind) == [.changed, .redundant])
        #expect(diff.account.bytes.changed == 4)
        #expect(diff.account.bytes.redundant == 4)
        #expect(diff.account.bytes.structure == #"{"0":,"1":}"#.utf8.count)
        #expect(diff.event?.name == "on")
        #expect(talk.joins[0].account.bytes.new == 9)
        #expect(talk.joins[0].account.bytes.firstStatics == #"["<p>","</p><b>","</b>"]"#.utf8.count)
    }

    @Test func seesAListThatIsShiftedByOneForWantOfKeys() throws {
        let talk = Conversation()
        let view = talk.join(
            "/table",
            rendered:
                #"{"0":{"k":{"0":{"0":"a"},"1":{"0":"b"},"2":{"0":"c"},"kc":3},"s":0},"p":{"0":["<li>","</li>"]},"s":["<ul>","</ul>"]}"#
        )
        view.push(#"{"0":{"k":{"0":{"0":"z"},"1":{"0":"a"},"2":{"0":"b"},"3":{"0":"c"},"kc":4}}}"#)
        let list = try #require(talk.diffs.first?.account.lists.first)
        #expect(list.shift == 1)
        #expect(list.shiftedCount == 3)
        #expect(list.updated == 3)
        #expect(list.inserted == 1)
        #expect(list.oldCount == 3)
        #expect(list.count == 4)
    }

    @Test func followsEntriesThatMove() throws {
        let talk = Conversation()
        let view = talk.join(
            "/table",
            rendered:
                #"{"0":{"k":{"0":{"0":"a","1":"x"},"1":{"0":"b","1":"x"},"kc":2},"s":0},"p":{"0":["<li>","-","</li>"]},"s":["<ul>","</ul>"]}"#
        )
        view.push(#"{"0":{"k":{"0":{"0":"z","1":"x"},"1":[0,{"1":"x"}],"2":1,"kc":3,"km":true}}}"#)
        let diff = try #require(talk.diffs.first)
        // The first is an entry of its own: that its place had an equal text is nothing.
        #expect(diff.account.leaves.map(\.kind) == [.new, .new, .redundant])
        #expect(diff.account.lists[0].moved == 2)
        #expect(diff.account.lists[0].movedAndChanged == 1)
        #expect(diff.account.lists[0].inserted == 1)
    }

    @Test func comparesAllEntriesOfAnOldList() throws {
        let talk = Conversation()
        let view = talk.join(
            "/table", rendered: #"{"0":{"d":[["a"],["b"],["c"]],"s":["<li>","</li>"]},"s":["<ul>","</ul>"]}"#)
        view.push(#"{"0":{"d":[["z"],["b"],["c"],["a"]]}}"#)
        let diff = try #require(talk.diffs.first)
        #expect(diff.account.leaves.map(\.kind) == [.changed, .redundant, .redundant, .new])
        #expect(diff.account.lists[0].knownCount == 3)
        #expect(diff.account.lists[0].equal == 2)
        #expect(diff.view.version.hasRowLists)
    }

    @Test func seesStaticsThatGoBackAndForth() throws {
        let talk = Conversation()
        let view = talk.join("/tabs", rendered: #"{"0":{"s":["<s>off</s>"]},"s":["<p>","</p>"]}"#)
        view.event("a", reply: #"{"0":{"s":["<b>on</b>"]}}"#)
        view.event("b", reply: #"{"0":{"s":["<s>off</s>"]}}"#)
        #expect(talk.diffs.flatMap(\.account.templates).filter { $0.path != nil }.map(\.kind) == [.replaced, .back])
        #expect(talk.diffs.map(\.account.bytes.resentStatics) == [0, #"["<s>off</s>"]"#.utf8.count])
    }

    @Test func copiesComponents() throws {
        let talk = Conversation()
        let view = talk.join(
            "/cards", rendered: #"{"0":1,"c":{"1":{"0":"a","1":"x","r":1,"s":["<i>","-","</i>"]}},"s":["<p>","</p>"]}"#)
        view.push(#"{"0":1,"c":{"2":{"0":"b","s":-1},"3":{"0":"c","s":2},"1":{"0":"a"}}}"#)
        let account = try #require(talk.diffs.first?.account)
        #expect(account.places.map(\.isRedundant) == [true])
        #expect(account.components.map(\.component) == [2, 3, 1])
        #expect(account.leaves.map(\.kind) == [.new, .new, .redundant])
        #expect(talk.notes.map(\.text) == [])
    }

    @Test func keepsNoEntriesOfStreams() throws {
        let talk = Conversation()
        let view = talk.join(
            "/chat",
            rendered:
                #"{"0":{"k":{"0":{"0":"m-1"},"kc":1},"s":["<li id=\"","\"></li>"],"stream":["0",[["m-1",-1,null,false]],[]]},"s":["<ul>","</ul>"]}"#
        )
        view.push(#"{"0":{"k":{"0":{"0":"m-1"},"kc":1},"stream":["0",[["m-1",-1,null,false]],[]]}}"#)
        let account = try #require(talk.diffs.first?.account)
        #expect(account.leaves.map(\.kind) == [.new])
        #expect(account.streams[0].operation.inserts.map(\.id) == ["m-1"])
        #expect(account.streams[0].entries.count == 1)
    }

    @Test func aDiffThatCannotBeMergedIsSaidAndNothingIsGuessed() throws {
        let talk = Conversation()
        let view = talk.join("/light", rendered: #"{"0":"off","s":["<p>","</p>"]}"#)
        view.push(#"{"7":"x"}"#)
        view.push(#"{"0":"off"}"#)
        #expect(talk.diffs.map(\.account.bytes.unknown) == [9, 11])
        #expect(talk.notes.count == 1)
        #expect(talk.notes[0].text.contains("expected a slot below 1, found 7"))
    }
}
