import NIOCore
import Proxy
import RecordingFormat
import Testing

/// The proxy stops: nothing under way is torn, and the recording is complete.
@Suite struct StopTests {
    @Test func openSocketsAreClosedAtOnce() async throws {
        try await Rig.withServer(RawPeer.Habits(), { $0.proxy.drainTimeout = 3_600 }) { rig, server in
            var clients: [RawPeer] = []
            for number in 0..<20 {
                let client = try await rig.connect()
                try await client.send(Handshake.request())
                let peer = try await server.peer(number)
                try await peer.receive(through: "\r\n\r\n")
                try await peer.send(Handshake.response())
                try await client.receive(count: Handshake.response().count)
                clients.append(client)
            }
            let recorded = try await rig.stopAndRead()
            for client in clients { try await client.waitForEnd() }
            let closed = recorded.socketRecords(.socketClosed)
            #expect(closed.count == 20)
            #expect(closed.allSatisfy { $0.by == .proxy && $0.cause == "the proxy stopped" })
            #expect(recorded.isWhole && recorded.hasRunEnded && recorded.restByteCount == 0)
        }
    }

    @Test func aRequestUnderWayGetsItsAnswer() async throws {
        try await Rig.withServer(RawPeer.Habits(), { $0.proxy.drainTimeout = 3_600 }) { rig, server in
            let client = try await rig.connect(RawPeer.Habits(readsFromStart: false))
            try await client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            let peer = try await server.peer()
            try await peer.receive(through: "\r\n\r\n")
            async let stopped = rig.stopAndRead()
            try await rig.waitUntilNobodyListens()
            // More than the kernel holds: it is still being written when the last byte has come from the server.
            let size = 12 << 20
            let answer =
                Array("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n".utf8) + [UInt8](repeating: 7, count: size)
            async let sent: Void = peer.send(answer)
            try await client.readOn()
            let log = try await client.waitForEnd()
            try await sent
            #expect(log.received == answer)
            let recorded = try await stopped
            #expect(recorded.hasRunEnded)
            #expect(recorded.heads(.server).count == 1)
        }
    }

    @Test func anAnswerThatNeverComesIsNotWaitedForLongerThanTold() async throws {
        try await Rig.withServer(RawPeer.Habits(), { $0.proxy.drainTimeout = 1 }) { rig, server in
            let client = try await rig.connect()
            try await client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
            try await server.peer().receive(through: "\r\n\r\n")
            let before = NIODeadline.now()
            let recorded = try await rig.stopAndRead()
            #expect(NIODeadline.now() - before >= .milliseconds(900))
            try await client.waitForEnd()
            #expect(recorded.socketRecords(.connectionClosed).first?.by == .proxy)
        }
    }
}

extension Rig {
    /// Waits until connecting is refused: the proxy has begun to stop.
    func waitUntilNobodyListens() async throws {
        while let client = try? await connect() { try await client.close() }
    }
}
