import Analysis
import ConversationSupport
import Sessions
import Testing

/// What looks like waste and is none (liveview-wire, end of section 6): no rule may report it.
@Suite struct NegativeFindingsTests {
    private static let tree = #"{"0":"","s":["<p>","</p>"]}"#

    private func names(_ talk: Conversation) -> [String] {
        Analyzer().analyze(talk.events).findings.map { "\($0.rule.id) \($0.evidence.text)" }
    }

    @Test func emptyRepliesToClicksThatOnlyNavigate() throws {
        let talk = Conversation()
        for page in 0..<12 {
            let view = talk.join(
                "/page/\(page)", rendered: #"{"0":"\#(page)","s":["<p class=\"p\#(page)\">","</p>"]}"#,
                isNavigation: page > 0)
            let ref = view.send("next")
            view.push("live_redirect", #"{"kind":"push","to":"/page/\#(page + 1)"}"#)
            view.reply(to: ref, "{}")
            talk.wait(seconds: 2)
            view.leave()
        }
        #expect(names(talk) == [])
    }

    @Test func emptyEventListsBeforeRedirects() throws {
        let talk = Conversation()
        for visit in 0..<12 {
            let view = talk.join("/login", topic: "lv:phx-\(visit)", rendered: Self.tree)
            let ref = view.send("save")
            view.push(#"{"e":[]}"#)
            view.reply(to: ref, #"{"redirect":{"to":"/home"}}"#)
            talk.close()
            talk.wait(seconds: 1)
        }
        #expect(names(talk) == [])
    }

    @Test func formEventsRightAfterARejoin() throws {
        let talk = Conversation()
        let fields = (0..<80).map { "field\($0)=a%20value%20that%20stays" }.joined(separator: "&")
        for mount in 0..<4 {
            let view = talk.join("/form", rendered: Self.tree, mounts: mount)
            view.change("validate", fields, target: "field0", reply: #"{"0":"restored"}"#)
            talk.wait(seconds: 20)
            talk.close()
            talk.wait(seconds: 5)
        }
        #expect(names(talk) == [])
    }

    @Test func aHeartbeatDirectlyAfterOpening() throws {
        let talk = Conversation()
        for _ in 0..<5 {
            talk.heartbeat()
            talk.join("/light", rendered: Self.tree)
            for _ in 0..<20 {
                talk.wait(seconds: 30)
                talk.heartbeat()
            }
            talk.close()
        }
        #expect(names(talk) == [])
    }

    @Test func gapsInRefs() throws {
        let talk = Conversation()
        let view = talk.join("/light", rendered: Self.tree)
        for number in 1...12 {
            let head = "[\"\(view.joinRef)\",\"\(number * 50)\",\"\(view.topic)\","
            talk.client(head + #""event",{"type":"click","event":"toggle","value":{"value":"\#(number)"}}]"#)
            talk.wait(milliseconds: 2)
            talk.server(head + #""phx_reply",{"status":"ok","response":{"diff":{"0":"state \#(number)"}}}]"#)
            talk.wait(seconds: 2)
        }
        #expect(names(talk) == [])
    }

    @Test func aFullTreeAfterACrash() throws {
        let talk = Conversation()
        let large = String(repeating: "words of a long page ", count: 2_000)
        let tree = #"{"0":"\#(large)","s":["<p>","</p>"]}"#
        let view = talk.join("/page", rendered: tree)
        talk.wait(seconds: 30)
        view.send("once")
        view.crash()
        talk.join("/page", rendered: tree, mounts: 1)
        talk.wait(seconds: 30)
        #expect(names(talk) == [])
    }
}
