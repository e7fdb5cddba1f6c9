import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P22StaticsRepeatedOverComponentsTests {
    private static let statics = "[\"<article class=\\\"\(String(repeating: "card ", count: 40))\\\">\",\"</article>\"]"

    private func page(_ trees: [String]) -> Conversation {
        let talk = Conversation()
        let places = trees.indices.map { "\"\($0)\":\($0 + 1)" }.joined(separator: ",")
        let parts = "[" + Array(repeating: "\"\"", count: trees.count + 1).joined(separator: ",") + "]"
        let list = trees.enumerated().map { "\"\($0 + 1)\":\($1)" }.joined(separator: ",")
        talk.join("/cards", rendered: "{\(places),\"s\":\(parts),\"c\":{\(list)}}")
        return talk
    }

    @Test func equalStaticsOfSeveralComponentsAreFound() throws {
        let tree = "{\"0\":\"a\",\"s\":\(Self.statics)}"
        let findings = page([tree, tree, tree, tree]).findings(StaticsRepeatedOverComponents.self)
        #expect(findings.map(\.evidence.count) == [4])
        #expect(findings.first?.savedBytes == 3 * Self.statics.utf8.count)
    }

    @Test func staticsByReferenceAreNot() throws {
        let talk = page(["{\"0\":\"a\",\"s\":\(Self.statics)}", #"{"0":"b","s":1}"#, #"{"0":"c","s":1}"#])
        #expect(talk.findings(StaticsRepeatedOverComponents.self).isEmpty)
    }

    @Test func smallOnesAreNotWorthAChange() throws {
        let tree = #"{"0":"a","s":["<b>","</b>"]}"#
        #expect(page([tree, tree, tree]).findings(StaticsRepeatedOverComponents.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func phoenixSharesThem(_ page: String) throws {
        #expect(try Conversation.findings(StaticsRepeatedOverComponents.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(
            StaticsRepeatedOverComponents.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
