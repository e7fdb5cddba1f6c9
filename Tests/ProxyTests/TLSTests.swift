#if TLS
    import Proxy
    import RecordingFormat
    import TestSupport
    import Testing
    import Transport
    import WebSocketWire

    /// TLS on both legs: two proxies in a row, the first speaks it to the second.
    @Suite struct TLSTests {
        private static let folder: String = {
            let parts = #filePath.split(separator: "/").dropLast(2)
            return "/" + parts.joined(separator: "/") + "/Fixtures/TLS/"
        }()

        private static let listening = ServerTLSSettings(
            certificateFile: folder + "localhost.pem", keyFile: folder + "localhost-key.pem")

        /// client → outer → TLS → inner → server.
        private func withTLS(
            host: String = "localhost", _ change: (inout ClientTLSSettings) -> Void,
            _ body: (_ outer: Rig, _ inner: Rig, RawServer) async throws -> Void
        ) async throws {
            try await Rig.withServer(
                RawPeer.Habits(),
                {
                    $0.proxy.listenTLS = Self.listening
                    $0.proxy.listen = Endpoint(host: host == "localhost" ? "127.0.0.1" : host, port: 0)
                }
            ) { inner, server in
                try await Rig.with(
                    target: "https://\(host):\(inner.proxy.endpoint.port)", { change(&$0.proxy.targetTLS) }
                ) { outer in try await body(outer, inner, server) }
            }
        }

        @Test func socketsPassByteForByte() async throws {
            try await withTLS {
                $0.authorityFile = Self.folder + "authority.pem"
            } _: { outer, inner, server in
                var exchanges: [Exchange] = []
                for seed in 0..<20 as Range<UInt64> {
                    var generator = SeededGenerator(seed: seed)
                    let client = try await outer.connect()
                    let exchange = Exchange(client: client, server: try await server.peer(Int(seed)))
                    try await exchange.say(
                        [
                            Turn(client: Handshake.request()), Turn(server: Handshake.response()),
                            Turn(
                                client: FrameStream.fragmented(.client, seed: seed),
                                server: FrameStream.broken(.server, seed: seed)),
                        ], &generator)
                    try await client.close()
                    try await exchange.server.waitForEnd()
                    exchange.expectEqualLogs("seed \(seed)")
                    exchanges.append(exchange)
                }
                let (first, second) = (try await outer.stopAndRead(), try await inner.stopAndRead())
                for (seed, exchange) in exchanges.enumerated() {
                    first.expectStreams(of: exchange, connection: UInt64(seed + 1), "outer, seed \(seed)")
                    second.expectStreams(of: exchange, connection: UInt64(seed + 1), "inner, seed \(seed)")
                }
                let facts = try #require(first.socketRecords(.tls).first)
                #expect(facts.by == .server && facts.direction == .server)
                #expect(facts.tls.version == "tlsv13" && facts.tls.alpn == "http/1.1")
                #expect(facts.tls.serverName == "localhost")
                #expect(second.socketRecords(.tls).first?.direction == .client)
            }
        }

        @Test func withoutChecksAnyCertificateWillDo() async throws {
            try await withTLS(host: "127.0.0.2") {
                $0.verifiesCertificate = false
            } _: { outer, _, server in
                let client = try await outer.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let peer = try await server.peer()
                try await peer.receive(through: "\r\n\r\n")
                try await peer.send("HTTP/1.1 204 No Content\r\n\r\n")
                try await client.receive(through: "204")
            }
        }

        @Test(arguments: [("localhost", false), ("127.0.0.2", true)])
        func aWrongCertificateGivesAPageWithTheReason(host: String, isAuthorityKnown: Bool) async throws {
            try await withTLS(host: host) {
                if isAuthorityKnown { $0.authorityFile = Self.folder + "authority.pem" }
            } _: { outer, _, server in
                let client = try await outer.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let page = String(decoding: try await client.waitForEnd().received, as: UTF8.self)
                #expect(page.hasPrefix("HTTP/1.1 502") && page.contains("certificate"))
                let recorded = try await outer.stopAndRead()
                #expect(recorded.socketRecords(.connectFailed).first?.cause.contains("certificate") == true)
                #expect(recorded.http(.server, .head).first?.record.isMadeByProxy == true)
                // The certificate is looked at before the target hears of a request.
                #expect(server.acceptedCount <= 1)
            }
        }

        @Test func aTargetWithoutTLSGivesAPageWithTheReason() async throws {
            let server = try await RawServer.start()
            try await Rig.with(target: "https://127.0.0.1:\(server.port)") { rig in
                let client = try await rig.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let peer = try await server.peer()
                try await peer.receive(count: 5)
                try await peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
                let page = String(decoding: try await client.waitForEnd().received, as: UTF8.self)
                #expect(page.hasPrefix("HTTP/1.1 502") && page.contains("TLS"))
            }
            await server.close()
        }

        @Test func aTargetThatNeverAnswersTheHandshakeIsGivenUp() async throws {
            let server = try await RawServer.start()
            try await Rig.with(target: "https://127.0.0.1:\(server.port)", { $0.proxy.connectTimeout = 1 }) { rig in
                let client = try await rig.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let page = String(decoding: try await client.waitForEnd().received, as: UTF8.self)
                #expect(page.hasPrefix("HTTP/1.1 502") && page.contains("no answer"))
                try await server.peer().waitForEnd()
            }
            await server.close()
        }

        @Test func halfClosesPassThroughTLS() async throws {
            try await withTLS {
                $0.authorityFile = Self.folder + "authority.pem"
            } _: { outer, _, server in
                let client = try await outer.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                try await client.halfClose()
                let peer = try await server.peer()
                try await peer.waitForEnd()
                #expect(peer.received == client.sent)
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer")
                try await client.receive(through: "answer")
                try await peer.close()
                try await client.waitForClose()
            }
        }

        @Test func aFileThatIsNoCertificateIsNamed() async throws {
            let wrong = ServerTLSSettings(certificateFile: "/dev/null", keyFile: Self.folder + "localhost-key.pem")
            let error = await #expect(throws: TLSError.self) {
                try await Rig.with(target: "http://127.0.0.1:1", { $0.proxy.listenTLS = wrong }) { _ in }
            }
            #expect(error?.description.contains("/dev/null") == true)
        }
    }
#endif
