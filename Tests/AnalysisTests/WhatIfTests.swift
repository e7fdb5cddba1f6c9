import Analysis
import ConversationSupport
import Sessions
import Testing
import WebSocketWire

@Suite struct WhatIfTests {
    private func estimate(_ talk: Conversation) -> WhatIf? {
        var analyzer = Analyzer()
        analyzer.settings.whatIf = WhatIfSettings()
        return analyzer.analyze(talk.events).whatIf
    }

    private func rows(_ names: Range<Int>) -> String {
        names.enumerated().map { #""\#($0)":{"0":"a row with the long name \#(1000 + $1)"}"# }.joined(separator: ",")
    }

    @Test func nobodyAskedNothingEstimated() throws {
        #expect(Analyzer().analyze(Conversation().events).whatIf == nil)
    }

    @Test func deflatingIsMeasuredWithAndWithoutContext() throws {
        let talk = Conversation()
        let view = talk.join("/log", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for number in 0..<50 { view.push(#"{"0":"the same words again, in line \#(number), and not much else"}"#) }
        let compression = try #require(estimate(talk)?.compression)
        // Each by itself is short; with what came before there is next to nothing to say.
        #expect(compression.withContext * 3 < compression.bytes)
        #expect(compression.withoutContext > compression.withContext * 2)
        #expect(compression.savedWithContext == compression.bytes - compression.withContext)
        #expect(WhatIf.Compression.memoryWithContext == 302_080)
    }

    @Test func aCompressedSocketIsNotMeasured() throws {
        let talk = Conversation(deflate: PermessageDeflate())
        talk.join("/log", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        #expect(estimate(talk)?.compression == nil)
    }

    @Test func whatIsBeyondTheLimitIsTakenToBeAlike() throws {
        let talk = Conversation()
        let view = talk.join("/log", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for number in 0..<400 { view.push(#"{"0":"\#(String(repeating: "word \(number) ", count: 20))"}"#) }
        let whole = try #require(estimate(talk)?.compression)
        var analyzer = Analyzer()
        analyzer.settings.whatIf = WhatIfSettings()
        analyzer.settings.whatIf?.socketByteLimit = 20_000
        let sampled = try #require(analyzer.analyze(talk.events).whatIf?.compression)
        #expect(sampled.measuredBytes < 21_000)
        #expect(sampled.bytes == whole.bytes)
        #expect(abs(sampled.withContext - whole.withContext) * 4 < whole.withContext)
    }

    @Test func keysSaveTheRowsThatOnlyMoved() throws {
        let talk = Conversation()
        let view = talk.join(
            "/list", rendered: #"{"0":{"k":{\#(rows(1..<21)),"kc":20},"s":["<li>","</li>"]},"s":["<ul>","</ul>"]}"#)
        // A row is put first: without keys, all are sent.
        let diff = #"{"0":{"k":{\#(rows(0..<21)),"kc":21}}}"#
        view.event("add", reply: diff)
        let whatIf = try #require(estimate(talk))
        #expect(whatIf.keyedLists.count == 1)
        #expect(whatIf.keyedLists.savedBytes > diff.utf8.count / 2)
        #expect(whatIf.streams.savedBytes > diff.utf8.count / 2)
    }

    @Test func aStreamCostsMoreWhereFieldsChange() throws {
        let talk = Conversation()
        let fields = (0..<20).map { row in
            #""\#(row)":{"0":"\#(String(repeating: "name ", count: 40))","1":"0"}"#
        }
        let view = talk.join(
            "/list",
            rendered:
                #"{"0":{"k":{\#(fields.joined(separator: ",")),"kc":20},"s":["<li>","<b>","</b></li>"]},"s":["",""]}"#)
        for count in 1..<5 { view.event("count", reply: #"{"0":{"k":{"3":{"1":"\#(count)"},"kc":20}}}"#) }
        let whatIf = try #require(estimate(talk))
        #expect(whatIf.streams.savedBytes < 0)
        #expect(whatIf.keyedLists.savedBytes == 0)
    }

    @Test func debounceLeavesOutAllButTheLastKeyOfABurst() throws {
        let talk = Conversation()
        let view = talk.join("/form", rendered: #"{"0":"","s":["<p>","</p>"]}"#)
        for key in ["a", "ab", "abc", "abcd"] {
            view.change("validate", "name=\(key)", target: "name", reply: #"{"0":"\#(key)"}"#)
            talk.wait(milliseconds: 120)
        }
        talk.wait(seconds: 1)
        view.change("validate", "name=abcde", target: "name", reply: #"{"0":"abcde"}"#)
        let debounce = try #require(estimate(talk)?.debounce)
        #expect(debounce.count == 5)
        #expect(debounce.savedMessages == 6)
        #expect(debounce.savedBytes * 2 > debounce.bytes)
    }

    @Test func theRecordedFormWouldBeQuieter() throws {
        var analyzer = Analyzer()
        analyzer.settings.whatIf = WhatIfSettings()
        let plain = try analyzer.analyzeInOrder(try RecordedFrames.recording("gallery-form")).whatIf
        let good = try analyzer.analyzeInOrder(try RecordedFrames.recording("gallery-form-debounce")).whatIf
        #expect((plain?.debounce.savedMessages ?? 0) > (good?.debounce.savedMessages ?? 0))
    }
}
