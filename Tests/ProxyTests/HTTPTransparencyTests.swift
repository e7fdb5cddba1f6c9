import Proxy
import RecordingFormat
import RecordingStore
import TestSupport
import Testing

/// HTTP/1.1 passes as it was sent: heads, bodies, chunks, pipelined requests, interim answers.
@Suite struct HTTPTransparencyTests {
    static let turns: [[Turn]] = [
        // Keep-alive, Content-Length, HEAD.
        [
            Turn(client: Array("GET /one HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
            Turn(server: Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nfirst".utf8)),
            Turn(client: Array("HEAD /two HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
            Turn(server: Array("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n".utf8)),
            Turn(client: Array("POST /three HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody".utf8)),
            Turn(server: Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)),
        ],
        // Chunked both ways, with extensions and trailers.
        [
            Turn(
                client: Array(
                    ("POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: yes\r\n\r\n").utf8)),
            Turn(
                server: Array(
                    ("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n"
                        + "3\r\none\r\n00A\r\n0123456789\r\n0\r\n\r\n").utf8)),
        ],
        // Pipelined.
        [
            Turn(
                client: Array(
                    (1...6).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\nX-Odd:  space \r\n\r\n" }.joined().utf8)),
            Turn(
                server: Array(
                    (1...6).map {
                        "HTTP/1.1 200 OK\r\nContent-Length: \($0)\r\n\r\n" + String(repeating: "a", count: $0)
                    }
                    .joined().utf8)),
        ],
        // 100-continue and early hints.
        [
            Turn(
                client: Array("PUT /big HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n".utf8)),
            Turn(server: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)),
            Turn(client: Array("ninebytes".utf8)),
            Turn(
                server: Array(
                    ("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                        + "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok").utf8)),
        ],
        // An upgrade that is refused, and then a request as if nothing had happened.
        [
            Turn(client: Handshake.request()),
            Turn(server: Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8)),
            Turn(client: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
            Turn(server: Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".utf8)),
        ],
        // HTTP/1.0: the answer ends with the connection.
        [
            Turn(client: Array("GET /old HTTP/1.0\r\n\r\n".utf8)),
            Turn(server: Array("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nuntil the end".utf8)),
        ],
    ]

    @Test(arguments: 0..<turns.count)
    func httpPassesByteForByteInAnySplit(kind: Int) async throws {
        let turns = Self.turns[kind]
        try await Rig.withServer { rig, server in
            for seed in 0..<40 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                let client = try await rig.connect()
                let exchange = Exchange(client: client, server: try await server.peer(Int(seed)))
                try await exchange.say(turns, &generator)
                try await exchange.server.close()
                try await client.waitForEnd()
                exchange.expectEqualLogs("seed \(seed)")
                try await client.close()
            }
            let recorded = try await rig.stopAndRead()
            let once = recorded.heads(.client, connection: 1) + recorded.heads(.server, connection: 1)
            #expect(!once.isEmpty)
            for connection in 1...40 as ClosedRange<UInt64> {
                let heads =
                    recorded.heads(.client, connection: connection) + recorded.heads(.server, connection: connection)
                #expect(heads == once, "connection \(connection)")
            }
            #expect(recorded.isNumberedWithoutHoles && recorded.isWhole)
        }
    }

    private static let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n0123456789"
    private static let image = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\npng"

    @Test(
        arguments: [
            ("none", 100, [:]), ("html", 100, [1: "0123456789"]), ("all", 100, [1: "0123456789", 2: "png"]),
            ("html", 4, [1: "0123"]),
        ] as [(String, UInt64, [UInt64: String])])
    func bodiesAreRecordedAsAskedFor(bodies: String, limit: UInt64, expected: [UInt64: String]) async throws {
        try await Rig.withServer(
            RawPeer.Habits(),
            {
                $0.proxy.recorder.bodies = .init(rawValue: bodies) ?? .none
                $0.proxy.recorder.bodyByteLimit = limit
            }
        ) { rig, server in
            let client = try await rig.connect()
            let peer = try await server.peer()
            try await client.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            try await peer.receive(through: "\r\n\r\n")
            try await peer.send(Self.page)
            try await client.receive(count: Self.page.utf8.count)
            try await client.send("POST /image HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nup")
            try await peer.receive(through: "up")
            try await peer.send(Self.image)
            try await client.receive(count: Self.page.utf8.count + Self.image.utf8.count)
            let recorded = try await rig.stopAndRead()
            #expect(recorded.bodies(.server).mapValues { String(decoding: $0, as: UTF8.self) } == expected)
            #expect(recorded.bodies(.client) == (bodies == "all" ? [2: Array("up".utf8)] : [:]))
            let end = recorded.http(.server, .end).first?.record
            #expect(end?.bodySize == 10)
            #expect(end?.bodyRecorded == UInt64(expected[1]?.utf8.count ?? 0))
        }
    }
}
