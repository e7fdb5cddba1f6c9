import Testing

/// A peer that does not read is not read for: the other one has to wait, and goes on when it reads again.
@Suite(.serialized) struct BackPressureTests {
    static let total = 192 << 20
    /// The kernel's buffers of four sockets (6 MB to receive, 4 MB to send, at most), and some for the proxy.
    static let bound = 32 << 20

    private static let slow = RawPeer.Habits(keepsBytes: false, readsFromStart: false, bufferByteCount: 256 << 10)

    @Test func aClientThatSendsWithoutEndWaitsForTheServer() async throws {
        try await Rig.withServer(Self.slow) { rig, server in
            let client = try await rig.connect()
            let head = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.total)\r\n\r\n"
            try await client.send(head)
            let peer = try await server.peer()
            try await expectWaiting(from: client, to: peer, headByteCount: head.utf8.count)
        }
    }

    @Test func aServerThatSendsWithoutEndWaitsForTheClient() async throws {
        try await Rig.withServer { rig, server in
            let client = try await rig.connect(Self.slow)
            try await client.send("GET /download HTTP/1.1\r\nHost: x\r\n\r\n")
            let peer = try await server.peer()
            try await peer.receive(through: "\r\n\r\n")
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(Self.total)\r\n\r\n"
            try await peer.send(head)
            try await expectWaiting(from: peer, to: client, headByteCount: head.utf8.count)
        }
    }

    /// One direction that stands does not hold up the other one.
    @Test func theOtherDirectionGoesOn() async throws {
        try await Rig.withServer(Self.slow) { rig, server in
            let client = try await rig.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.total)\r\n\r\n")
            let flood = try await Flood.start(client, limit: Self.total)
            let peer = try await server.peer()
            _ = try await flood.waitForStandstill()
            try await peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
            try await client.receive(through: "413")
            flood.stop()
        }
    }

    private func expectWaiting(from sender: RawPeer, to receiver: RawPeer, headByteCount: Int) async throws {
        let flood = try await Flood.start(sender, limit: Self.total)
        let taken = try await flood.waitForStandstill()
        #expect(taken < Self.bound, "\(taken) bytes were taken while nobody read")
        try await receiver.readOn()
        let all = headByteCount + Self.total
        let log = try await receiver.log.wait(for: "all \(all) bytes") { $0.receivedCount >= all }
        #expect(log.receivedCount == all)
    }
}
