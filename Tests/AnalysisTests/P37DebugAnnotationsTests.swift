import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P37DebugAnnotationsTests {
    private static let comment = "<!-- <ShopWeb.CartLive.render> lib/shop_web/cart_live.ex:12 (shop) -->"
    private static let place = #" data-phx-loc=\"14\""#

    private func join(_ url: String, statics: String, pid: Bool = false) -> Conversation {
        let talk = Conversation()
        let ref = "4"
        talk.client(
            "[\"\(ref)\",\"\(ref)\",\"lv:phx-A\",\"phx_join\",{\"url\":\"\(url)\",\"params\":{},\"session\":\"S\",\"static\":\"T\"}]"
        )
        talk.server(
            "[\"\(ref)\",\"\(ref)\",\"lv:phx-A\",\"phx_reply\",{\"status\":\"ok\",\"response\":{"
                + (pid ? "\"pid\":\"#PID<0.7.0>\"," : "")
                + "\"rendered\":{\"0\":\"a\",\"s\":[\"\(statics)\",\"</p>\"]}}}]")
        return talk
    }

    @Test func annotationsAreFoundAndCounted() throws {
        let talk = join("https://shop.example/cart", statics: "\(Self.comment)<p\(Self.place)>")
        let findings = talk.findings(DebugAnnotations.self)
        #expect(findings.map(\.savedBytes) == [Self.comment.utf8.count + #" data-phx-loc="14""#.utf8.count])
    }

    @Test func theProcessInTheReplyIsFound() throws {
        let findings = join("https://shop.example/cart", statics: "<p>", pid: true).findings(DebugAnnotations.self)
        #expect(findings.map(\.evidence.text) == ["the process is named in the join's reply"])
    }

    @Test func otherCommentsAreNot() throws {
        #expect(join("https://shop.example/", statics: "<!-- cart --><p>").findings(DebugAnnotations.self).isEmpty)
    }

    @Test(arguments: ["http://localhost:4000/cart", "http://127.0.0.1/cart", "http://[::1]:4000/cart"])
    func whatDevelopersSeeIsNot(_ url: String) throws {
        #expect(join(url, statics: "\(Self.comment)<p>", pid: true).findings(DebugAnnotations.self).isEmpty)
    }
}
