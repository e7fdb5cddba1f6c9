import LiveServer
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingHandshakeTests {
    @Test func aHandshakeOpensASocket() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let answer = try await client.open()
            #expect(answer["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(answer["Sec-WebSocket-Protocol"] == nil)
            #expect(answer["Sec-WebSocket-Extensions"] == nil)
            try await client.send(text: "hello")
            #expect(try await client.text() == "hello")
        }
    }

    @Test func framesRightBehindTheHandshakeAreHeard() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            var bytes = Array(TestClient.handshake().utf8)
            for text in ["one", "two"] {
                FrameEncoder.append(
                    opcode: .text, maskKey: MaskKey(9, 8, 7, 6), payload: Array(text.utf8).span, to: &bytes)
            }
            try await client.send(bytes)
            #expect(try await client.answer().status == 101)
            #expect(try await client.text() == "one")
            #expect(try await client.text() == "two")
        }
    }

    @Test func whatIsSentWhileOpeningComesBehindTheAnswer() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open("/live/websocket?greet=welcome")
            #expect(try await client.text() == "welcome")
        }
    }

    @Test func aSocketCanBeClosedWhileOpening() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open("/live/websocket?close=1")
            #expect(try await client.closing() == CloseStatus(code: CloseCode(rawValue: 4_000), reason: "not today"))
            await application.heard.wait { $0 == ["closed"] }
        }
    }

    @Test func theApplicationCanRefuse() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            try await client.send(TestClient.handshake("/live/websocket?refuse=1&greet=1"))
            let answer = try await client.answer()
            #expect(answer.status == 404)
            #expect(answer.body.contains("no such socket"))
            #expect(await client.readToEnd().isEmpty)
            #expect(application.heard.now.isEmpty, "no socket, no end of one")
        }
    }

    @Test(arguments: [
        ("GET", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426),
        ("GET", "Sec-WebSocket-Version: 13\r\n", "", 426),
        ("GET", "dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 400),
        ("GET", "Connection: Upgrade", "Connection: close", 400),
        ("POST", "Host: test", "Host: test\r\nContent-Length: 0", 405),
    ])
    func malformedHandshakesAreRefused(_ method: String, _ old: String, _ new: String, _ status: Int) async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let handshake = TestClient.handshake().replacing(old, with: new)
            try await client.send(method + handshake.dropFirst(3))
            let answer = try await client.answer()
            #expect(answer.status == status)
            if status == 426 { #expect(answer["Sec-WebSocket-Version"] == "13") }
            #expect(await client.readToEnd().isEmpty)
        }
    }

    static let policies: [(OriginPolicy, String?, Int)] = [
        (.sameHost, nil, 101), (.sameHost, "http://test", 101), (.sameHost, "https://test", 101),
        (.sameHost, "http://TEST", 101), (.sameHost, "http://test:80", 101), (.sameHost, "http://test:8080", 403),
        (.sameHost, "http://evil.example", 403), (.sameHost, "http://test.evil.example", 403), (.sameHost, "null", 403),
        (.sameHost, "http://test@evil.example", 403), (.any, "http://evil.example", 101), (.any, "null", 101),
        (.list(["https://a.example"]), "https://a.example", 101),
        (.list(["https://a.example"]), "https://a.example:443", 101),
        (.list(["https://a.example"]), "http://a.example", 403), (.list(["https://a.example"]), "http://test", 403),
        (.list(["//a.example"]), "http://a.example:4000", 101), (.list(["//*.a.example"]), "http://b.a.example", 101),
        (.list(["//*.a.example"]), "http://nota.example", 403), (.list([]), nil, 101),
    ]

    @Test(arguments: policies)
    func onlyAllowedPagesOpenSockets(_ policy: OriginPolicy, _ origin: String?, _ status: Int) async throws {
        try await TestApplication.serve { settings in
            settings.origins = policy
        } _: { server, application in
            let client = try await TestClient.connect(to: server)
            try await client.send(TestClient.handshake("/live/websocket", origin.map { ["Origin: \($0)"] } ?? []))
            let answer = try await client.answer()
            #expect(answer.status == status)
            guard status == 403 else { return }
            #expect(answer.body.contains("list of allowed origins"), "it says what to set")
            #expect(application.heard.now.contains { $0.contains("refused a socket to a page of '\(origin ?? "")'") })
        }
    }

    @Test func theSubprotocolOfPhoenixIsChosen() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let offer = "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.c2VjcmV0"
            #expect(try await client.open("/live/websocket", offer)["Sec-WebSocket-Protocol"] == "phoenix")
        }
    }
}
