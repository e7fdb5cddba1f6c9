import Analysis
import ConversationSupport
import Sessions
import TestSupport
import Testing
import WebSocketWire

@Suite struct P36NoCompressionTests {
    private func talk(diffs: Int, deflate: PermessageDeflate? = nil, text: (Int) -> String) -> Conversation {
        let talk = Conversation(deflate: deflate)
        let view = talk.join("/log", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for number in 0..<diffs { view.push(#"{"0":"\#(text(number))"}"#) }
        return talk
    }

    private func words(_ number: Int) -> String { String(repeating: "line \(number) of the log ", count: 50) }

    @Test func textsThatDeflateWellAreFoundWithWhatIsMeasured() throws {
        let findings = talk(diffs: 200, text: words).findings(NoCompression.self)
        #expect(findings.map(\.place.route) == ["/live/websocket"])
        #expect((findings.first?.evidence.ratio ?? 1) < 0.1)
        #expect((findings.first?.savedShare ?? 0) > 0.9)
    }

    @Test func aCompressedSocketIsNot() throws {
        let findings = talk(diffs: 200, deflate: PermessageDeflate(), text: words).findings(NoCompression.self)
        #expect(findings.isEmpty)
    }

    @Test func aQuietSocketIsNot() throws {
        #expect(talk(diffs: 100, text: words).findings(NoCompression.self).isEmpty)
    }

    @Test func whatDoesNotDeflateIsNot() throws {
        var random = SeededGenerator(seed: 5)
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-")
        let talk = talk(diffs: 200) { _ in
            String((0..<1200).map { _ in letters[Int(random.next() % 64)] })
        }
        #expect(talk.findings(NoCompression.self).isEmpty)
    }

    /// In the fixture, one text that repeats itself stands for 200 kB that did not: the page itself deflates to 34 %.
    @Test func phoenixsPitfallsAsCommittedDeflateToNextToNothing() throws {
        let findings = try Conversation.findings(NoCompression.self, inPhoenix: "pitfall")
        #expect((findings.first?.savedBytes ?? 0) > 1_600_000)
    }

    @Test func whatComesLaterIsMeasuredToo() throws {
        var random = SeededGenerator(seed: 7)
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-")
        let talk = talk(diffs: 900) { number in
            number < 250 ? words(number) : String((0..<1200).map { _ in letters[Int(random.next() % 64)] })
        }
        #expect(talk.findings(NoCompression.self).isEmpty)
    }

    @Test func theGallerysTableHasItWithoutCompression() throws {
        let plain = try Conversation.findings(NoCompression.self, inRecording: "gallery-table-busy")
        #expect(plain.map(\.place.route) == ["/live/websocket"])
        let compressed = try Conversation.findings(NoCompression.self, inRecording: "gallery-table-compressed")
        #expect(compressed.isEmpty)
    }
}
