import Analysis
import ConversationSupport
import Testing

@Suite struct P07EverythingTwiceTests {
    private func page(_ html: Int, tree: Int) -> Conversation {
        let talk = Conversation()
        if html > 0 { talk.deadPage("/big", id: "phx-A", "<p>" + String(repeating: "x", count: html) + "</p>") }
        talk.join("/big", rendered: #"{"0":"\#(String(repeating: "x", count: tree))","s":["<p>","</p>"]}"#)
        return talk
    }

    @Test func aPageThatComesTwiceIsFound() throws {
        let finding = try #require(page(40_000, tree: 40_000).findings(EverythingTwice.self).first)
        #expect(finding.place.route == "/big")
        #expect(finding.savedBytes > 39_000)
    }

    @Test func aTreeOfAHundredThousandBytesIsFoundByItself() throws {
        let finding = try #require(page(0, tree: 100_000).findings(EverythingTwice.self).first)
        #expect(finding.savedBytes == 0)
    }

    @Test(arguments: [(0, 99_000), (2_000, 40_000), (60_000, 40_000), (20_000, 20_000)])
    func smallOnesAndThoseThatDifferAreNot(_ html: Int, _ tree: Int) throws {
        #expect(page(html, tree: tree).findings(EverythingTwice.self).isEmpty)
    }

    @Test func aRejoinIsNotTheFirst() throws {
        let talk = page(0, tree: 10)
        talk.close()
        talk.join(
            "/big", rendered: #"{"0":"\#(String(repeating: "x", count: 100_000))","s":["<p>","</p>"]}"#, mounts: 1)
        #expect(talk.findings(EverythingTwice.self).isEmpty)
    }
}
