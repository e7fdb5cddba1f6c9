import Foundation
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

@testable import Interchange

/// A journal of one connection, made record by record.
struct TalkJournal {
    private(set) var records: [JournalRecord] = []
    private var sequences: [UInt64: UInt64] = [:]
    private var numbers: [Direction: UInt64] = [:]
    private var deflaters: [Direction: Deflater] = [:]
    private var deflate: PermessageDeflate?

    mutating func stamp(_ connection: UInt64 = 1) -> RecordStamp {
        defer { sequences[connection, default: 0] += 1 }
        let time = UInt64(records.count) + 1
        return RecordStamp(
            connection: connection, sequence: sequences[connection, default: 0], wallNanoseconds: 1_790_000_000 + time,
            monotonicNanoseconds: time)
    }

    mutating func add(_ record: JournalRecord) { records.append(record) }

    mutating func open(_ extensions: String = "", target: String = "/live?_csrf_token=T0kenA9") {
        var record = SocketRecord(stamp: stamp(), kind: .socketOpened, by: .server)
        record.target = target
        record.extensions = extensions
        record.isRecorded = true
        add(.socket(record))
        deflate = try? PermessageDeflate.negotiated(inResponse: extensions)
    }

    mutating func http(
        _ direction: Direction, _ kind: HTTPRecord.Kind, _ bytes: [UInt8] = [], exchange: UInt64 = 1, size: UInt64 = 0
    ) {
        add(
            .http(
                HTTPRecord(
                    stamp: stamp(), direction: direction, kind: kind, exchange: exchange, offset: 0, bodySize: size,
                    bodyRecorded: size), bytes: bytes))
    }

    /// A message in frames of at most `frameSize` bytes, each in `parts` parts.
    mutating func message(
        _ sender: Direction, _ payload: [UInt8], opcode: Opcode = .text, frameSize: Int = .max, parts: Int = 1
    ) {
        var payload = payload
        if let deflate {
            let keepsContext = sender == .client || !deflate.serverNoContextTakeover
            var deflater = deflaters[sender] ?? Deflater(contextTakeover: keepsContext)
            var packed: [UInt8] = []
            _ = deflater.append(message: payload.span, to: &packed)
            deflaters[sender] = deflater
            payload = packed
        }
        var bytes: [UInt8] = []
        FrameEncoder.appendMessage(
            opcode: opcode, isCompressed: deflate != nil, payload: payload.span, frameSize: frameSize,
            maskKey: { sender == .client ? MaskKey(1, 2, 3, 4) : nil }, to: &bytes)
        frames(sender, bytes, parts: parts)
    }

    mutating func frames(_ sender: Direction, _ bytes: [UInt8], parts: Int = 1) {
        let size = max(1, bytes.count / parts)
        var parser = FrameParser()
        let begin = numbers[sender, default: 0]
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            var position = 0
            while case .piece(let found) = parser.next(piece.span, at: &position) {
                let head = found.head?.bytes ?? []
                let record = FrameRecord(
                    stamp: stamp(), direction: sender, offset: found.offset, number: begin + found.number,
                    part: found.part, isLast: found.isLast, head: WireHead(bytes: head.span) ?? WireHead())
                add(.frame(record, payload: Array(piece[found.payload])))
                if found.isLast { numbers[sender] = begin + found.number + 1 }
            }
        }
    }

    mutating func end() {
        add(.socket(SocketRecord(stamp: stamp(), kind: .connectionClosed, by: .client)))
        add(.note(NoteRecord(stamp: stamp(0), kind: .runEnded)))
    }

    func bytes(details: [String: String] = [:]) -> [UInt8] {
        JournalPreamble(runID: "talk01", fileNumber: 1, details: details).encoded(release: "0")
            + records.flatMap { $0.encoded() } + MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic
    }
}

