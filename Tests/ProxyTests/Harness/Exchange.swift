import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

/// What both peers say in one turn; it is over when each has all of the other's bytes.
struct Turn: Sendable {
    var client: [UInt8] = []
    var server: [UInt8] = []
}

/// Two raw peers that talk to each other through a proxy.
struct Exchange {
    let client: RawPeer
    let server: RawPeer

    /// Says the turns in random pieces. After half of the pieces it waits until they are on the other side, so that the
    /// next one is a read of its own.
    func say(_ turns: [Turn], _ generator: inout SeededGenerator) async throws {
        for turn in turns {
            var clientPieces = randomSplit(of: turn.client, using: &generator)[...]
            var serverPieces = randomSplit(of: turn.server, using: &generator)[...]
            while !clientPieces.isEmpty || !serverPieces.isEmpty {
                let isClient = serverPieces.isEmpty || (!clientPieces.isEmpty && Bool.random(using: &generator))
                let piece = isClient ? clientPieces.removeFirst() : serverPieces.removeFirst()
                guard !piece.isEmpty else { continue }
                try await (isClient ? client : server).send(piece)
                if Bool.random(using: &generator) { try await arrived(fromClient: isClient) }
            }
            try await arrived(fromClient: true)
            try await arrived(fromClient: false)
        }
    }

    private func arrived(fromClient: Bool) async throws {
        let (sender, receiver) = fromClient ? (client, server) : (server, client)
        try await receiver.receive(count: sender.sent.count)
    }

    /// Both logs are equal to the last byte.
    func expectEqualLogs(_ comment: Comment) {
        #expect(server.received == client.sent, "client to server, \(comment)")
        #expect(client.received == server.sent, "server to client, \(comment)")
    }
}

extension Recorded {
    /// What is recorded of a socket is what was sent behind the handshake, in both directions.
    func expectStreams(of exchange: Exchange, connection: UInt64, _ comment: Comment) {
        let client = exchange.client.sent.dropFirst(
            heads(.client, connection: connection).reduce(0) { $0 + $1.utf8.count })
        let server = exchange.server.sent.dropFirst(
            heads(.server, connection: connection).reduce(0) { $0 + $1.utf8.count })
        #expect(streamBytes(.client, connection: connection) == Array(client), "recorded of the client, \(comment)")
        #expect(streamBytes(.server, connection: connection) == Array(server), "recorded of the server, \(comment)")
    }
}
