import TestSupport
import Testing
import WebSocketWire

/// What becomes of the client's bytes behind a request for another protocol.
@Suite struct ConnectionParserUpgradeTests {
    private let requestEnd = upgradeRequest.utf8.count
    private let frames: [UInt8] =
        [0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b] + [0x89, 0x80, 0, 0, 0, 0]
        + [0x82, 0xfe, 0, 130, 9, 9, 9, 9] + [UInt8](repeating: 7, count: 130) + [0x88, 0x80, 5, 6, 7, 8]
    /// Where the frames begin, and their end.
    private let starts = [0, 8, 14, 152, 158]

    /// The 101 may come at any place of the client's frames: the one it falls into is raw to its end.
    @Test func framesGoOnBehindEarlyOnes() {
        for cut in 0...frames.count {
            let turns: [Turn] = [
                client(upgradeRequest), (.client, Array(frames[..<cut])), server(upgradeAnswer),
                (.client, Array(frames[cut...])),
            ]
            let firstFramed = starts.firstIndex { $0 >= cut } ?? 0
            var expected = [
                "client request 0 @0 GET /live/websocket?vsn=2.0.0", "client end of 0",
                "client raw unansweredUpgrade \(shown(Array(frames[..<cut])))", "server response 0 @0 101",
                "socket 0 /live/websocket?vsn=2.0.0 protocol - extensions permessage-deflate early \(cut)",
                "client raw unansweredUpgrade \(shown(Array(frames[cut..<starts[firstFramed]])))",
            ]
            for (number, start) in starts.enumerated().dropFirst(firstFramed).dropLast() {
                let bytes = shown(Array(frames[start..<starts[number + 1]]))
                expected.append("client frame \(number) @\(requestEnd + start) \(bytes)")
            }
            #expect(told(turns) == expected.filter { !$0.hasSuffix("Upgrade ") })
            let byteByByte = turns.flatMap { turn in turn.bytes.map { (turn.sender, [$0]) } }
            #expect(told(byteByByte) == told(turns))
        }
    }

    @Test(arguments: [403, 200, 426, 301])
    func aRefusalKeepsTheConnectionHTTP(_ status: Int) {
        let turns = [
            client(upgradeRequest), server("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nno"),
            client("GET /next HTTP/1.1\r\n\r\n"), server("HTTP/1.1 204 No Content\r\n\r\n"),
        ]
        let expected = [
            "client request 0 @0 GET /live/websocket?vsn=2.0.0", "client end of 0", "server response 0 @0 \(status)",
            "server body 0 no", "server end of 0", "client request 1 @\(requestEnd) GET /next", "client end of 1",
            "server response 1 @40 204", "server end of 1",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    /// The refusal may come at any place of pipelined requests: answers pair with them, those in raw bytes too.
    @Test func requestsGoOnBehindEarlyOnes() {
        let requests = Array(
            "HEAD /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /3 HTTP/1.1\r\n\r\n".utf8)
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
        ]
        // Where a head's rest or a body's rest ends, for each cut.
        let boundaries = [0, 20, 59, 63, 82]
        for cut in 0...requests.count {
            let turns: [Turn] =
                [
                    client(upgradeRequest), (.client, Array(requests[..<cut])),
                    server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
                ]
                + [(.client, Array(requests[cut...]))] + answers.map(server)
            let events = told(turns)
            let byteByByte = turns.flatMap { turn in turn.bytes.map { (turn.sender, [$0]) } }
            #expect(told(byteByByte) == events)
            #expect(
                events.filter { $0.hasPrefix("server") }.suffix(7) == [
                    "server response 1 @38 200", "server end of 1", "server response 2 @76 200", "server body 2 a",
                    "server end of 2", "server response 3 @115 304", "server end of 3",
                ], "cut at \(cut)")
            let raw = events.filter { $0.contains("raw unansweredUpgrade") }.map { $0.dropFirst(29) }.joined()
            let isInBody = (59..<63).contains(cut)
            let rawEnd = isInBody ? cut : boundaries.first { $0 >= cut } ?? 0
            #expect(raw == shown(Array(requests[..<rawEnd])), "cut at \(cut)")
            #expect(events.contains("client request 3 @\(requestEnd + 63) GET /3") == (cut <= 63))
            #expect(events.contains("client body 2 body") == (cut <= 59))
        }
    }

