import NIOCore
import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// Whatever crosses a socket arrives as it was sent, and is recorded as it was sent.
@Suite struct TransparencyTests {
    enum Kind: String, CaseIterable, Sendable {
        case fragmented, compressed, broken, unframeable, garbageAfterClose

        func stream(_ sender: Peer, seed: UInt64) -> [UInt8] {
            switch self {
            case .fragmented: FrameStream.fragmented(sender, seed: seed)
            case .compressed: FrameStream.compressed(sender, seed: seed)
            case .broken: FrameStream.broken(sender, seed: seed)
            case .unframeable: FrameStream.unframeable(sender, seed: seed)
            case .garbageAfterClose: FrameStream.garbageAfterClose(sender, seed: seed)
            }
        }

        var extensions: String? { self == .compressed ? "permessage-deflate" : nil }
    }

    @Test(arguments: Kind.allCases)
    func aSocketPassesByteForByteInAnySplit(kind: Kind) async throws {
        try await Rig.withServer { rig, server in
            var exchanges: [Exchange] = []
            for seed in 0..<60 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                let client = try await rig.connect()
                let exchange = Exchange(client: client, server: try await server.peer(Int(seed)))
                try await exchange.say(
                    [
                        Turn(client: Handshake.request(extensions: kind.extensions)),
                        Turn(server: Handshake.response(extensions: kind.extensions)),
                        Turn(
                            client: kind.stream(.client, seed: seed), server: kind.stream(.server, seed: seed + 1_000)),
                    ], &generator)
                try await exchange.client.close()
                try await exchange.server.waitForEnd()
                exchange.expectEqualLogs("seed \(seed)")
                exchanges.append(exchange)
            }
            let recorded = try await rig.stopAndRead()
            for (seed, exchange) in exchanges.enumerated() {
                recorded.expectStreams(of: exchange, connection: UInt64(seed + 1), "seed \(seed)")
            }
            #expect(recorded.isNumberedWithoutHoles)
            #expect(recorded.isWhole && recorded.restByteCount == 0 && recorded.hasRunEnded)
            #expect(recorded.socketRecords(.socketOpened).count == 60)
        }
    }

    @Test func messagesOfMegabytesPassBothWaysAtOnce() async throws {
        try await Rig.withServer { rig, server in
            let client = try await rig.connect()
            let exchange = Exchange(client: client, server: try await server.peer())
            var generator = SeededGenerator(seed: 5)
            var streams = (client: FrameStream(.client, seed: 1), server: FrameStream(.server, seed: 2))
            let message = streams.client.generator.bytes(6 << 20)
            streams.client.frame(.binary, message)
            streams.server.frame(.binary, message.reversed())
            streams.client.frame(.text, [65])
            streams.server.frame(.text, [66])
            try await exchange.say(
                [
                    Turn(client: Handshake.request()), Turn(server: Handshake.response()),
                    Turn(client: streams.client.bytes, server: streams.server.bytes),
                ], &generator)
            exchange.expectEqualLogs("6 MB")
            let recorded = try await rig.stopAndRead()
            recorded.expectStreams(of: exchange, connection: 1, "6 MB")
            let numbers = recorded.records.compactMap { record -> UInt64? in
                guard case .frame(let frame, _) = record, frame.direction == .client else { return nil }
                return frame.number
            }
            #expect(Set(numbers) == [0, 1])
            #expect(rig.journal.statistics.largest.map(\.payloadBytes).prefix(2) == [6 << 20, 6 << 20])
        }
    }

    @Test func framesBeforeThe101PassAndAreRecordedRaw() async throws {
        try await Rig.withServer { rig, server in
            for seed in 0..<40 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                let client = try await rig.connect()
                let exchange = Exchange(client: client, server: try await server.peer(Int(seed)))
                var early = FrameStream(.client, seed: seed)
                early.frame(.text, early.text(300))
                early.frame(.ping, [])
                early.frame(.text, early.text(500))
                let cut = Int.random(in: 1...early.bytes.count, using: &generator)
                var answer = FrameStream(.server, seed: seed)
                answer.frame(.text, answer.text(100))
                try await exchange.say(
                    [
                        Turn(client: Handshake.request() + early.bytes[..<cut]),
                        Turn(server: Handshake.response() + answer.bytes),
                        Turn(client: Array(early.bytes[cut...])),
                        Turn(client: FrameStream.fragmented(.client, seed: seed)),
                    ], &generator)
                exchange.expectEqualLogs("seed \(seed)")
                try await client.close()
                try await exchange.server.waitForEnd()
            }
            let recorded = try await rig.stopAndRead()
            for seed in 0..<40 {
                let exchange = Exchange(client: try await server.peer(seed), server: try await server.peer(seed))
                let sent = exchange.server.received.dropFirst(Handshake.request().count)
                #expect(recorded.streamBytes(.client, connection: UInt64(seed + 1)) == Array(sent), "seed \(seed)")
            }
            #expect(recorded.rawReasons(.client) == [.unansweredUpgrade])
            #expect(recorded.socketRecords(.socketOpened).allSatisfy { $0.earlyClientBytes > 0 })
        }
    }

    @Test func aFrameIsInTheJournalBeforeItsLastByteArrives() async throws {
        let path = Watched<String>("")
        let found = Watched<[Int: Bool]>([:])
        let handshake = Handshake.request().count
        let frames = (0..<200).map { number -> [UInt8] in
            var stream = FrameStream(.client, seed: UInt64(number))
            stream.frame(.binary, stream.generator.bytes(number * 37))
            return stream.bytes
        }
        let ends = frames.reduce(into: [handshake]) { ends, frame in ends.append((ends.last ?? 0) + frame.count) }
        var habits = RawPeer.Habits()
        habits.onRead = { soFar in
            // Each frame whose last byte is here must be in the file now.
            let whole = ends.dropFirst().prefix { $0 <= soFar.count }.count
            guard whole > 0, let recorded = try? Recorded(bytes: readFile(path.now)) else { return }
            let inFile = recorded.streamBytes(.client).count + handshake
            found.change { $0[whole] = inFile >= ends[whole] }
        }
        try await Rig.withServer(habits) { rig, server in
            path.change { $0 = rig.journal.paths.first ?? "" }
            let client = try await rig.connect()
            try await client.send(Handshake.request())
            let peer = try await server.peer()
            try await peer.receive(count: handshake)
            try await peer.send(Handshake.response())
            try await client.receive(count: Handshake.response().count)
            for frame in frames { try await client.send(frame) }
            try await peer.receive(count: ends.last ?? 0)
            #expect(found.now[200] == true)
            #expect(
                found.now.values.allSatisfy { $0 }, "the frames that were late: \(found.now.filter { !$0.value }.keys)")
        }
    }
}
