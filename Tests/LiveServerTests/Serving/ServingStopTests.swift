import LiveServer
import NIOCore
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingStopTests {
    @Test func socketsAreDrainedAndClosedForARestart() async throws {
        try await TestApplication.serve { settings in
            settings.drainTimeout = 30
        } _: { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            let idle = try await TestClient.connect(to: server)
            _ = try await idle.get("/page")
            let stopping = Task { await server.stop() }
            #expect(try await client.closing().code == .serviceRestart)
            try await client.sendFrame(.close, CloseStatus(code: .serviceRestart).payload)
            #expect(await client.readToEnd().isEmpty)
            try await client.close()
            #expect(await idle.readToEnd().isEmpty)
            try await idle.close()
            await stopping.value
            #expect(application.heard.now == ["drain", "closed"])
        }
    }

    @Test func whoDoesNotLeaveIsCutOff() async throws {
        try await TestApplication.serve { settings in
            settings.drainTimeout = 1
            settings.socket.closeTimeout = 60
        } _: { server, application in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            await server.stop()
            #expect(try await client.closing().code == .serviceRestart)
            #expect(application.heard.now == ["drain", "closed"])
        }
    }

    @Test func aWaitingPollIsAnswered() async throws {
        try await TestApplication.serve { server, application in
            let client = try await TestClient.connect(to: server)
            let token = try await client.get("/live/longpoll").body.split(separator: "\"")[5]
            try await client.send("GET /live/longpoll?token=\(token) HTTP/1.1\r\nHost: test\r\n\r\n")
            // The poll has been heard when a second one has ended it.
            let second = try await TestClient.connect(to: server)
            try await second.send("GET /live/longpoll?token=\(token) HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.answer().body.hasPrefix("{\"status\":204,"))
            let stopping = Task { await server.stop() }
            #expect(try await second.answer().body.hasPrefix("{\"status\":410,"))
            await stopping.value
            #expect(application.heard.now == ["drain", "closed"])
        }
    }
}
