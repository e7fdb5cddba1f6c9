import TestSupport
import Testing
import WebSocketWire

@Suite struct HTTPRequestParserTests {
    @Test func aHeadKeepsItsBytesAndOrder() throws {
        let text = "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nx-a: 2\r\n\r\n"
        let head = try #require(HTTPRequestHead(bytes: Array(text.utf8)))
        #expect(head.method == "POST" && head.target == "/a?b=c" && head.version == .http11)
        #expect(head.fields.all == [HTTPField("Host", "x"), HTTPField("X-A", "1"), HTTPField("x-a", "2")])
        #expect(head.bytes == Array(text.utf8))
        #expect(head.fields["X-a"] == "1, 2")
        #expect(HTTPRequestHead(bytes: Array((text + "x").utf8)) == nil)
        #expect(HTTPRequestHead(bytes: Array(text.utf8.dropLast())) == nil)
    }

    @Test(arguments: [
        ("a length", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("no length", "POST / HTTP/1.1\r\n\r\n", ""),
        ("the same length twice", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3, 3\r\n\r\nabc", "abc"),
        ("HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("bare line feeds", "POST / HTTP/1.1\nContent-Length: 3\n\nabc", "abc"),
        ("empty lines before", "\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("a folded field", "POST / HTTP/1.1\r\nX: a\r\n\tb: c\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("Expect", "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "abc"),
        ("chunks of bare line feeds", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n", "abc"),
        ("codings", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"),
        (
            "extensions and trailers",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0003 ;a=\"b\";c\r\nabc\r\n0;x\r\nT: \r1\r\nU: 2\r\n\r\n",
            "abc"
        ),
        (
            "both, where chunks win",
            "POST / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"
        ),
    ])
    func theNextRequestIsFoundBehind(_ name: String, text: String, body: String) {
        let next = "GET /next HTTP/1.1\r\n\r\n"
        let expected = [
            "client request 0 @0 POST /", body.isEmpty ? "" : "client body 0 \(body)", "client end of 0",
            "client request 1 @\(text.utf8.count) GET /next", "client end of 1",
        ]
        #expect(toldInAnySplit([client(text + next)]) == [expected.filter { !$0.isEmpty }], "\(name)")
    }

    @Test(arguments: [
        ("\u{16}\u{3}\u{1}", HTTPViolation.startLine, ""),
        (" GET / HTTP/1.1\r\n", .startLine, ""),
        ("GET\r\n", .startLine, "GET"),
        ("GET / \r\n", .startLine, "GET / \r\n"),
        ("GET /  HTTP/1.1\r\n", .startLine, "GET /  HTTP/1.1\r\n"),
        ("GET /\r\n", .startLine, "GET /\r\n"),
        ("GET /\rX HTTP/1.1\r\n", .startLine, "GET /\r"),
        ("GET / HTTP/11\r\n", .startLine, "GET / HTTP/11\r\n"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .version(actual: "HTTP/2.0"), "PRI * HTTP/2.0\r\n"),
        ("GET / HTTP/1.1\r\n A: b\r\n", .fieldLine(number: 1), "GET / HTTP/1.1\r\n A: b\r\n"),
        ("GET / HTTP/1.1\r\nA: b\r\nA : b\r\n", .fieldLine(number: 2), "GET / HTTP/1.1\r\nA: b\r\nA : b\r\n"),
        ("GET / HTTP/1.1\r\nA\r\n", .fieldLine(number: 1), "GET / HTTP/1.1\r\nA\r\n"),
        ("GET / HTTP/1.1\r\n: b\r\n", .fieldLine(number: 1), "GET / HTTP/1.1\r\n: b\r\n"),
        ("GET / HTTP/1.1\r\nA: \u{0}\r\n", .fieldLine(number: 1), "GET / HTTP/1.1\r\nA: \u{0}\r\n"),
        ("GET / HTTP/1.1\r\nA: b\rc\r\n", .fieldLine(number: 1), "GET / HTTP/1.1\r\nA: b\r"),
    ])
    func anImpossibleHeadIsKnownAtOnce(_ text: String, violation: HTTPViolation, held: String) {
        for pieces in splits(of: Array(text.utf8)) {
            #expect(firstViolation(pieces) == .notHTTP(violation, heldBytes: Array(held.utf8), offset: 0))
        }
    }

    @Test(arguments: [
        ("Content-Length: x", HTTPViolation.contentLength(actual: "x")),
        ("Content-Length: ", .contentLength(actual: "")),
        ("Content-Length: -1", .contentLength(actual: "-1")),
        ("Content-Length: +1", .contentLength(actual: "+1")),
        ("Content-Length: 1, 2", .contentLength(actual: "1, 2")),
        ("Content-Length: 1\r\nContent-Length: x", .contentLength(actual: "1, x")),
        ("Content-Length: 9223372036854775808", .contentLength(actual: "9223372036854775808")),
        ("Content-Length: 99999999999999999999999", .contentLength(actual: "99999999999999999999999")),
        ("Transfer-Encoding: gzip", .transferEncoding(actual: "gzip")),
        ("Transfer-Encoding: chunked, gzip", .transferEncoding(actual: "chunked, gzip")),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .transferEncoding(actual: "chunked, chunked")),
        ("Transfer-Encoding: ", .transferEncoding(actual: "")),
    ])
    func aBodyWithoutAKnownEndIsAViolation(_ fields: String, violation: HTTPViolation) {
        let head = Array("POST / HTTP/1.1\r\n\(fields)\r\n\r\n".utf8)
        for pieces in [[head], head.map { [$0] }] {
            #expect(firstViolation(pieces) == .notHTTP(violation, heldBytes: head, offset: 0))
        }
    }

    @Test func chunksInHTTP10AreAViolation() {
        let head = Array("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        #expect(
            firstViolation([head]) == .notHTTP(.transferEncoding(actual: "chunked"), heldBytes: head, offset: 0))
    }

    /// The offset is that of the byte which shows it.
    @Test(arguments: [
        ("x\r\n", HTTPViolation.chunkSize, 0),
        ("\r\n", .chunkSize, 0),
        (";a\r\n", .chunkSize, 0),
        ("1x", .chunkSize, 1),
        ("1 2\r\n", .chunkSize, 2),
        ("1\rx", .chunkSize, 2),
        ("1;a\rx", .chunkSize, 4),
        ("8000000000000000\r\n", .chunkSize, 15),
        ("fffffffffffffffffffffff\r\n", .chunkSize, 15),
        ("1\r\nab", .chunkEnd, 4),
        ("1\r\na\r\r", .chunkEnd, 5),
    ])
    func aBrokenChunkIsAViolation(_ chunks: String, violation: HTTPViolation, at place: UInt64) {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        for pieces in splits(of: Array((head + chunks).utf8), random: 5) {
            let offset = UInt64(head.utf8.count) + place
            #expect(firstViolation(pieces) == .notHTTP(violation, heldBytes: [], offset: offset))
        }
    }

    @Test func theLargestLengthsAreNoViolation() {
        #expect(firstViolation([Array("P / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\nabc".utf8)]) == nil)
        let chunks = "P / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFf\r\nabc"
        #expect(firstViolation([Array(chunks.utf8)]) == nil)
    }
}

/// The first violation that a request parser finds in the pieces.
private func firstViolation(_ pieces: [[UInt8]]) -> HTTPRequestParser.Step? {
    var parser = HTTPRequestParser()
    for piece in pieces {
        var position = 0
        while true {
            let step = parser.next(piece.span, at: &position)
            if case .notHTTP = step { return step }
            if step == .needsBytes { break }
        }
    }
    return nil
}
