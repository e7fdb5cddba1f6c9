import LiveServer
import NIOCore
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingLongPollTests {
    /// Opens a session.
    /// - Returns: the target of its requests.
    private func open(_ client: TestClient, _ query: String = "") async throws -> String {
        let answer = try await client.get("/live/longpoll?vsn=2.0.0\(query)")
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix("{\"status\":410,\"token\":\""))
        #expect(answer.body.hasSuffix("\",\"messages\":[]}"))
        return "/live/longpoll?vsn=2.0.0&token=\(answer.body.split(separator: "\"")[5])"
    }

    @Test func aSessionEchoes() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            #expect(try await client.post(target, "[\"a\\n\",\"\u{e9}\"]\n[2]").body == "{\"status\":200}")
            let answer = try await client.get(target)
            #expect(answer.body.hasPrefix("{\"status\":200,\"token\":\""))
            #expect(answer.body.hasSuffix("\"messages\":[\"[\\\"a\\\\n\\\",\\\"\u{e9}\\\"]\",\"[2]\"]}"))
        }
    }

    @Test func aPollWaitsForAMessageOfAnotherConnection() async throws {
        try await TestApplication.serve { settings in
            settings.eventLoops = 4
        } _: { server, _ in
            // Several connections, so that they are on several event loops.
            let poller = try await TestClient.connect(to: server)
            let target = try await open(poller)
            for number in 0..<8 {
                try await poller.send("GET \(target) HTTP/1.1\r\nHost: test\r\n\r\n")
                let poster = try await TestClient.connect(to: server)
                #expect(try await poster.post(target, "[\(number)]").body == "{\"status\":200}")
                #expect(try await poller.answer().body.hasSuffix("\"messages\":[\"[\(number)]\"]}"))
                try await poster.close()
            }
        }
    }

    @Test func aPollWithoutMessagesEndsWithItsWindow() async throws {
        try await TestApplication.serve { settings in
            settings.longPoll.window = 1
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            #expect(try await client.get(target).body.hasPrefix("{\"status\":204,"))
        }
    }

    @Test func binaryComesAsBase64() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            #expect(try await client.post(target, "AAECAw==").body == "{\"status\":200}")
            #expect(try await client.get(target).body.hasSuffix("\"messages\":[\"AAECAw==\"]}"))
            #expect(try await client.post(target, "*no*").status == 400)
        }
    }

    @Test func aRequestBehindAPollWaitsForIt() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            try await client.send(
                "GET \(target) HTTP/1.1\r\nHost: test\r\n\r\nGET /page HTTP/1.1\r\nHost: test\r\n\r\n")
            application.broadcast("[1]")
            #expect(try await client.answer().body.hasSuffix("\"messages\":[\"[1]\"]}"))
            #expect(try await client.answer().body == "GET /page ? ")
        }
    }

    @Test func unknownSessionsAreGone() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            #expect(try await client.post("/live/longpoll?token=0.abc", "[1]").body == "{\"status\":410}")
            #expect(try await client.get("/live/longpoll?token=99.abc").body.hasPrefix("{\"status\":410,"))
            #expect(try await client.get("/live/longpoll?token=-1.abc").body.hasPrefix("{\"status\":410,"))
        }
    }

    @Test func tokensAreSignedByWhatTheApplicationGives() async throws {
        try await TestApplication.serve { settings in
            settings.longPoll.tokens = SessionTokens(
                makeIdentifier: { "fixed" }, sign: { "signed-" + $0 },
                verify: { $0.hasPrefix("signed-") ? String($0.dropFirst(7)) : nil })
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            #expect(target.hasSuffix(".fixed"))
            #expect(target.contains("token=signed-"))
            #expect(try await client.post(target, "[1]").body == "{\"status\":200}")
            #expect(try await client.post(target.replacing("signed-", with: ""), "[1]").body == "{\"status\":410}")
        }
    }

    @Test func aSessionWithoutPollsExpires() async throws {
        try await TestApplication.serve { settings in
            settings.longPoll.expiry = 1
        } _: { server, application in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            await application.heard.wait { $0 == ["closed"] }
            #expect(try await client.post(target, "[1]").body == "{\"status\":410}")
        }
    }

    @Test func aCloseEndsThePoll() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            #expect(try await client.post(target, "close", type: "text/plain").status == 400)
            #expect(try await client.get("/live/longpoll?close=1").body.hasPrefix("{\"status\":410,"))
            await application.heard.wait { $0 == ["closed"] }
        }
    }

    @Test func theApplicationAndTheOriginCanRefuse() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            #expect(try await client.get("/live/longpoll?refuse=1").body == "{\"status\":403}")
            #expect(try await client.get("/live/longpoll", "Origin: http://evil.example").body == "{\"status\":403}")
            #expect(try await client.get("/live/longpoll", "Origin: http://test").body.hasPrefix("{\"status\":410,"))
        }
    }

    @Test func aClientThatDoesNotPollIsGivenUp() async throws {
        try await TestApplication.serve { settings in
            settings.longPoll.maximumQueuedBytes = 100
        } _: { server, application in
            let client = try await TestClient.connect(to: server)
            let target = try await open(client)
            for _ in 0..<20 { application.broadcast("[\"0123456789\"]") }
            await application.heard.wait { $0.contains("closed") }
            #expect(try await client.post(target, "[1]").body == "{\"status\":410}")
        }
    }
}
