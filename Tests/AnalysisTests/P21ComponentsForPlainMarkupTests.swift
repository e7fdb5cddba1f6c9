import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P21ComponentsForPlainMarkupTests {
    /// A list of components with a leaf each, and some clicks.
    private func page(components: Int, clicks: [Int?]) -> Conversation {
        let talk = Conversation()
        let rows = (1...components).map { "\"\($0 - 1)\":{\"0\":\($0)}" }.joined(separator: ",")
        let trees = (1...components).map {
            "\"\($0)\":{\"0\":\"badge \($0)\",\"s\":\($0 == 1 ? #"["<i>","</i>"]"# : "1")}"
        }
        let view = talk.join(
            "/badges",
            rendered: #"{"0":{"k":{\#(rows),"kc":\#(components)},"s":["",""]},"s":["<ul>","</ul>"],"c":{"#
                + trees.joined(separator: ",") + "}}")
        for component in clicks { view.event("click", component: component) }
        return talk
    }

    @Test func manySmallComponentsThatNobodyClicksAreFound() throws {
        let findings = page(components: 50, clicks: [nil, nil, nil, nil, nil]).findings(ComponentsForPlainMarkup.self)
        #expect(findings.map(\.evidence.count) == [50])
        // `{"0":"badge 10","s":1}` but for the leaf and its key.
        #expect((findings.first?.savedBytes ?? 0) > 49 * 4)
    }

    @Test func fewerAreNot() throws {
        #expect(
            page(components: 49, clicks: [nil, nil, nil, nil, nil]).findings(ComponentsForPlainMarkup.self).isEmpty)
    }

    @Test func componentsThatGetEventsAreNot() throws {
        #expect(page(components: 50, clicks: [nil, nil, nil, 3, 4]).findings(ComponentsForPlainMarkup.self).isEmpty)
    }

    @Test func aPageThatNobodyUsesTellsNothing() throws {
        #expect(page(components: 50, clicks: [nil]).findings(ComponentsForPlainMarkup.self).isEmpty)
    }

    @Test func fiftyCountersOfTheGalleryAreUsed() throws {
        #expect(try Conversation.findings(ComponentsForPlainMarkup.self, inRecording: "gallery-components").isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(ComponentsForPlainMarkup.self, inRecording: "gallery-pitfalls-parts")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
