import Analysis
import ConversationSupport
import Testing

/// A hundred visitors of a page see one pitfall.
@Suite struct GroupedFindingsTests {
    private static let statics = #""s":["<ul id=\"people\">","</ul>"],"p":{"0":["<li>","</li>"]}"#
    private static let names = ["Ada Lovelace", "Alan Turing", "Barbara Liskov", "Donald Knuth", "Edsger Dijkstra"]

    private static func rows(_ names: [String]) -> String {
        names.enumerated().map { "\"\($0)\":{\"0\":\"\($1)\"}" }.joined(separator: ",")
    }

    /// Visitors to whom each of so many names comes first, and who get all of the list again.
    private func visits(_ path: String, _ newNames: [String]...) -> Conversation {
        let talk = Conversation()
        for (visitor, newNames) in newNames.enumerated() {
            var names = Self.names
            let view = talk.join(
                path, topic: "lv:phx-\(visitor)",
                rendered: "{\"0\":{\"k\":{\(Self.rows(names)),\"kc\":\(names.count)},\"s\":0},\(Self.statics)}")
            for name in newNames {
                names.insert(name, at: 0)
                view.event("add", reply: "{\"0\":{\"k\":{\(Self.rows(names)),\"kc\":\(names.count)}}}")
            }
            talk.close()
        }
        return talk
    }

    @Test func whatTwoSessionsShowIsOneFindingWithTheirSums() throws {
        let first = try #require(visits("/people", ["Grace Hopper"]).findings(ListWithoutKeys.self).first)
        let second = try #require(
            visits("/people", ["Grace Hopper", "Alonzo Church"]).findings(ListWithoutKeys.self).first)
        let found = visits("/people", ["Grace Hopper"], ["Grace Hopper", "Alonzo Church"]).findings(
            ListWithoutKeys.self)
        let both = try #require(found.first)
        #expect(found.count == 1)
        #expect(both.occurrences == 2)
        #expect(both.savedBytes == first.savedBytes + second.savedBytes)
        #expect(both.ofBytes == first.ofBytes + second.ofBytes)
        // The one that saves more speaks for both.
        #expect(both.evidence.text == second.evidence.text)
        #expect(both.savingText.hasSuffix("in all, seen 2 times"))
        #expect(first.savingText.hasSuffix("of this session"))
    }

    @Test func theLargestSpeaksForAllHoweverManyCameBefore() throws {
        let largest = try #require(
            visits("/people", ["Grace Hopper", "Alonzo Church"]).findings(ListWithoutKeys.self).first)
        let one = ["Grace Hopper"]
        let found = visits("/people", one, one, one, ["Grace Hopper", "Alonzo Church"], one).findings(
            ListWithoutKeys.self)
        #expect(found.map(\.occurrences) == [5])
        #expect(found.first?.evidence.text == largest.evidence.text)
    }

    @Test func ofEqualOnesTheFirstSpeaks() throws {
        let found = visits("/people", ["Grace Hopper"], ["Grace Hopper"], ["Grace Hopper"]).findings(
            ListWithoutKeys.self)
        #expect(found.map(\.occurrences) == [3])
        #expect(found.first?.place.topic == "lv:phx-0")
    }
}
