import Foundation
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// Heads and pieces of bodies become exchanges with decoded bodies.
@Suite struct ReadingHTTPTests {
    /// "hello hello hello hello\n"
    private static let gzip = Data(base64Encoded: "H4sIAAAAAAACA8tIzcnJV8hAJ7kAAIhZCxgAAAA=").map { Array($0) } ?? []

    private func exchange(_ coding: String, _ wire: [UInt8], size: Int? = nil) -> HTTPExchange? {
        var journal = TestJournal()
        journal.request(1, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
        journal.http(
            1, .server, .head, Array("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 9\r\n\r\n".utf8)
        )
        let half = wire.count / 2
        journal.http(1, .server, .body, Array(wire[..<half]))
        journal.http(1, .server, .body, Array(wire[half...]))
        journal.http(
            1, .server, .end, bodySize: UInt64(size ?? wire.count), bodyRecorded: UInt64(wire.count))
        return Self.exchanges(journal).first
    }

    private static func exchanges(_ journal: TestJournal) -> [HTTPExchange] {
        decode(journal.records).compactMap { event in
            switch event {
            case .exchange(let exchange): exchange
            default: nil
            }
        }
    }

    @Test func aPlainBodyIsAsItWas() {
        let exchange = exchange("identity", Array("hello".utf8))
        #expect(exchange?.request?.target == "/page" && exchange?.response?.status == 200)
        #expect(exchange?.responseBody.bytes == Array("hello".utf8))
        #expect(exchange?.responseBody.state == .whole)
    }

    @Test func gzipIsDecoded() {
        let body = exchange("gzip", Self.gzip)?.responseBody
        #expect(body?.bytes == Array("hello hello hello hello\n".utf8))
        #expect(body?.state == .whole && body?.wireSize == UInt64(Self.gzip.count))
    }

    @Test func zstdIsDecoded() throws {
        let content = Array(String(repeating: "live view ", count: 2000).utf8)
        let body = exchange("zstd", Self.zstandardFrame(content))?.responseBody
        #expect(body?.bytes == content)
        #expect(body?.state == .whole)
    }

    @Test func aTornZstdBodyGivesItsBeginning() throws {
        let wire = Self.zstandardFrame(Array("hello".utf8))
        let body = exchange("zstd", wire.dropLast(2), size: wire.count)?.responseBody
        guard case .partial? = body?.state else {
            Issue.record("\(String(describing: body?.state))")
            return
        }
    }

    /// RFC 8878 section 3.1: a frame of raw blocks, written by hand.
    private static func zstandardFrame(_ content: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
        let header = UInt32(content.count) << 3 | 1
        frame += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) }
        return frame + content
    }

    @Test func brotliIsReportedAndLeftAsItWas() {
        let body = exchange("br", [1, 2, 3])?.responseBody
        #expect(body?.bytes == [1, 2, 3])
        #expect(body?.coding == "br")
        #expect(body?.state == .undecoded("br is not decoded: record with --identity"))
    }

    @Test func aBombIsDecodedToTheLimitOnly() {
        var journal = TestJournal()
        let content = [UInt8](repeating: 0, count: 100_000)
        journal.http(1, .server, .head, Array("HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n".utf8))
        let wire = Self.zstandardFrame(content)
        journal.http(1, .server, .body, wire)
        journal.http(1, .server, .end, bodySize: UInt64(wire.count), bodyRecorded: UInt64(wire.count))
        var limits = ConversationLimits()
        limits.bodyBytes = 150_000
        #expect(decode(journal.records, limits: limits).bodies.map(\.bytes.count) == [100_000])
        limits.bodyBytes = 1000
        #expect(decode(journal.records, limits: limits).bodies.map(\.bytes.count).allSatisfy { $0 <= 1000 })
    }

    @Test func anExchangeWithoutABodyEndsWithItsHeadOrTheNextAnswer() {
        var journal = TestJournal()
        for number in 1...3 as ClosedRange<UInt64> {
            journal.request(1, exchange: number, "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        for (number, head) in [(1, "304 Not Modified"), (2, "200 OK"), (3, "200 OK")] as [(UInt64, String)] {
            journal.http(1, .server, .head, exchange: number, Array("HTTP/1.1 \(head)\r\n\r\n".utf8))
        }
        journal.event(1, .connectionClosed)
        #expect(Self.exchanges(journal).compactMap(\.request?.target) == ["/1", "/2", "/3"])
        #expect(Self.exchanges(journal).compactMap(\.response?.status) == [304, 200, 200])
    }
}

extension [ConversationEvent] {
    var bodies: [HTTPBody] {
        compactMap { event in
            switch event {
            case .exchange(let exchange): exchange.responseBody
            default: nil
            }
        }
    }
}
