#if TLS
    import LiveServer
    import NIOCore
    import NIOPosix
    import Testing
    import Transport
    import WebSocketWire

    @Suite(.timeLimit(.minutes(1))) struct ServingTLSTests {
        private static let folder: String = {
            let parts = #filePath.split(separator: "/").dropLast(3)
            return "/" + parts.joined(separator: "/") + "/Fixtures/TLS/"
        }()

        private func serve(_ body: (TestClient, Server, TestApplication) async throws -> Void) async throws {
            try await TestApplication.serve {
                $0.tls = TLSFiles(
                    certificate: Self.folder + "localhost.pem", key: Self.folder + "localhost-key.pem")
            } _: { server, application in
                var settings = ClientTLSSettings()
                settings.authorityFile = Self.folder + "authority.pem"
                let target = try Target(parsing: "https://localhost:\(server.port)")
                let connector = Connector(target: target, tls: try ClientTLS(settings, host: "localhost"))
                try await body(try await TestClient.connect(by: connector), server, application)
            }
        }

        @Test func pagesAndSocketsGoThroughTLS() async throws {
            try await serve { client, _, application in
                #expect(try await client.get("/page").body == "GET /page ? ")
                _ = try await client.open("/live/websocket", "Origin: https://test")
                let text = String(repeating: "live ", count: 50_000)
                try await client.send(text: text)
                #expect(try await client.text() == text)
                try await client.sendFrame(.close, CloseStatus(code: .normalClosure).payload)
                #expect(try await client.closing().code == .normalClosure)
                #expect(await client.readToEnd().isEmpty)
                try await client.close()
                await application.heard.wait { $0 == ["closed"] }
            }
        }

        @Test func aSocketIsDrained() async throws {
            try await serve { client, server, application in
                _ = try await client.open()
                let stopping = Task { await server.stop() }
                #expect(try await client.closing().code == .serviceRestart)
                try await client.sendFrame(.close, [])
                #expect(await client.readToEnd().isEmpty)
                try? await client.close()
                await stopping.value
                #expect(application.heard.now == ["drain", "closed"])
            }
        }
    }
#endif