    @Test func earlyRequestsThatBreakHTTPEndItWithTheRefusal() {
        let turns: [Turn] = [
            client(upgradeRequest), (.client, frames), server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
            (.client, [0x81, 0x80, 1]), server("HTTP/1.1 400 Bad\r\n"),
        ]
        #expect(
            told(turns).suffix(4) == [
                "client not HTTP @\(requestEnd + frames.count): expected an HTTP/1.1 start line, found other bytes",
                "client raw notHTTP <81><80><01>", "server not HTTP @38: the other direction is not HTTP any more",
                "server raw notHTTP HTTP/1.1 400 Bad⏎↓",
            ])
        #expect(toldInAnySplit(turns).count == 1)
    }

    @Test func anEarlyHeadThatBreaksHTTPIsRawUpToThere() {
        let turns = [
            client(upgradeRequest), client("GET /"), server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
            client("a\r\nX"),
        ]
        let expected = [
            "client raw unansweredUpgrade a⏎↓",
            "client not HTTP @\(requestEnd + 8): expected an HTTP/1.1 start line, found other bytes",
            "client raw notHTTP X",
        ]
        #expect(told(turns).suffix(3) == expected)
        #expect(toldInAnySplit(turns).count == 1)
    }

    @Test func aSecondUpgradeBehindAnUnansweredOneIsFollowed() {
        let refusal = server("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
        let turns: [Turn] = [
            client(upgradeRequest), client(upgradeRequest), refusal, (.client, [0x81]), server(upgradeAnswer),
            (.client, [0x80, 1, 2, 3, 4, 0x8a, 0x80, 1, 2, 3, 4]),
        ]
        #expect(
            told(turns).suffix(5) == [
                "client raw unansweredUpgrade <81>", "server response 1 @38 101",
                "socket 1 /live/websocket?vsn=2.0.0 protocol - extensions permessage-deflate early 1",
                "client raw unansweredUpgrade <80><01><02><03><04>",
                "client frame 1 @\(2 * requestEnd + 6) <8a><80><01><02><03><04>",
            ])
        let tooMany = [client(upgradeRequest), client(upgradeRequest + "G"), refusal, client("ET")]
        #expect(
            told(tooMany).suffix(2) == [
                "client not HTTP @\(2 * requestEnd + 1): two requests for another protocol wait for an answer, with bytes behind them",
                "client raw notHTTP ET",
            ])
    }

    @Test func anUpgradeMayWaitBehindOtherRequests() {
        let turns = [
            client("GET / HTTP/1.1\r\n\r\n" + upgradeRequest + "\u{1}"), server("HTTP/1.1 103 Hints\r\n\r\n"),
            server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"), server("HTTP/1.1 103 Hints\r\n\r\n"),
            server(upgradeAnswer + "\u{1}\u{0}"), client("\u{0}\u{2}\u{1}x"),
        ]
        #expect(
            told(turns).suffix(5) == [
                "server response 1 @83 101",
                "socket 1 /live/websocket?vsn=2.0.0 protocol - extensions permessage-deflate early 1",
                "server frame 0 @\(83 + upgradeAnswer.utf8.count) <01><00>", "client raw unansweredUpgrade <00>",
                "client frame 1 @\(18 + requestEnd + 2) <02><01>x",
            ])
        #expect(toldInAnySplit(turns).count == 1)
    }

    @Test func otherProtocolsAreRaw() {
        let h2c = "GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n"
        let h2cAnswer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        let tunnel = "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"
        let tunnelAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        for (request, answer, status) in [
            (h2c, h2cAnswer, 101), (tunnel, tunnelAnswer, 200), (upgradeRequest, h2cAnswer, 101),
        ] {
            let turns = [client(request + "early"), server(answer + "HTTP/1.1 200 OK\r\n"), client("late")]
            #expect(
                told(turns).dropFirst(2) == [
                    "client raw unansweredUpgrade early", "server response 0 @0 \(status)",
                    "server raw otherProtocol HTTP/1.1 200 OK⏎↓", "client raw otherProtocol late",
                ])
            #expect(toldInAnySplit(turns).count == 1)
        }
    }

    @Test func aSwitchThatNobodyAskedForIsNotHTTP() {
        let unasked = [
            client("GET / HTTP/1.1\r\n\r\n"), server(upgradeAnswer + "\u{1}\u{0}"), client("GET / HTTP/1.1\r\n\r\n"),
        ]
        let expected = [
            "server not HTTP @0: the server switched protocols although no complete request asked for it",
            "server raw notHTTP \(shown(Array(upgradeAnswer.utf8)))<01><00>",
            "client not HTTP @18: the other direction is not HTTP any more",
            "client raw notHTTP GET / HTTP/1.1⏎↓⏎↓",
        ]
        #expect(told(unasked).dropFirst(2) == expected[...])
        #expect(toldInAnySplit(unasked).count == 1)
        let body = upgradeRequest.replacingEnd("Content-Length: 5\r\n\r\n")
        let within = [client(body + "ab"), server(upgradeAnswer), client("cde"), client("x")]
        #expect(
            told(within).suffix(4) == [
                "client body 0 cde", "client end of 0",
                "client not HTTP @\(body.utf8.count + 5): the other direction is not HTTP any more",
                "client raw notHTTP x",
            ])
        #expect(toldInAnySplit(within).count == 1)
    }

    @Test func aSwitchInAnswerToAnEarlierRequestIsNotHTTP() {
        let turns = [client("GET / HTTP/1.1\r\n\r\n" + upgradeRequest), server(upgradeAnswer)]
        #expect(
            told(turns).dropFirst(4).first
                == "server not HTTP @0: the server switched protocols although no complete request asked for it")
    }

    @Test func aServerThatIsNotHTTPEndsTheWait() {
        let turns: [Turn] = [client(upgradeRequest + "a"), (.server, [0x15, 3]), client("b"), (.server, [1])]
        let expected = [
            "client raw unansweredUpgrade a",
            "server not HTTP @0: expected an HTTP/1.1 start line, found other bytes", "server raw notHTTP <15><03>",
            "client not HTTP @\(requestEnd + 1): the other direction is not HTTP any more", "client raw notHTTP b",
            "server raw notHTTP <01>",
        ]
        #expect(Set(toldInAnySplit(turns).map { $0.dropFirst(2) }) == [expected[...]])
    }

    @Test func anUnframeableLengthIsRawBehindItsHead() {
        let hostile: [UInt8] = [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]
        let turns: [Turn] = [client(upgradeRequest), server(upgradeAnswer), (.server, [0x81, 0] + hostile + [1, 2])]
        #expect(
            told(turns).suffix(2) == [
                "server unframeable @\(upgradeAnswer.utf8.count + 2) 10", "server raw unframeable <01><02>",
            ])
        #expect(toldInAnySplit(turns).count == 1)
        let early: [Turn] = [client(upgradeRequest), (.client, hostile + [1]), server(upgradeAnswer), (.client, [2])]
        #expect(told(early).last == "client raw unframeable <02>")
        for cut in 1..<hostile.count {
            let within: [Turn] = [
                client(upgradeRequest), (.client, Array(hostile[..<cut])), server(upgradeAnswer),
                (.client, hostile[cut...] + [2]),
            ]
            #expect(
                told(within).suffix(2) == [
                    "client raw unansweredUpgrade \(shown(Array(hostile[cut...])))", "client raw unframeable <02>",
                ])
        }
    }
}

extension String {
    /// The head with more fields instead of its empty line.
    fileprivate func replacingEnd(_ fields: String) -> String {
        String(decoding: Array(utf8).dropLast(2) + Array(fields.utf8), as: UTF8.self)
    }
}
