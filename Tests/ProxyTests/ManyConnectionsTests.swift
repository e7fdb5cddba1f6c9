import NIOCore
import Proxy
import RecordingFormat
import RecordingStore
import Testing

/// Many connections at once, and more than are allowed.
@Suite(.serialized) struct ManyConnectionsTests {
    @Test func aBurstOfConnectionsIsServed() async throws {
        try await Rig.withServer { rig, server in
            let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let client = try await rig.connect()
                        try await client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                        let answer = try await client.receive(through: "\r\n\r\n!")
                        try await client.close()
                        return answer.hasPrefix("HTTP/1.1 200") ? 1 : 0
                    }
                    group.addTask {
                        let peer = try await server.peer(number)
                        try await peer.receive(through: "\r\n\r\n")
                        try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!")
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(answered == 500)
            let recorded = try await rig.stopAndRead()
            #expect(rig.journal.statistics.connections == 500 && rig.journal.statistics.exchanges == 500)
            #expect(recorded.socketRecords(.connectionClosed).count == 500)
            #expect(recorded.isNumberedWithoutHoles && recorded.isWhole)
        }
    }

    @Test(arguments: [1, 2, 10, 40])
    func aboveTheLimitConnectionsWaitAndGoOn(limit: Int) async throws {
        try await Rig.withServer(RawPeer.Habits(), { $0.proxy.maximumConnections = limit }) { rig, server in
            // All of these connect: the kernel's queue holds those that the proxy does not accept.
            var clients: [RawPeer] = []
            for number in 0..<(limit + 20) {
                let client = try await rig.connect()
                try await client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                clients.append(client)
            }
            try await rig.events.wait(for: "accepting pauses") { $0.contains { $0.contains("connectionLimit") } }
            for number in clients.indices {
                let peer = try await server.peer(number)
                #expect(server.acceptedCount <= number + limit)
                let request = try await peer.receive(through: " HTTP/1.1\r\n")
                let client = try #require(Int(request.dropFirst(5).prefix { $0 != " " }))
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                try await peer.close()
                try await clients[client].receive(through: "200 OK")
                try await clients[client].close()
            }
            try await rig.events.wait(for: "accepting goes on") { $0.last?.contains("over") == true }
        }
    }
}
