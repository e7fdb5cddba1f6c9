import Analysis
import ConversationSupport
import Testing

@Suite struct P14RoundTripForLooksTests {
    private func menu(_ replies: [String]) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/menu", rendered: #"{"0":"shut","1":"","2":"","s":["<nav class=\"","\"","><p>","</p>"]}"#)
        for reply in replies {
            view.event("menu", reply: reply)
            talk.wait(seconds: 1)
        }
        return talk
    }

    @Test(arguments: [
        [#"{"0":"open"}"#, #"{"0":"shut"}"#], [#"{"1":" hidden"}"#, #"{"1":""}"#],
        [#"{"1":" style=\"x\""}"#, #"{"1":" style=\"y\""}"#],
    ])
    func aClassThatGoesBackAndForthIsFound(_ pair: [String]) throws {
        let finding = try #require(menu(pair + pair).findings(RoundTripForLooks.self).first)
        #expect(finding.evidence.count == 4)
        #expect(finding.savedBytes == finding.ofBytes)
    }

    @Test func oneTurnIsTooFew() throws {
        #expect(menu([#"{"0":"open"}"#, #"{"0":"shut"}"#, #"{"0":"open"}"#]).findings(RoundTripForLooks.self).isEmpty)
    }

    @Test func looksThatGoOnOrComeWithTextAreNot() throws {
        #expect(menu((0..<6).map { "{\"0\":\"c\($0)\"}" }).findings(RoundTripForLooks.self).isEmpty)
        let both = [#"{"0":"open","2":"1"}"#, #"{"0":"shut","2":"2"}"#]
        #expect(menu(both + both + both).findings(RoundTripForLooks.self).isEmpty)
    }

    @Test func anEventThatOnceDidMoreIsNot() throws {
        let pair = [#"{"0":"open"}"#, #"{"0":"shut"}"#]
        #expect(menu(pair + pair + [#"{"2":"saved"}"#]).findings(RoundTripForLooks.self).isEmpty)
    }

    @Test func aLightThatTheServerKnowsIsNot() throws {
        #expect((try Conversation.findings(RoundTripForLooks.self, inRecording: "gallery-light")).isEmpty)
        #expect((try Conversation.findings(RoundTripForLooks.self, inPhoenix: "light")).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(RoundTripForLooks.self, inRecording: "gallery-pitfalls-events")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
