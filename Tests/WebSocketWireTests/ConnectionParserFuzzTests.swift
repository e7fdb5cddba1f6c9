import TestSupport
import Testing
import WebSocketWire

/// Mutated conversations: nothing traps, no split matters, and raw bytes are where the steps say they are.
@Suite struct ConnectionParserFuzzTests {
    private let conversations: [[Turn]] = [
        [
            client("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n0\r\nT: r\r\n\r\n"),
            server(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"
            ),
            client("HEAD /b HTTP/1.1\r\n\r\nGET /c HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"),
            server("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nHTTP/1.1 404 No\r\n\r\nuntil close"),
        ],
        [
            client("GET / HTTP/1.1\r\n\r\n" + upgradeRequest + "\u{1}\u{3}"),
            server("HTTP/1.1 304 Not Modified\r\n\r\n" + upgradeAnswer + "\u{1}\u{2}hi"),
            client("abc\u{2}\u{1}x\u{9}\u{0}"),
            server("\u{2}\u{1}x\u{9}\u{0}"),
        ],
        [
            client(upgradeRequest + "GET /early HTTP/1.1\r\nA: b"),
            server("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno"), client("\r\n\r\n" + upgradeRequest),
            server("HTTP/1.1 204 No Content\r\n\r\n" + upgradeAnswer), client("\u{1}\u{2}hi"),
        ],
        [
            client("CONNECT a:1 HTTP/1.1\r\n\r\nearly"), server("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"),
            client("CONNECT a:1 HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\n\r\nhello"), client("hello"),
        ],
    ]

    @Test(arguments: 0..<8 as Range<UInt64>)
    func anySplitOfMutatedBytesTellsTheSame(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let limits = HTTPLimits(headByteCount: 400, fieldCount: 9, chunkLineByteCount: 20, unansweredRequestCount: 3)
        for round in 0..<500 {
            let turns = conversations[round % conversations.count].map { turn in
                (turn.sender, mutated(turn.bytes, using: &generator))
            }
            var whole = Talk(limits: limits)
            var pieces = Talk(limits: limits)
            var streams: [Peer: [UInt8]] = [:]
            for (sender, bytes) in turns {
                streams[sender, default: []] += bytes
                whole.send(bytes, from: sender)
                for piece in randomSplit(of: bytes, using: &generator) { pieces.send(piece, from: sender) }
            }
            for sender in Peer.allCases {
                for raw in whole.raw[sender] ?? [] {
                    let rest = streams[sender, default: []].dropFirst(Int(raw.offset))
                    #expect(rest.starts(with: raw.bytes), "seed \(seed), round \(round)")
                }
                whole.end(sender)
                pieces.end(sender)
            }
            #expect(whole.told() == pieces.told(), "seed \(seed), round \(round)")
        }
    }

    private func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert([0x0d, 0x0a, 0x20, 0x2c, 0x3a, 0x30].randomElement(using: &generator) ?? 0, at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 30))
            }
        }
        return bytes
    }
}
