import Analysis
import ConversationSupport
import Sessions
import Testing

@Suite struct P39RendersWhileLoadingTests {
    private func template(_ name: String, _ text: String) -> String {
        #"{"0":"\#(text)","s":["<\#(name)>","</\#(name)>"]}"#
    }

    private func talk(_ pushes: [String], gap: UInt64 = 100, eventBetween: Bool = false) -> Conversation {
        let talk = Conversation()
        let loading = template("i", "loading")
        let view = talk.join(
            "/report", rendered: "{\"0\":\(loading),\"1\":\(loading),\"2\":\(loading),\"s\":[\"\",\"\",\"\",\"\"]}")
        talk.wait(seconds: 3)
        for push in pushes {
            view.push(push)
            if eventBetween { view.event("look") }
            talk.wait(milliseconds: gap)
        }
        return talk
    }

    private var twice: [String] { [#"{"0":\#(template("b", "half"))}"#, #"{"0":\#(template("u", "whole"))}"#] }

    @Test func twoTemplatesForOnePlaceAreFound() throws {
        let findings = talk(twice).findings(RendersWhileLoading.self)
        #expect(findings.map(\.evidence.count) == [2])
        #expect(findings.first?.savedBytes == template("b", "half").utf8.count)
    }

    @Test func threePlacesOneAfterTheOtherAreFound() throws {
        let pushes = (0..<3).map { #"{"\#($0)":\#(template("b", "done"))}"# }
        #expect(talk(pushes).findings(RendersWhileLoading.self).map(\.evidence.count) == [3])
    }

    @Test func oneResultIsNot() throws { #expect(talk([twice[1]]).findings(RendersWhileLoading.self).isEmpty) }

    @Test func resultsInOnePushAreNot() throws {
        let all = (0..<3).map { #""\#($0)":\#(template("b", "done"))"# }.joined(separator: ",")
        #expect(talk(["{\(all)}"]).findings(RendersWhileLoading.self).isEmpty)
    }

    @Test func whatComesMuchLaterIsNot() throws {
        #expect(talk(twice, gap: 1_100).findings(RendersWhileLoading.self).isEmpty)
    }

    @Test func answersToEventsAreNot() throws {
        #expect(talk(twice, eventBetween: true).findings(RendersWhileLoading.self).isEmpty)
    }

    @Test func aTimerIsNot() throws {
        #expect(talk(twice + twice + twice).findings(RendersWhileLoading.self).isEmpty)
    }

    @Test(arguments: RecordedFrames.phoenixPages) func noPhoenixPageHasIt(_ page: String) throws {
        #expect(try Conversation.findings(RendersWhileLoading.self, inPhoenix: page).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(RendersWhileLoading.self, inRecording: "gallery-pitfalls-streams")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
