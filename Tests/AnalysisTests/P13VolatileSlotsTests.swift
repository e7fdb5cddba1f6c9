import Analysis
import ConversationSupport
import Testing

@Suite struct P13VolatileSlotsTests {
    private func page(_ count: Int = 5, pushed: Bool = false, _ text: (Int) -> String) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/page", rendered: #"{"0":"","1":"","s":["<p>","</p><div",">"]}"#)
        for number in 0..<count {
            let slot = "\"1\":\"\(text(number))\""
            let diff = "{\"0\":\"\(number)\",\(slot)}"
            if pushed { view.push(diff) } else { view.event("go", reply: diff) }
            talk.wait(seconds: 5)
        }
        return talk
    }

    @Test(arguments: ["at 12:30:0#", "# seconds ago", "1b4e28ba-2fa1-11d2-883f-0016d3cca42#"])
    func timesThatComeWithEachDiffAreFound(_ text: String) throws {
        let talk = page { text.replacing("#", with: "\($0)") }
        let finding = try #require(talk.findings(VolatileSlots.self).first)
        #expect(finding.evidence.count == 5)
        #expect(finding.savedBytes == 5 * (text.utf8.count + 2))
    }

    @Test func anIDByChanceIsFoundWhateverTheEvent() throws {
        #expect(!ids { "x57646075230342\($0)" }.findings(VolatileSlots.self).isEmpty)
        #expect(!ids { "a\($0)b7c1d0" }.findings(VolatileSlots.self).isEmpty)
    }

    @Test func anIDOfAThingIsNot() throws {
        #expect(ids { "photo-\($0)" }.findings(VolatileSlots.self).isEmpty)
        #expect(ids { "photo-123456\($0 % 2)" }.findings(VolatileSlots.self).isEmpty)
        #expect(ids(events: ["next"]) { "photo-123456\($0)" }.findings(VolatileSlots.self).isEmpty)
    }

    private func ids(events: [String] = ["a", "b"], _ id: (Int) -> String) -> Conversation {
        let talk = Conversation()
        let view = talk.join("/page", rendered: #"{"0":"","1":"","s":["<p>","</p><div",">"]}"#)
        for number in 0..<6 {
            view.event(events[number % events.count], reply: "{\"1\":\" id=\\\"\(id(number))\\\"\"}")
        }
        return talk
    }

    @Test func aClockThatTicksByItselfIsNot() throws {
        #expect(page(pushed: true) { "12:30:0\($0)" }.findings(VolatileSlots.self).isEmpty)
    }

    @Test func fourDiffsWordsAndTimesThatStayAreNot() throws {
        #expect(page(4) { "12:30:0\($0)" }.findings(VolatileSlots.self).isEmpty)
        #expect(page { "\($0) apples" }.findings(VolatileSlots.self).isEmpty)
        #expect(page { _ in "12:30:00" }.findings(VolatileSlots.self).isEmpty)
    }

    @Test func clocksAreWhatTheirPageIsFor() throws {
        #expect((try Conversation.findings(VolatileSlots.self, inPhoenix: "clock")).isEmpty)
        #expect((try Conversation.findings(VolatileSlots.self, inRecording: "gallery-clock")).isEmpty)
    }

    @Test func theGallerysPageHasItAndItsTwinHasNot() throws {
        let findings = try Conversation.findings(VolatileSlots.self, inRecording: "gallery-pitfalls-templates")
        #expect(Set(findings.map(\.place.route)) == ["lv:bad"])
    }
}
