import Foundation
import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

@testable import Interchange

/// Foreign bytes never trap, and keep their length.
@Suite struct RedactionFuzzTests {
    private static let seeds = [
        #"["4","4","lv:phx-A","phx_join",{"params":{"_csrf_token":"Hio1dyd5UhoTD0"},"session":"SFMyNTY.abc.defghijklmnop"}]"#,
        #"{"value":"user%5Bpassword%5D=s3cret%21&_csrf_token=a+b%2f","url":"http://u:p@h/?token=1&a=%7B%22x%22%3A1%7D"}"#,
        #"<div data-phx-session="a&amp;b" data-x='{"token":"q"}'><input type=password value=x><p>a@b.org</p>"#,
        #"{"0":{"s":["<input type=\"password\" value=\"","\">"],"0":"\ud83d\ude00\u00e9"},"p":{"0":["a"]},"card":4111111111111111}"#,
        "GET /?a=1 HTTP/1.1\r\nCookie: a=b; c\r\nAuthorization: Basic\r\n folded\r\nx-token:\r\n\r\n",
    ]

    @Test func mutatedTextKeepsItsLength() {
        var random = SeededGenerator(seed: 11)
        let rest = Array("\"\\{}[]<>=&?%;:@/ ,\r\n\u{e9}0aZ".utf8) + [0, 0xff, 0xed, 0xf4]
        for round in 0..<400 {
            let redaction = TextRedaction(learning: Self.seeds.prefix(Int.random(in: 0...5, using: &random)).map { $0 })
            for _ in 0..<5 {
                var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = rest.randomElement(using: &random) ?? 0
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(rest.randomElement(using: &random) ?? 0, at: place)
                    }
                }
                let message = redaction.redactor.message(bytes)
                #expect(message.count == bytes.count, "round \(round)")
                let before = shape(bytes)
                if !before.hasPrefix("no JSON") {
                    #expect(shape(message).filter { !$0.isLetter } == before.filter { !$0.isLetter }, "round \(round)")
                }
                #expect(redaction.redactor.head(bytes).count == bytes.count)
                #expect(redaction.redactor.binaryMessage(bytes).count == bytes.count)
                // What it made has nothing left by its own measure.
                redaction.redactor.mode = .check
                _ = redaction.redactor.message(message)
                redaction.redactor.mode = .replace
            }
        }
    }

    @Test func mutatedRecordingsAreRedactedOrRefused() throws {
        let folder = TestFolder()
        var talk = TalkJournal()
        talk.http(.client, .head, Array("GET /a HTTP/1.1\r\nCookie: k=s3cret-cookie\r\n\r\n".utf8))
        talk.http(.server, .head, Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".utf8))
        talk.http(.server, .body, Array("<p data-token=\"s3cret-body\">".utf8))
        talk.http(.server, .end, size: 28)
        talk.open("permessage-deflate")
        for seed in Self.seeds {
            talk.message(.client, Array(seed.utf8), frameSize: 20, parts: 3)
            talk.message(.server, Array(seed.utf8), opcode: .binary)
        }
        talk.end()
        var random = SeededGenerator(seed: 13)
        for _ in 0..<60 {
            // Records that are lost, doubled, in another order, or whose bytes are others; their checksums are right.
            var records = talk.records
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<records.count, using: &random)
                switch (Int.random(in: 0..<4, using: &random), records[place]) {
                case (0, _): records.remove(at: place)
                case (1, _): records.insert(records[place], at: Int.random(in: 0...place, using: &random))
                case (2, _): records.swapAt(place, Int.random(in: 0..<records.count, using: &random))
                case (_, .frame(var frame, let payload)):
                    frame.part = UInt32.random(in: 0...2, using: &random)
                    frame.isLast.toggle()
                    if Bool.random(using: &random) { frame.form = .plain(wireByteCount: .max) }
                    records[place] = .frame(frame, payload: Array(payload.dropFirst()))
                default: records.remove(at: place)
                }
            }
            let bytes =
                JournalPreamble(runID: "talk01", fileNumber: 1).encoded(release: "0") + records.flatMap { $0.encoded() }
            let (report, output) = try redact(try folder.write(bytes), in: folder) { $0.replacesFile = true }
            #expect(report.leftovers.count == 0, "\(report.leftovers.places)")
            #expect(Data(try folder.bytes("out.mcap")).range(of: Data("s3cret-".utf8)) == nil)
            #expect(report.records >= UInt64(records.count) || !report.unreadable.isEmpty)
            #expect(try RecordingFile(path: output).preambleProblems().isEmpty)
        }
    }
}
