import RecordingFormat
import TestSupport
import Testing

/// What is not HTTP/1.1 passes, and is recorded raw.
@Suite struct RawTrafficTests {
    static let openings: [[UInt8]] = [
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0],
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + (0...255).map { UInt8($0) },
        [UInt8](repeating: 0, count: 5_000),
        Array("hello\n".utf8),
    ]

    @Test(arguments: 0..<openings.count)
    func itIsRelayedAndRecordedRaw(kind: Int) async throws {
        try await Rig.withServer { rig, server in
            for seed in 0..<20 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                let client = try await rig.connect()
                let exchange = Exchange(client: client, server: try await server.peer(Int(seed)))
                let answer = generator.bytes(3_000)
                try await exchange.say(
                    [Turn(client: Self.openings[kind]), Turn(client: generator.bytes(2_000), server: answer)],
                    &generator)
                exchange.expectEqualLogs("seed \(seed)")
                try await client.close()
                try await exchange.server.waitForEnd()
            }
            let recorded = try await rig.stopAndRead()
            for number in 0..<20 {
                let peer = try await server.peer(number)
                #expect(recorded.streamBytes(.client, connection: UInt64(number + 1)) == peer.received)
                #expect(recorded.streamBytes(.server, connection: UInt64(number + 1)) == peer.sent)
            }
            #expect(recorded.rawReasons(.client) == [.notHTTP])
            #expect(recorded.socketRecords(.notHTTP).count >= 20)
        }
    }
}