@Suite struct RedactionRecordTests {
    private func messages(_ path: String) throws -> [SocketMessage] {
        try events(of: path).compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    private static let text = Array(#"["1","1","lv:a","event",{"value":"user%5Bpassword%5D=s3cret-pass"}]"#.utf8)

    @Test(
        arguments: ["", "permessage-deflate", "permessage-deflate; server_no_context_takeover"],
        [(7, 1), (7, 9), (1000, 9)])
    func messagesGoBackToTheirParts(_ extensions: String, _ cut: (frameSize: Int, parts: Int)) throws {
        let folder = TestFolder()
        var talk = TalkJournal()
        talk.open(extensions)
        for sender in Direction.allCases {
            talk.message(sender, Self.text, frameSize: cut.frameSize, parts: cut.parts)
            talk.message(sender, Array("{\"echo\":\"s3cret-pass\"}".utf8))
            talk.message(sender, Array("a file with s3cret-pass".utf8), opcode: .binary)
        }
        talk.end()
        let input = try folder.write(talk.bytes())
        let (report, output) = try redact(input, in: folder)
        #expect(report.dropped.total == 0 && report.leftovers.count == 0 && report.isPublished)
        let (before, after) = (try messages(input), try messages(output))
        #expect(before.count == 6 && after.count == 6)
        for (old, new) in zip(before, after) {
            #expect(old.size == new.size && old.wireSize == new.wireSize && old.stamp == new.stamp)
            #expect(old.frameCount == new.frameCount && old.isCompressed == new.isCompressed)
            #expect(new.completeness == .whole && old.violations == new.violations && old.payload != new.payload)
            #expect(!String(decoding: new.payload, as: UTF8.self).contains("s3cret"))
        }
        // The socket's second redaction: what stands inflated already stays so.
        let again = TestFolder()
        let (second, twice) = try redact(output, in: again, key: 7)
        #expect(second.dropped.total == 0 && second.leftovers.count == 0)
        #expect(try messages(twice).map(\.wireSize) == before.map(\.wireSize))
    }

    @Test func whatCannotBeRedactedIsEmptiedAndSaid() throws {
        let folder = TestFolder()
        var talk = TalkJournal()
        talk.open("permessage-deflate")
        // Not deflated data.
        var broken: [UInt8] = []
        FrameEncoder.append(
            opcode: .text, reservedBits: .rsv1, payload: Array("s3cret-broken".utf8).span, to: &broken)
        talk.frames(.server, broken)
        // A message without an end, and raw bytes.
        var open: [UInt8] = []
        FrameEncoder.append(opcode: .text, isFinal: false, payload: Array("s3cret-open".utf8).span, to: &open)
        talk.frames(.server, open)
        talk.add(
            .frame(
                FrameRecord(
                    stamp: talk.stamp(), direction: .client, kind: .raw, offset: 0, number: 0, rawReason: .notHTTP),
                payload: Array("s3cret-raw".utf8)))
        talk.end()
        let input = try folder.write(talk.bytes())
        let (report, output) = try redact(input, in: folder)
        #expect(report.dropped.counts == [.undecodable: 1, .unfinished: 1, .raw: 1])
        #expect(report.isPublished && report.leftovers.count == 0)
        let result = try events(of: output)
        #expect(try messages(input).map(\.wireSize) == messages(output).map(\.wireSize))
        let notes = result.compactMap { if case .note(let note) = $0 { note } else { nil } }
        #expect(
            notes.last?.kind == .warning && notes.last?.text.contains("1 messages that could not be decoded") ?? false)
        #expect(Data(try folder.bytes("out.mcap")).range(of: Data("s3cret".utf8)) == nil)
    }

    @Test func whatWaitsTooLongIsGivenUp() throws {
        let folder = TestFolder()
        var talk = TalkJournal()
        talk.open()
        var begun: [UInt8] = []
        FrameEncoder.append(opcode: .text, isFinal: false, payload: Array("s3cret-1".utf8).span, to: &begun)
        talk.frames(.server, begun)
        for _ in 0..<50 { talk.message(.client, Array("{\"a\":1}".utf8)) }
        var rest: [UInt8] = []
        FrameEncoder.append(opcode: .continuation, payload: Array("s3cret-2".utf8).span, to: &rest)
        talk.frames(.server, rest)
        talk.message(.server, Array("{\"b\":2}".utf8))
        talk.end()
        let (report, output) = try redact(try folder.write(talk.bytes()), in: folder) { $0.holdByteLimit = 4000 }
        #expect(report.dropped.counts == [.tooLarge: 1] && report.leftovers.count == 0)
        let texts = try messages(output).map { String(decoding: $0.payload, as: UTF8.self) }
        #expect(texts.filter { $0 == "{\"a\":1}" }.count == 50 && texts.last == "{\"b\":2}")
        #expect(!texts.contains { $0.contains("s3cret") })
    }

    @Test func bodiesAreRedactedWholeAndCodedOnesStandDecoded() throws {
        let html = Array("<html><meta name=\"csrf-token\" content=\"c5rf-Tok3n-77\"><p>c5rf-Tok3n-77</p></html>".utf8)
        let folder = TestFolder()
        let zipped = try gzip(html, in: folder)
        for (coding, body) in [("", html), ("Content-Encoding: gzip\r\n", zipped)] {
            var talk = TalkJournal()
            talk.http(.client, .head, Array("GET /a HTTP/1.1\r\nCookie: k=s3cret-cookie\r\n\r\n".utf8))
            talk.http(.server, .head, Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\(coding)\r\n".utf8))
            talk.http(.server, .body, Array(body[..<40]))
            talk.http(.server, .body, Array(body[40...]))
            talk.http(.server, .end, size: UInt64(body.count))
            talk.end()
            let own = TestFolder()
            let (report, output) = try redact(try own.write(talk.bytes()), in: own)
            #expect(report.dropped.total == 0 && report.leftovers.count == 0)
            let exchanges = try events(of: output).compactMap {
                if case .exchange(let found) = $0 { found } else { nil }
            }
            let found = try #require(exchanges.first)
            #expect(found.responseBody.state == .whole && found.responseBody.wireSize == UInt64(body.count))
            #expect(found.responseBody.bytes.count == html.count && tags(found.responseBody.bytes) == tags(html))
            #expect(!String(decoding: found.responseBody.bytes, as: UTF8.self).contains("c5rf"))
            #expect(found.request?.fields["Cookie"].map { $0.hasPrefix("k=") && !$0.contains("s3cret") } ?? false)
        }
    }

    private func gzip(_ bytes: [UInt8], in folder: TestFolder) throws -> [UInt8] {
        let path = try folder.write(bytes, "page")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-n", path]
        try process.run()
        process.waitUntilExit()
        return try folder.bytes("page.gz")
    }
}
