import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P38VersionsDifferTests {
    private static let tree = #"{"0":"","s":["<p>","</p>"]}"#

    private func talk(script: String, server: String = "1.2.10") -> Conversation {
        let talk = Conversation()
        talk.http(
            "GET /assets/app.js HTTP/1.1\r\nHost: a\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n",
            body: "var t=\"track-static\";class L{version(){return\"\(script)\"}join(){this.liveSocket}}")
        talk.join("/", rendered: Self.tree, version: server)
        return talk
    }

    @Test func aScriptOfAnotherVersionIsFound() throws {
        let findings = talk(script: "1.1.4").findings(VersionsDiffer.self)
        #expect(findings.map(\.evidence.text) == ["the server says 1.2.10, its script 1.1.4"])
    }

    @Test func theSameVersionIsNot() throws { #expect(talk(script: "1.2.10").findings(VersionsDiffer.self).isEmpty) }

    @Test func anotherProgramsVersionIsNot() throws {
        let talk = Conversation()
        talk.http(
            "GET /chart.js HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n",
            body: "class Chart{version(){return\"4.4.1\"}}")
        talk.join("/", rendered: Self.tree)
        #expect(talk.findings(VersionsDiffer.self).isEmpty)
    }

    @Test(arguments: [
        ("1.0.17", #"{"0":{"k":{"0":{"0":"a"},"kc":1},"s":["",""]},"s":["",""]}"#, 1),
        ("1.1.2", #"{"0":{"k":{"0":{"0":"a"},"kc":1},"s":["",""]},"s":["",""]}"#, 0),
        ("1.2.0", #"{"0":{"d":[["a"]],"s":["",""]},"s":["",""]}"#, 1),
        ("1.0.17", #"{"0":{"d":[["a"]],"s":["",""]},"s":["",""]}"#, 0),
    ]) func listsOfAnotherVersionAreFound(_ version: String, _ rendered: String, _ count: Int) throws {
        let talk = Conversation()
        talk.join("/", rendered: rendered, version: version)
        #expect(talk.findings(VersionsDiffer.self).count == count)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func phoenixIsOfOneVersion(_ page: String) throws {
        #expect(try Conversation.findings(VersionsDiffer.self, inPhoenix: page).isEmpty)
    }
}
