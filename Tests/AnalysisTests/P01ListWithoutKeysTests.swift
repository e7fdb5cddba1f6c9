import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P01ListWithoutKeysTests {
    private func list(_ names: [String], then diff: String) -> Conversation {
        let talk = Conversation()
        let rows = names.enumerated().map { "\"\($0)\":{\"0\":\"\($1)\"}" }.joined(separator: ",")
        let view = talk.join(
            "/people",
            rendered: #"{"0":{"k":{\#(rows),"kc":\#(names.count)},"s":0},"p":{"0":["<li>","</li>"]},"#
                + #""s":["<ul id=\"people\">","</ul>"]}"#)
        view.event("add", reply: #"{"0":{"k":\#(diff)}}"#)
        return talk
    }

    private let names = ["Ada Lovelace", "Alan Turing", "Barbara Liskov", "Donald Knuth", "Edsger Dijkstra"]

    @Test func aRowPutFirstThatSendsAllOthersIsFound() throws {
        let now = ["Grace Hopper"] + names
        let rows = now.enumerated().map { "\"\($0)\":{\"0\":\"\($1)\"}" }.joined(separator: ",")
        let finding = try #require(list(names, then: "{\(rows),\"kc\":6}").findings(ListWithoutKeys.self).first)
        #expect(finding.evidence.text.contains("sent 5 entries"))
        #expect(finding.place.path?.domID == "people")
        // Each entry but for the new one is an index of a few digits instead.
        #expect(finding.savedBytes == names.reduce(0) { $0 + $1.utf8.count + #"{"0":""}"#.utf8.count - 3 })
    }

    @Test func anotherOrderIsFound() throws {
        let now = [names[2], names[0], names[4], names[1], names[3]]
        let rows = now.enumerated().map { "\"\($0)\":{\"0\":\"\($1)\"}" }.joined(separator: ",")
        let finding = try #require(list(names, then: "{\(rows),\"kc\":5}").findings(ListWithoutKeys.self).first)
        #expect(finding.evidence.text.contains("in another order"))
    }

    @Test(arguments: [
        // Keys: the others move.
        #"{"0":{"0":"Grace Hopper"},"1":0,"2":1,"3":2,"4":3,"5":4,"kc":6,"km":true}"#,
        // What comes is new.
        #"{"0":{"0":"v"},"1":{"0":"w"},"2":{"0":"x"},"3":{"0":"y"},"4":{"0":"z"},"kc":5}"#,
        // Two of five change places.
        #"{"0":{"0":"Alan Turing"},"1":{"0":"Ada Lovelace"},"kc":5}"#,
    ])
    func goodDiffsAreNot(_ diff: String) throws {
        #expect(list(names, then: diff).findings(ListWithoutKeys.self).isEmpty)
    }

    @Test func rowsThatAreAllAlikeTellNothing() throws {
        let diff = #"{"0":{"0":"on"},"1":{"0":"off"},"2":{"0":"on"},"kc":5}"#
        #expect(list(["off", "on", "off", "on", "off"], then: diff).findings(ListWithoutKeys.self).isEmpty)
    }

    @Test func fourRowsAreTooFew() throws {
        let now = ["Grace Hopper"] + names.prefix(4)
        let rows = now.enumerated().map { "\"\($0)\":{\"0\":\"\($1)\"}" }.joined(separator: ",")
        let talk = list(Array(names.prefix(4)), then: "{\(rows),\"kc\":5}")
        #expect(talk.findings(ListWithoutKeys.self).isEmpty)
    }

    @Test func tablesWithoutKeysHaveItAndThoseWithKeysHaveNot() throws {
        #expect(!(try Conversation.findings(ListWithoutKeys.self, inPhoenix: "table")).isEmpty)
        #expect((try Conversation.findings(ListWithoutKeys.self, inPhoenix: "table-keyed")).isEmpty)
        #expect(!(try Conversation.findings(ListWithoutKeys.self, inRecording: "gallery-table")).isEmpty)
        #expect((try Conversation.findings(ListWithoutKeys.self, inRecording: "gallery-table-keyed")).isEmpty)
        #expect(!(try Conversation.findings(ListWithoutKeys.self, inRecording: "gallery-pitfalls-keys")).isEmpty)
    }
}
