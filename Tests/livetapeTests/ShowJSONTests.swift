import Foundation
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

@testable import livetape

/// The promise of ShowJSON.md.
@Suite struct ShowJSONTests {
    /// What the decoder makes of one frame, as a line.
    /// - Parameter isBehindGap: whether records of the connection are missing before the frame.
    private func line(_ opcode: Opcode, _ payload: [UInt8], rsv1: Bool = false, isBehindGap: Bool = false) -> String {
        var stamp = RecordStamp(
            connection: 1, sequence: 0, wallNanoseconds: 1_795_428_900_123_456_789, monotonicNanoseconds: 5)
        var socket = SocketRecord(stamp: stamp, kind: .socketOpened, by: .server)
        socket.target = "/live/websocket?vsn=2.0.0"
        socket.extensions = "permessage-deflate"
        socket.isRecorded = true
        var decoder = ConversationDecoder()
        var events: [ConversationEvent] = []
        decoder.receive(.socket(socket), into: &events)
        if isBehindGap { decoder.lostRecords(of: 1, stamp, into: &events) }
        var head: [UInt8] = [0x80 | (rsv1 ? 0x40 : 0) | opcode.rawValue]
        let count = payload.count
        head += count < 126 ? [UInt8(count)] : [126, UInt8(count >> 8), UInt8(count & 0xff)]
        stamp.sequence = 1
        let frame = FrameRecord(
            stamp: stamp, direction: .server, offset: 0, number: 0, head: WireHead(bytes: head.span) ?? WireHead())
        decoder.receive(.frame(frame, payload: payload), into: &events)
        decoder.end(into: &events)
        var writer = JSONWriter()
        for case .message(let message) in events {
            MessageJSON(run: "k3f9x2").append(message, elapsed: 1_234_567_890, to: &writer)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func aTextMessageHasTheDocumentedKeysInTheirOrder() {
        #expect(
            line(.text, Array("say \"hi\"\n".utf8)) == """
                {"run":"k3f9x2","connection":1,"path":"/live/websocket?vsn=2.0.0","number":0,\
                "time":"2026-11-23T10:15:00.123456Z","elapsed":1.234567,"direction":"server","opcode":"text",\
                "wire":11,"size":9,"frames":1,"compressed":false,"text":"say \\"hi\\"\\n"}

                """)
    }

    @Test func whatIsNoTextIsBase64() {
        #expect(line(.binary, Array("abc".utf8)).contains("\"base64\":\"YWJj\"}"))
        #expect(line(.text, [0xff, 0xfe]).contains("\"base64\":\"//4=\",\"violations\":[\""))
    }

    @Test func theOptionalKeysComeLastAndInTheirOrder() throws {
        let closing = line(.close, [0x03, 0xed] + Array("bye".utf8))
        #expect(
            closing.contains("\"base64\":\"A+1ieWU=\",\"closeCode\":1005,\"closeReason\":\"bye\",\"violations\":[\""))
        let lost = line(.text, [1, 2, 3], rsv1: true, isBehindGap: true)
        #expect(lost.contains("\"compressed\":true,\"text\":\"\",\"completeness\":\"compressionContextLost\"}"))
    }

    /// Any bytes come out as JSON that another parser reads back the same.
    @Test func stringsSurviveAnotherParser() throws {
        let text = (0..<0x300).compactMap { Unicode.Scalar($0) }.map { String($0) }.joined() + "\u{2028}😀\u{0}"
        let data = Data(line(.text, Array(text.utf8)).utf8)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        #expect(object?["text"] as? String == text)
        #expect(object?["elapsed"] as? Double == 1.234567)
    }

    @Test(arguments: 0..<20) func base64IsWhatFoundationMakes(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
        var writer = JSONWriter()
        writer.base64(bytes)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(Data(bytes).base64EncodedString())\"")
    }

    @Test func thePageNamesEachKey() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/livetape/livetape.docc/ShowJSON.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let documented = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(
            documented == [
                "run", "connection", "path", "number", "time", "elapsed", "direction", "opcode", "wire", "size",
                "frames",
                "compressed", "text", "base64", "closeCode", "closeReason", "completeness", "violations",
            ])
    }
}
