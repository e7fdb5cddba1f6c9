import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@testable import RecordingStore

/// What is recorded of HTTP: every head, and the bodies that were asked for.
@Suite struct RecorderHTTPTests {
    private func settings(_ bodies: RecorderSettings.Bodies, limit: UInt64 = 1 << 20) -> RecorderSettings {
        var settings = RecorderSettings()
        settings.bodies = bodies
        settings.bodyByteLimit = limit
        return settings
    }

    private let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\n"
    private let image = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\n"

    @Test func aPageHasItsBodyAndAnImageHasNone() throws {
        let talk = try RecorderTalk()
        talk.recorder.connected(serverAddress: "[::1]:4000", now: talk.tick())
        talk.client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        talk.server(page + "<p>hi")
        talk.client("GET /a.png HTTP/1.1\r\nHost: a\r\n\r\n")
        talk.server(image + "png")
        let length = page.utf8.count
        #expect(
            talk.told() == [
                "connectionOpened by client 127.0.0.1:50000", "connectionOpened by server [::1]:4000",
                "client head 1 @0 GET / HTTP/1.1", "server head 1 @0 HTTP/1.1 200 OK", "server body 1 @\(length) <p>hi",
                "server end 1 5 of 5", "client head 2 @27 GET /a.png HTTP/1.1",
                "server head 2 @\(length + 5) HTTP/1.1 200 OK", "server end 2 0 of 3",
            ])
        #expect(talk.statistics.exchanges == 2)
        #expect(talk.statistics.client.bytes == 59)
        #expect(talk.statistics.server.bytes == UInt64(length + 8 + image.utf8.count))
    }

    @Test func headsAreVerbatim() throws {
        let talk = try RecorderTalk()
        let head = "\r\nGET /x?y HTTP/1.1\r\nhOsT:  a \r\nX:\r\n\r\n"
        for byte in head.utf8 { talk.send([byte], from: .client) }
        let heads = talk.records().compactMap { if case .http(_, let bytes) = $0 { bytes } else { nil } }
        #expect(heads == [Array(head.utf8)])
        #expect(talk.recorder.requestTarget == "/x?y")
        #expect(talk.recorder.hasUnansweredRequest)
    }

    private func uploadAndAnswer(_ settings: RecorderSettings) throws -> [String] {
        let talk = try RecorderTalk(settings)
        talk.client("POST /form HTTP/1.1\r\nContent-Length: 6\r\n\r\nab")
        talk.client("cdef")
        talk.server(page)
        talk.server("<p>")
        talk.server("hi")
        #expect(!talk.recorder.hasUnansweredRequest)
        return talk.told().filter { !$0.contains(" head ") && !$0.hasPrefix("connection") }
    }

    @Test func bodiesAreRecordedAsAsked() throws {
        let pageBody = "server body 1 @\(page.utf8.count) "
        #expect(try uploadAndAnswer(settings(.none)) == ["client end 1 0 of 6", "server end 1 0 of 5"])
        #expect(
            try uploadAndAnswer(settings(.html)) == ["client end 1 0 of 6", pageBody + "<p>hi", "server end 1 5 of 5"])
        #expect(
            try uploadAndAnswer(settings(.all)) == [
                "client body 1 @42 abcdef", "client end 1 6 of 6", pageBody + "<p>hi", "server end 1 5 of 5",
            ])
        #expect(
            try uploadAndAnswer(settings(.all, limit: 4)) == [
                "client body 1 @42 abcd", "client end 1 4 of 6", pageBody + "<p>h", "server end 1 4 of 5",
            ])
    }

    @Test func aLongPollHasBothBodies() throws {
        let talk = try RecorderTalk()
        talk.client("POST /live/longpoll?vsn=2.0.0 HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        talk.server("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        talk.server("2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n")
        let told = talk.told()
        #expect(told.contains { $0.hasPrefix("client body 1 @") && $0.hasSuffix(" {}") })
        // A chunk's data is where it is in the stream, without the framing around it.
        let bodies = talk.records().compactMap { record -> (UInt64, [UInt8])? in
            guard case .http(let http, let bytes) = record, http.kind == .body, http.direction == .server else {
                return nil
            }
            return (http.offset, bytes)
        }
        #expect(bodies.map(\.1) == [Array("[1".utf8), Array("]".utf8)])
        #expect(bodies.map { $0.0 - 79 } == [3, 10])
        #expect(told.last == "server end 1 3 of 3")
    }

    @Test func answersWithoutABodyHaveNone() throws {
        let talk = try RecorderTalk(settings(.all))
        talk.client("HEAD / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n")
        talk.server(page)
        talk.server("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n")
        talk.server("HTTP/1.1 103 Early Hints\r\n\r\n" + image + "png")
        let server = talk.told().filter { $0.hasPrefix("server") }.map { $0.replacing(#/@\d+ /#, with: "") }
        #expect(
            server == [
                "server head 1 HTTP/1.1 200 OK", "server head 2 HTTP/1.1 304 Not Modified",
                "server head 3 HTTP/1.1 103 Early Hints", "server head 3 HTTP/1.1 200 OK", "server body 3 png",
                "server end 3 3 of 3",
            ])
        #expect(!talk.recorder.hasUnansweredRequest)
    }

    @Test func theStreamsEndEndsABody() throws {
        let talk = try RecorderTalk()
        talk.client("GET / HTTP/1.1\r\n\r\n")
        talk.server("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nabc")
        talk.recorder.ended(.server, now: talk.tick())
        #expect(talk.told().last == "server end 1 3 of 3")
        let torn = try RecorderTalk()
        torn.client("GET / HTTP/1.1\r\n\r\n")
        torn.server(page + "ab")
        torn.recorder.ended(.server, now: torn.tick())
        #expect(torn.told().last == "server end 1 2 of 2")
    }

    /// A server may answer before it has the whole request.
    @Test func anAnswerBeforeTheRequestsEndLeavesNothingBehind() throws {
        let talk = try RecorderTalk(settings(.all))
        talk.client("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab")
        talk.server("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        #expect(!talk.recorder.hasUnansweredRequest)
        talk.client("cd")
        #expect(!talk.recorder.hasUnansweredRequest)
        #expect(talk.told().last == "client end 1 4 of 4")
        var notes = HTTPNotes()
        let request = try #require(HTTPRequestHead(bytes: Array("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n".utf8)))
        notes.began(request, exchange: 0, settings(.all))
        _ = notes.endBody(of: 0, from: .server)
        #expect(notes.count == 1)
        #expect(notes.keep(4, of: 0, from: .client, settings(.all)) == 4)
        #expect(notes.endBody(of: 0, from: .client)?.size == 4)
        #expect(notes.keep(4, of: 0, from: .client, settings(.all)) == 0)
        #expect(notes.count == 0)
    }

    @Test func theProxysOwnAnswerIsMarked() throws {
        let talk = try RecorderTalk()
        talk.client("GET / HTTP/1.1\r\n\r\n")
        talk.recorder.connectFailed(serverAddress: "localhost:4000", cause: "refused", now: talk.tick())
        talk.recorder.madeByProxy(head: Array("HTTP/1.1 502 Bad Gateway\r\n\r\n".utf8), now: talk.tick())
        #expect(
            talk.told().suffix(2) == [
                "connectFailed by server localhost:4000 refused",
                "server head 1 @0 HTTP/1.1 502 Bad Gateway (by the proxy)",
            ])
        #expect(talk.statistics.failedConnects == 1)
    }

    // MARK: What a summary hints at

    private func answered(_ answer: String, to request: String? = nil) throws -> RunStatistics {
        var settings = RecorderSettings()
        settings.targetAuthority = "Localhost:4000"
        let talk = try RecorderTalk(settings)
        talk.client(request ?? upgradeRequest("/live/websocket"))
        talk.server(answer + "\r\nContent-Length: 0\r\n\r\n")
        return talk.statistics
    }

    @Test func refusedUpgradesAreCounted() throws {
        let forbidden = try answered("HTTP/1.1 403 Forbidden")
        #expect(forbidden.forbiddenUpgrades == 1 && forbidden.refusedUpgrades == 0 && forbidden.sockets == 0)
        let refused = try answered("HTTP/1.1 426 Upgrade Required")
        #expect(refused.forbiddenUpgrades == 0 && refused.refusedUpgrades == 1)
        let page = try answered("HTTP/1.1 403 Forbidden", to: "GET / HTTP/1.1\r\n\r\n")
        #expect(page.forbiddenUpgrades == 0 && page.refusedUpgrades == 0)
    }

    @Test(arguments: [
        ("http://localhost:4000/login?a", true), ("HTTPS://LOCALHOST:4000", true), ("/login", false),
        ("http://localhost:4001/", false), ("http://localhost/", false), ("http:///", false),
    ])
    func aRedirectPastTheProxyIsNoticed(location: String, isPast: Bool) throws {
        let statistics = try answered("HTTP/1.1 302 Found\r\nLocation: \(location)", to: "GET / HTTP/1.1\r\n\r\n")
        #expect(statistics.redirectPastProxy == (isPast ? location : nil))
    }

    // MARK: What is not HTTP

    @Test func aConnectionThatIsNotHTTPIsRawAndCountsOnce() throws {
        let talk = try RecorderTalk()
        talk.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        talk.server("\u{0}\u{0}\u{6}")
        talk.client("more")
        let told = talk.told().dropFirst()
        #expect(told.filter { $0.hasPrefix("notHTTP") }.count == 2)
        #expect(told.first == "notHTTP by client expected version HTTP/1.x, found HTTP/2.0")
        #expect(told.contains { $0.hasPrefix("client raw notHTTP @0 PRI * HTTP/2.0<0d><0a>") })
        #expect(told.contains("server raw notHTTP @0 <00><00><06>"))
        #expect(told.last == "client raw notHTTP @24 more")
        #expect(talk.statistics.rawConnections == 1)
        #expect(talk.statistics.exchanges == 0)
    }

    /// Longer than what the writer copies: the held bytes must be there when it writes.
    @Test func aLongHeadThatIsNotHTTPAfterAllIsWhole() throws {
        var settings = RecorderSettings()
        settings.httpLimits = HTTPLimits(headByteCount: 30_000)
        let talk = try RecorderTalk(settings)
        let head = "GET / HTTP/1.1\r\nX: " + String(repeating: "0123456789", count: 4000)
        var generator = SeededGenerator(seed: 1)
        let pieces = randomSplit(of: Array(head.utf8), using: &generator)
        for piece in pieces { talk.recorder.receive(from: .client, piece.span, now: talk.tick()) }
        overwriteFreedMemory()
        withExtendedLifetime(pieces) { talk.writer.commit(now: talk.tick()) }
        let raw = talk.records().flatMap { record -> [UInt8] in
            guard case .frame(let frame, let payload) = record, frame.kind == .raw else { return [] }
            return payload
        }
        #expect(raw.elementsEqual(head.utf8))
    }

    @Test(arguments: ["GET / HT", "GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 5000)])
    func anUnfinishedHeadIsRawAtTheEnd(_ head: String) throws {
        let talk = try RecorderTalk()
        talk.client(head)
        talk.recorder.ended(.client, now: talk.tick())
        overwriteFreedMemory()
        #expect(talk.told().last == "client raw unfinishedHead @0 \(visible(Array(head.utf8)))")
    }

    /// What a record still points to, though it is gone, must not look as if it were there.
    private func overwriteFreedMemory() {
        let arrays = (1...400).map { [UInt8](repeating: 0xee, count: $0 * 100) }
        #expect(arrays.count == 400)
    }
}
