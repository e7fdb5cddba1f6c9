import TestSupport
import Testing
import WebSocketWire

@Suite struct HTTPResponseParserTests {
    /// Each answer is followed by a second one, which shows where the first one ended.
    @Test(arguments: [
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("GET", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("GET", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "hi"),
        ("GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nT: x\r\n\r\n", "hi"),
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "hi"),
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", ""),
        ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""),
        ("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", ""),
        ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", ""),
        ("GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("CONNECT", "HTTP/1.1 407 Denied\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("head", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
    ])
    func theNextAnswerIsFoundBehind(_ method: String, text: String, body: String) {
        let next = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        let turns = [client("\(method) / HTTP/1.1\r\n\r\n"), client("GET / HTTP/1.1\r\n\r\n"), server(text + next)]
        let expected = [
            "server response 0 @0 200", body.isEmpty ? "" : "server body 0 \(body)", "server end of 0",
            "server response 1 @\(text.utf8.count) 404", "server end of 1",
        ]
        let status = text.dropFirst(9).prefix(3)
        let fitted = expected.filter { !$0.isEmpty }.map {
            $0 == "server response 0 @0 200" ? "server response 0 @0 \(status)" : $0
        }
        let answers = Set(toldInAnySplit(turns).map { $0.filter { $0.hasPrefix("server") } })
        #expect(answers == [fitted])
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 206 Partial\r\nConnection: close\r\n\r\n",
    ])
    func withoutALengthTheBodyLastsUntilTheClose(_ head: String) {
        for pieces in splits(of: Array("\(head)all of this HTTP/1.1 200 OK\r\n\r\n".utf8)) {
            var talk = Talk()
            talk.client("GET / HTTP/1.1\r\n\r\n")
            for piece in pieces { talk.send(piece, from: .server) }
            talk.end(.server)
            let end = head.utf8.count + 31
            #expect(
                talk.events.suffix(2) == [
                    "server body 0 all of this HTTP/1.1 200 OK⏎↓⏎↓",
                    "server end completesBody(exchange: 0) @\(end) ",
                ])
        }
    }

    @Test func interimAnswersComeBeforeTheFinalOne() {
        let turns = [
            client("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
            server("HTTP/1.1 100 Continue\r\n\r\n"), client("hi"),
            server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
            server("HTTP/1.1 204 No Content\r\n\r\n"), client("GET / HTTP/1.1\r\n\r\n"),
        ]
        let expected = [
            "client request 0 @0 POST /", "server response 0 @0 100", "client body 0 hi", "client end of 0",
            "server response 0 @25 103", "server response 0 @62 204", "server end of 0", "client request 1 @62 GET /",
            "client end of 1",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test(arguments: [
        ("\u{15}\u{3}", HTTPViolation.startLine, ""),
        ("HTTP/2.0 200 OK\r\n", .startLine, "HTTP/"),
        ("ICY 200 OK\r\n", .startLine, ""),
        ("\r\nHTTP/1.1 200 OK\r\n", .startLine, ""),
        ("HTTP/1.1\r\n", .startLine, "HTTP/1.1\r\n"),
        ("HTTP/1.1 20 OK\r\n", .startLine, "HTTP/1.1 20 OK\r\n"),
        ("HTTP/1.1 2000 OK\r\n", .startLine, "HTTP/1.1 2000 OK\r\n"),
        ("HTTP/1.1 099 OK\r\n", .startLine, "HTTP/1.1 099 OK\r\n"),
        ("HTTP/1.1 2x0 OK\r\n", .startLine, "HTTP/1.1 2x0 OK\r\n"),
        ("HTTP/1.12200 OK\r\n", .startLine, "HTTP/1.12200 OK\r\n"),
    ])
    func anImpossibleHeadIsKnownAtOnce(_ text: String, violation: HTTPViolation, held: String) {
        for pieces in splits(of: Array(text.utf8)) {
            #expect(firstViolation(pieces) == .notHTTP(violation, heldBytes: Array(held.utf8), offset: 0))
        }
    }

    @Test(arguments: [
        ("Content-Length: 1, 2", HTTPViolation.contentLength(actual: "1, 2")),
        ("Transfer-Encoding: chunked, gzip", .transferEncoding(actual: "chunked, gzip")),
    ])
    func aBodyWithoutAKnownEndIsAViolation(_ fields: String, violation: HTTPViolation) {
        let head = Array("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n".utf8)
        #expect(firstViolation([head]) == .notHTTP(violation, heldBytes: head, offset: 0))
    }

    @Test func aTunnelBeginsBehindItsHead() throws {
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".utf8)
        let bytes = head + Array("hi".utf8)
        var parser = HTTPResponseParser()
        var position = 0
        let expected = try #require(HTTPResponseHead(bytes: head))
        #expect(parser.next(bytes.span, at: &position, answering: .connect) == .head(expected, offset: 0))
        #expect(parser.next(bytes.span, at: &position, answering: .connect) == .messageEnd)
        #expect(position == head.count)
    }

    @Test func bytesThatAnswerNothingAreAViolation() {
        var parser = HTTPResponseParser(offset: 7)
        var position = 0
        let bytes = Array("HTTP/1.1 408 Timeout\r\n\r\n".utf8)
        #expect(
            parser.next(bytes.span, at: &position, answering: nil)
                == .notHTTP(.unrequestedAnswer, heldBytes: [], offset: 7))
        #expect(position == 0)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\n\r\n", false), ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", true),
    ])
    func theHeadTellsWhetherTheConnectionStays(_ text: String, stays: Bool) throws {
        let head = try #require(HTTPResponseHead(bytes: Array(text.utf8)))
        #expect(head.keepsConnection == stays)
        let request =
            "GET / \(text.prefix(8))\r\n"
            + text.split(separator: "\r\n", maxSplits: 1, omittingEmptySubsequences: false)[1]
        #expect(HTTPRequestHead(bytes: Array(request.utf8))?.keepsConnection == stays)
    }
}

/// The first violation that an answer parser finds in the pieces.
private func firstViolation(_ pieces: [[UInt8]]) -> HTTPResponseParser.Step? {
    var parser = HTTPResponseParser()
    for piece in pieces {
        var position = 0
        while true {
            let step = parser.next(piece.span, at: &position, answering: .ordinary)
            if case .notHTTP = step { return step }
            if step == .needsBytes { break }
        }
    }
    return nil
}
