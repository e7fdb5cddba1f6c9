import LiveServer
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingSocketTests {
    @Test(arguments: [0, 1, 125, 126, 255, 256, 257, 65_535, 65_536, 1_000_000])
    func messagesOfAllSizesAreEchoed(_ size: Int) async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            let text = String(repeating: "é", count: size / 2) + (size % 2 == 1 ? "x" : "")
            try await client.send(text: text)
            #expect(try await client.text() == text)
            let bytes = [UInt8](repeating: 0xff, count: size)
            try await client.sendFrame(.binary, bytes)
            let event = try await client.next()
            guard case .message(let message) = event else {
                Issue.record("expected a message, got \(event)")
                return
            }
            #expect(message.opcode == .binary)
            #expect(message.payload == bytes)
            #expect(message.frameCount == 1)
        }
    }

    @Test func fragmentsMakeOneMessageAndPingsComeBetween() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await client.sendFrame(.text, isFinal: false, Array("one ".utf8))
            try await client.sendFrame(.ping, Array("there?".utf8))
            guard case .control(let pong) = try await client.next() else {
                Issue.record("expected a pong")
                return
            }
            #expect(pong.opcode == .pong)
            #expect(pong.payload == Array("there?".utf8))
            try await client.sendFrame(.continuation, isFinal: false, Array("two".utf8))
            try await client.sendFrame(.pong, [])
            try await client.sendFrame(.continuation, Array(" three".utf8))
            #expect(try await client.text() == "one two three")
        }
    }

    @Test func aCloseIsEchoedAndTheApplicationToldOnce() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await client.sendFrame(.close, CloseStatus(code: CloseCode(rawValue: 3_333), reason: "bye").payload)
            #expect(try await client.closing().code == CloseCode(rawValue: 3_333))
            #expect(await client.readToEnd().isEmpty, "the server ends the connection first")
            try await client.close()
            await application.heard.wait { $0 == ["closed"] }
        }
    }

    @Test func aLostConnectionIsAnEndToo() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await client.close()
            await application.heard.wait { $0 == ["closed"] }
        }
    }

    @Test func ourCloseWaitsForTheClientsOwn() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await client.send(text: "close")
            try await client.send(text: "log")
            #expect(
                try await client.closing() == CloseStatus(code: CloseCode(rawValue: 4_001), reason: "you asked for it"))
            try await client.sendFrame(.close, [])
            #expect(await client.readToEnd().isEmpty)
            #expect(application.heard.now == ["closed"], "nothing is delivered behind a close")
        }
    }

    @Test func aCodeThatMayNotBeSentIsNotSent() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await client.send(text: "bad close")
            #expect(try await client.closing().code == .internalError)
        }
    }

    @Test func aClientThatDoesNotAnswerACloseIsCutOff() async throws {
        try await TestApplication.serve { settings in
            settings.socket.closeTimeout = 1
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await client.send(text: "close")
            _ = try await client.closing()
            #expect(await client.readToEnd().isEmpty)
        }
    }

    @Test func aSilentClientIsClosed() async throws {
        try await TestApplication.serve { settings in
            settings.socket.idleTimeout = 1
        } _: { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            #expect(try await client.closing().code == .goingAway)
            await application.heard.wait { $0.contains("closed") }
        }
    }

    @Test func broadcastsReachEverySocket() async throws {
        try await TestApplication.serve { server, application in
            var clients: [TestClient] = []
            for _ in 0..<20 {
                let client = try await TestClient.connect(to: server)
                _ = try await client.open()
                clients.append(client)
            }
            application.broadcast("news")
            application.broadcast("more")
            for client in clients {
                #expect(try await client.text() == "news")
                #expect(try await client.text() == "more")
            }
        }
    }
}
