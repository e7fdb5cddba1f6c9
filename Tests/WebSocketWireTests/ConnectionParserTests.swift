import TestSupport
import Testing
import WebSocketWire

@Suite struct ConnectionParserTests {
    @Test func aSettledConnectionIsSmall() {
        #expect(MemoryLayout<ConnectionParser>.size <= 136)
    }

    @Test func requestAndAnswer() {
        let turns = [
            client("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
            client("HEAD /b HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ]
        let expected = [
            "client request 0 @0 GET /a", "client end of 0", "server response 0 @0 200", "server body 0 hello",
            "server end of 0", "client request 1 @28 HEAD /b", "client end of 1", "server response 1 @43 200",
            "server end of 1",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func chunksBothWays() {
        let turns = [
            client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
            server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n"),
            client("1;e\r\nc\r\n0\r\nT: r\r\n\r\n"), server("0\r\n\r\n"),
        ]
        let expected = [
            "client request 0 @0 POST /", "client body 0 ab", "server response 0 @0 200", "server body 0 xyz",
            "client body 0 c", "client end of 0", "server end of 0",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func pipelinedRequestsPairWithTheirAnswers() {
        let turns = [
            client("HEAD /0 HTTP/1.1\r\n\r\nGET /1 HTTP/1.1\r\n\r\n"),
            server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"),
        ]
        let expected = [
            "client request 0 @0 HEAD /0", "client end of 0", "client request 1 @20 GET /1", "client end of 1",
            "server response 0 @0 200", "server end of 0", "server response 1 @38 200", "server body 1 one",
            "server end of 1",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func anUpgradeTurnsBothDirectionsIntoFrames() {
        let turns: [Turn] = [
            client(upgradeRequest), server(upgradeAnswer + "\u{1}\u{2}hi"),
            (.client, [0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b]), (.server, [0x88, 0x00]),
        ]
        let end = upgradeRequest.utf8.count
        let answerEnd = upgradeAnswer.utf8.count
        let expected = [
            "client request 0 @0 GET /live/websocket?vsn=2.0.0", "client end of 0", "server response 0 @0 101",
            "socket 0 /live/websocket?vsn=2.0.0 protocol - extensions permessage-deflate early 0",
            "server frame 0 @\(answerEnd) <01><02>hi", "client frame 0 @\(end) <81><82><01><02><03><04>ik",
            "server frame 1 @\(answerEnd + 4) <88><00>",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    /// A caller may hold the two steps apart, such as when the answer arrives in one read with nothing behind it.
    @Test func theClientMaySpeakBetweenTheAnswerAndTheOpening() {
        var parser = ConnectionParser()
        let request = Array(upgradeRequest.utf8)
        let answer = Array(upgradeAnswer.utf8)
        var position = 0
        while parser.next(from: .client, request.span, at: &position) != .needsBytes {}
        position = 0
        guard case .response = parser.next(from: .server, answer.span, at: &position) else {
            Issue.record("no answer")
            return
        }
        var place = 0
        let frame: [UInt8] = [0x81, 0]
        guard case .frame = parser.next(from: .client, frame.span, at: &place) else {
            Issue.record("no frame")
            return
        }
        guard case .socketOpened = parser.next(from: .server, answer.span, at: &position) else {
            Issue.record("no opening")
            return
        }
        #expect(parser.next(from: .server, answer.span, at: &position) == .needsBytes)
    }

    @Test(arguments: [
        ([0x16, 3, 1, 2, 0], "@0: expected an HTTP/1.1 start line, found other bytes"),
        (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), "@0: expected version HTTP/1.x, found HTTP/2.0"),
        ([0, 1, 2], "@0: expected an HTTP/1.1 start line, found other bytes"),
    ])
    func aClientThatIsNotHTTPMakesBothDirectionsRaw(_ bytes: [UInt8], violation: String) {
        let turns: [Turn] = [(.client, bytes), server("HTTP/1.1 400 Bad\r\n"), (.client, [9])]
        let expected = [
            "client not HTTP \(violation)", "client raw notHTTP \(shown(bytes))",
            "server not HTTP @0: the other direction is not HTTP any more", "server raw notHTTP HTTP/1.1 400 Bad⏎↓",
            "client raw notHTTP <09>",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func answersToEarlierRequestsAreStillParsed() {
        let turns = [
            client("GET / HTTP/1.1\r\n\r\n\u{1}"), server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
            server("HTTP/1.1 400 Bad\r\n"),
        ]
        let expected = [
            "client request 0 @0 GET /", "client end of 0",
            "client not HTTP @18: expected an HTTP/1.1 start line, found other bytes", "client raw notHTTP <01>",
            "server response 0 @0 200", "server body 0 hi", "server end of 0",
            "server not HTTP @40: the other direction is not HTTP any more", "server raw notHTTP HTTP/1.1 400 Bad⏎↓",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func aServerThatSpeaksUnaskedMakesBothDirectionsRaw() {
        let turns = [
            client("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab"), server("HTTP/1.1 204 No Content\r\n\r\nmore"),
            client("cdGET / HTTP/1.1\r\n\r\n"),
        ]
        let expected = [
            "client request 0 @0 POST /", "client body 0 ab", "server response 0 @0 204", "server end of 0",
            "server not HTTP @27: the server sent bytes although no request waits for an answer",
            "server raw notHTTP more", "client body 0 cd", "client end of 0",
            "client not HTTP @42: the other direction is not HTTP any more", "client raw notHTTP GET / HTTP/1.1⏎↓⏎↓",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func aBodyThatLosesItsFramingIsRawFromThere() {
        let turns = [
            client("GET / HTTP/1.1\r\n\r\n"),
            server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nax\r\n"), client(upgradeRequest),
        ]
        let expected = [
            "client request 0 @0 GET /", "client end of 0", "server response 0 @0 200", "server body 0 a",
            "server not HTTP @51: expected a line end behind a chunk, found other bytes", "server raw notHTTP x⏎↓",
            "client not HTTP @18: the other direction is not HTTP any more",
            "client raw notHTTP \(shown(Array(upgradeRequest.utf8)))",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }
}

/// What the end of a direction tells, and gives back of what was held.
@Suite struct ConnectionParserEndTests {
    @Test(
        arguments: [
            ([], Peer.client, "client end clean @0 "),
            ([client("GET / HTTP/1.1\r\n\r\n")], .client, "client end clean @18 "),
            ([client("GET / HTTP/1.1\r\n\r\nGET")], .client, "client end tearsHead @18 GET"),
            (
                [client("P / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab")], .client,
                "client end tearsMessage(exchange: 0) @37 "
            ),
            (
                [client("GET / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 20")], .server,
                "server end tearsHead @0 HTTP/1.1 20"
            ),
            (
                [client("GET / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")], .server,
                "server end tearsMessage(exchange: 0) @40 "
            ),
            (
                [client("GET / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\n\r\nab")], .server,
                "server end completesBody(exchange: 0) @21 "
            ),
            ([client("\u{1}")], .client, "client end raw @1 "),
            ([client("\u{1}")], .server, "server end clean @0 "),
            ([client("\u{1}"), server("abc")], .server, "server end raw @3 "),
            ([client(upgradeRequest + "GET")], .client, "client end raw @\(upgradeRequest.utf8.count + 3) "),
            (
                [client(upgradeRequest + "GET"), server("HTTP/1.1 204 No\r\n\r\n")], .client,
                "client end tearsHead @\(upgradeRequest.utf8.count + 3) "
            ),
            (
                [client(upgradeRequest), server(upgradeAnswer)], .client,
                "client end clean @\(upgradeRequest.utf8.count) "
            ),
            (
                [client(upgradeRequest), server(upgradeAnswer + "\u{1}")], .server,
                "server end tearsFrame @\(upgradeAnswer.utf8.count) <01>"
            ),
            (
                [client(upgradeRequest), server(upgradeAnswer + "\u{1}\u{2}a")], .server,
                "server end tearsFrame @\(upgradeAnswer.utf8.count + 3) "
            ),
            (
                [client(upgradeRequest + "\u{1}"), server(upgradeAnswer)], .client,
                "client end tearsFrame @\(upgradeRequest.utf8.count + 1) "
            ),
        ] as [([Turn], Peer, String)])
    func theEndTells(_ turns: [Turn], sender: Peer, expected: String) {
        var talk = Talk()
        for turn in turns { talk.send(turn.bytes, from: turn.sender) }
        talk.end(sender)
        #expect(talk.events.last == expected)
    }
}
