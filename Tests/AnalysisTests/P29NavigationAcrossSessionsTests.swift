import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P29NavigationAcrossSessionsTests {
    @Test func aRefusedNavigationIsFound() throws {
        let talk = Conversation()
        talk.join("/shop", rendered: #"{"s":["<p>shop</p>"]}"#).leave()
        talk.failJoin("/admin", response: #"{"reason":"unauthorized"}"#, isNavigation: true)
        talk.close()
        let findings = talk.findings(NavigationAcrossSessions.self)
        #expect(findings.map(\.place.route) == ["/admin"])
        #expect((findings.first?.savedBytes ?? 0) > 100)
        #expect(talk.findings(JoinLoop.self).isEmpty)
    }

    @Test func aNavigationThatWorksIsNot() throws {
        let talk = Conversation()
        talk.join("/shop", rendered: #"{"s":["<p>shop</p>"]}"#).leave()
        talk.join("/basket", rendered: #"{"s":["<p>basket</p>"]}"#, isNavigation: true)
        #expect(talk.findings(NavigationAcrossSessions.self).isEmpty)
    }

    @Test func anUnauthorizedFirstJoinIsNot() throws {
        let talk = Conversation()
        talk.failJoin("/admin", response: #"{"reason":"unauthorized"}"#)
        #expect(talk.findings(NavigationAcrossSessions.self).isEmpty)
    }

    @Test func phoenixsPageOfRedirectsHasOne() throws {
        let findings = try Conversation.findings(NavigationAcrossSessions.self, inPhoenix: "redirects")
        #expect(findings.map(\.place.route) == ["/nav/other"])
    }
}
