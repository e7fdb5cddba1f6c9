import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P27JoinLoopTests {
    private static let tree = #"{"0":"","s":["<p>","</p>"]}"#

    @Test func threeFailedJoinsAreFoundWithTheirReason() throws {
        let talk = Conversation()
        for _ in 0..<3 {
            talk.failJoin("/page", response: #"{"reason":"stale"}"#)
            talk.wait(seconds: 1)
        }
        let findings = talk.findings(JoinLoop.self)
        #expect(findings.map(\.evidence.text) == ["3 joins came to nothing: stale (3)"])
        #expect(findings.first?.place.route == "/page")
    }

    @Test func aPageThatIsLoadedAgainHasOtherTopicsAndIsFoundByItsURL() throws {
        let talk = Conversation()
        for visit in 0..<3 {
            talk.failJoin("/page", topic: "lv:phx-\(visit)", response: #"{"reason":"stale"}"#)
            talk.close()
            talk.wait(seconds: 2)
        }
        #expect(talk.findings(JoinLoop.self).map(\.evidence.count) == [3])
    }

    @Test func viewsThatDieByThemselvesAreFound() throws {
        let talk = Conversation()
        for mount in 0..<3 {
            let view = talk.join("/page", rendered: Self.tree, mounts: mount)
            talk.wait(seconds: 1)
            view.crash()
            talk.wait(seconds: 1)
        }
        #expect(talk.findings(JoinLoop.self).map(\.evidence.text) == ["3 joins came to nothing: crashed at once (3)"])
    }

    @Test func twoFailedJoinsAreNot() throws {
        let talk = Conversation()
        for _ in 0..<2 { talk.failJoin("/page", response: #"{"reason":"stale"}"#) }
        talk.join("/page", rendered: Self.tree)
        #expect(talk.findings(JoinLoop.self).isEmpty)
    }

    @Test func failuresFarApartAreNot() throws {
        let talk = Conversation()
        for _ in 0..<6 {
            talk.failJoin("/page", response: #"{"reason":"stale"}"#)
            talk.wait(seconds: 31)
        }
        #expect(talk.findings(JoinLoop.self).isEmpty)
    }

    @Test func quickNavigationAndCrashesByEventsAreNot() throws {
        let talk = Conversation()
        for page in 0..<5 {
            talk.join("/page/\(page)", rendered: Self.tree, isNavigation: page > 0).leave()
            talk.wait(seconds: 1)
        }
        for mount in 0..<4 {
            let view = talk.join("/crash", rendered: Self.tree, mounts: mount)
            view.send("boom")
            view.crash()
            talk.wait(seconds: 1)
        }
        #expect(talk.findings(JoinLoop.self).isEmpty)
    }

    @Test func manyVisitorsWhoStayForAMomentAreNot() throws {
        let talk = Conversation()
        for visitor in 0..<20 {
            talk.join("/page", topic: "lv:phx-\(visitor)", rendered: Self.tree)
            talk.wait(milliseconds: 300)
            talk.close()
        }
        #expect(talk.findings(JoinLoop.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(JoinLoop.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(JoinLoop.self, inRecording: "gallery-pitfalls-journeys")
        #expect(Set(findings.map(\.place.route)) == ["lv:restless"])
    }
}
