import NIOCore
import RecordingFormat
import RecordingStore
import Testing

/// Whoever ends a connection, and however: the other one learns it, and the recording says who and how.
@Suite struct ConnectionEndTests {
    /// Opens a socket through the proxy.
    private func openSocket(_ rig: Rig, _ server: RawServer) async throws -> (client: RawPeer, server: RawPeer) {
        let client = try await rig.connect()
        try await client.send(Handshake.request())
        let peer = try await server.peer()
        try await peer.receive(through: "\r\n\r\n")
        try await peer.send(Handshake.response() + [0x81, 2, 72, 105])
        try await client.receive(through: "Hi")
        return (client, peer)
    }

    private func expectClosed(
        _ rig: Rig, by actor: SocketRecord.Actor, cause: String, code: UInt32 = 0
    ) async throws {
        let recorded = try await rig.stopAndRead()
        let closed = try #require(recorded.socketRecords(.socketClosed).first)
        #expect(closed.by == actor)
        #expect(closed.cause == cause)
        #expect(closed.closeCode == code)
        #expect(recorded.socketRecords(.connectionClosed).count == 1)
        #expect(rig.journal.statistics.openSockets == 0 && rig.journal.statistics.openConnections == 0)
    }

    @Test func aTargetThatIsKilledEndsTheClientsSocket() async throws {
        try await Rig.withServer { rig, server in
            let peers = try await openSocket(rig, server)
            try await peers.server.reset()
            try await peers.client.waitForEnd()
            try await peers.client.close()
            try await expectClosed(rig, by: .server, cause: "connection reset by peer")
        }
    }

    @Test func aTargetThatClosesEndsTheClientsSocket() async throws {
        try await Rig.withServer { rig, server in
            let peers = try await openSocket(rig, server)
            try await peers.server.close()
            try await peers.client.waitForEnd()
            try await peers.client.close()
            try await expectClosed(rig, by: .server, cause: "end of stream")
        }
    }

    @Test func aClientThatVanishesEndsTheServersSocket() async throws {
        try await Rig.withServer { rig, server in
            let peers = try await openSocket(rig, server)
            try await peers.client.reset()
            try await peers.server.waitForEnd()
            try await peers.server.close()
            try await expectClosed(rig, by: .client, cause: "connection reset by peer")
        }
    }

    @Test func aCloseFrameIsWhatCounts() async throws {
        try await Rig.withServer { rig, server in
            let peers = try await openSocket(rig, server)
            try await peers.server.send([0x88, 2, 0x03, 0xE9])
            try await peers.client.receive(count: peers.server.sent.count)
            try await peers.client.close()
            try await peers.server.waitForEnd()
            try await peers.server.close()
            try await expectClosed(rig, by: .server, cause: "end of stream", code: 1001)
        }
    }

    @Test func aClientThatHalfClosesStillGetsItsAnswer() async throws {
        try await Rig.withServer { rig, server in
            let client = try await rig.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await client.halfClose()
            let peer = try await server.peer()
            try await peer.waitForEnd()
            #expect(peer.received == client.sent)
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer")
            try await client.receive(through: "answer")
            #expect(!client.log.now.isClosed)
            try await peer.close()
            try await client.waitForClose()
        }
    }

    @Test func aServerThatHalfClosesStillHearsTheClient() async throws {
        try await Rig.withServer { rig, server in
            let peers = try await openSocket(rig, server)
            try await peers.server.halfClose()
            try await peers.client.waitForEnd()
            try await peers.client.send([0x81, 0x82, 0, 0, 0, 0, 72, 105])
            try await peers.server.receive(count: peers.client.sent.count)
            try await peers.client.close()
            try await peers.server.waitForClose()
            #expect(peers.server.received == peers.client.sent)
        }
    }

    /// The server has been told of the half-close already: it must be told of the end as well.
    @Test func aClientThatVanishesAfterItsHalfCloseEndsTheServersConnection() async throws {
        try await Rig.withServer { rig, server in
            let client = try await rig.connect()
            try await client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
            try await client.halfClose()
            let peer = try await server.peer()
            try await peer.waitForEnd()
            try await peer.send("HTTP/1.1 200 OK\r\n\r\nfirst")
            try await client.receive(through: "first")
            try await client.reset()
            // The proxy learns of the reset when it has something to write.
            let pump = try await Flood.start(peer)
            try await peer.waitForClose()
            pump.stop()
            let recorded = try await rig.stopAndRead()
            #expect(recorded.socketRecords(.connectionClosed).count == 1)
        }
    }

    /// The bytes and the end come while the proxy is still looking up the target's name.
    @Test(arguments: 0..<10)
    func whatAClientSaidBeforeTheConnectArrives(_: Int) async throws {
        let server = try await RawServer.start()
        try await Rig.with(target: "http://localhost:\(server.port)") { rig in
            let client = try await rig.connect()
            async let sent: Void = client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            async let ended: Void = client.halfClose()
            _ = try await (sent, ended)
            let peer = try await server.peer()
            try await peer.waitForEnd()
            #expect(peer.received == client.sent)
            try await peer.send("HTTP/1.1 204 No Content\r\n\r\n")
            try await peer.close()
            try await client.waitForClose()
            #expect(client.received == peer.sent)
        }
        await server.close()
    }
}
