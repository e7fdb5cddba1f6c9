import ConversationSupport
import Sessions
import Testing

@testable import livetape

@Suite struct TailTextTests {
    private func talk() -> Conversation {
        let talk = Conversation()
        let view = talk.join("/light", rendered: #"{"0":"off","1":"same","s":["<p>","</p>","!"]}"#)
        talk.wait(milliseconds: 500)
        view.event("toggle", reply: #"{"0":"on","1":"same"}"#)
        view.crash()
        return talk
    }

    private func lines(_ talk: Conversation, hasColours: Bool = false, byteLimit: Int = 1_000) -> [String] {
        let terminal = Terminal(columns: 100, hasColours: hasColours, isTerminal: hasColours)
        var text = TailText(terminal: terminal, byteLimit: byteLimit, start: nil)
        // Steps hold what is used again: each becomes a line at once.
        return talk.steps().compactMap { text.line(of: $0) }
    }

    @Test func aViewsLifeIsToldAsABrowserTellsIt() {
        let lines = lines(talk())
        #expect(lines.count == 3)
        #expect(lines[0].contains(" mount: "))
        #expect(lines[0].hasSuffix(#"dynamics 11 B, /light  {"0":"off","1":"same","s":["<p>","</p>","!"]}"#))
        #expect(lines[1].contains(" update: 23 B, 6 B redundant, dynamics 10 B, “toggle”  "))
        #expect(lines[1].hasSuffix(#"{"0":"on","1":"same"}"#))
        #expect(lines[2].hasSuffix("error: view crashed"))
    }

    @Test func whatWasThereIsFaintAndWhatChangedIsBold() {
        let update = lines(talk(), hasColours: true)[1]
        #expect(update.contains("\u{1b}[2m\"same\"\u{1b}[0m"))
        #expect(update.contains("\u{1b}[1m\"on\"\u{1b}[0m"))
    }

    @Test func aLongDiffIsCut() {
        let update = lines(talk(), byteLimit: 10)[1]
        #expect(update.hasSuffix(#"{"0":"on",… 13 B more"#))
    }

    @Test func aJoinThatFailsIsAnError() {
        let talk = Conversation()
        talk.failJoin("/light", response: #"{"reason":"unauthorized"}"#)
        #expect(lines(talk).contains { $0.contains("error: unable to join: ") && $0.contains("unauthorized") })
    }

    @Test func recordedTextCommandsNoTerminal() {
        let talk = Conversation()
        talk.join("/x", rendered: "{\"0\":\"\u{9b}31m\u{202e}\",\"s\":[\"\",\"\"]}")
        #expect(!lines(talk).joined().unicodeScalars.contains { $0 == "\u{9b}" || $0 == "\u{202e}" })
    }
}
