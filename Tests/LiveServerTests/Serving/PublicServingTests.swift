import LiveServer
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct PublicServingTests {
    @Test func anotherPackageServesItsViewsTillItsTaskIsCancelled() async throws {
        let server = try await PublicApplication.start()
        #expect(server.port != 0)
        #expect(server.url == "http://127.0.0.1:\(server.port)")
        let running = Task { await server.run() }
        let client = try await TestClient.connect(to: server)
        let page = try await client.get("/")
        #expect(page.status == 200)
        #expect(page.body.contains("<meter max=\"100\" value=\"50\"></meter>"))
        #expect(try await client.get("/client.js").body.utf8.count == BrowserClient.script.count)
        _ = try await client.open("/live/websocket?vsn=2.0.0", "Origin: http://test")
        try await client.send(text: #"[null,"1","phoenix","heartbeat",{}]"#)
        #expect(try await client.text() == #"[null,"1","phoenix","phx_reply",{"status":"ok","response":{}}]"#)
        running.cancel()
        #expect(try await client.closing().code == .serviceRestart)
        try await client.close()
        await running.value
    }

    @Test func whoRunsAServerReturnsWhenItIsStopped() async throws {
        let server = try await PublicApplication.start()
        let running = Task { await server.run() }
        let again = Task { await server.run() }
        await server.stop()
        await running.value
        await again.value
        // Also if it was stopped before.
        await server.run()
    }

    @Test func pagesOfOthersAreRefusedAndItIsTold() async throws {
        let told = Watched<[String]>([])
        let server = try await PublicApplication.start { event in told.change { $0.append("\(event)") } }
        let client = try await TestClient.connect(to: server)
        try await client.send(TestClient.handshake("/live/websocket?vsn=2.0.0", ["Origin: http://elsewhere"]))
        #expect(try await client.answer().status == 403)
        await told.wait { $0.first?.contains("http://elsewhere") == true }
        try? await client.close()
        await server.stop()
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        let server = try await PublicApplication.start()
        var settings = PublicApplication.settings()
        settings.port = server.port
        let error = await #expect(throws: ServerError.self) { _ = try await PublicApplication.start(settings) }
        #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1:\(server.port): ") == true)
        await server.stop()
    }

    @Test func aCertificateThatIsNotThereIsSaid() async throws {
        var settings = PublicApplication.settings()
        settings.tls = TLSFiles(certificate: "/nowhere.pem", key: "/nowhere-key.pem")
        let error = await #expect(throws: ServerError.self) { _ = try await PublicApplication.start(settings) }
        #if TLS
            #expect(error?.description.contains("/nowhere.pem") == true)
        #else
            #expect(error?.description.contains("this build has no TLS") == true)
        #endif
    }
}
