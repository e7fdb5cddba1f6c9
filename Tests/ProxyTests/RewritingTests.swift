import Proxy
import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// Only what was asked for is changed in requests, and the recording holds what the client sent.
@Suite struct RewritingTests {
    private static let request =
        "GET /live HTTP/1.1\r\nX-First:  two  spaces\r\nhost: localhost:4001\r\nOrigin: http://localhost:4001\r\n"
        + "Accept-Encoding: gzip, br\r\nCookie: a=b\r\n\r\n"
    private static let body = "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\nHost: untouched"

    @Test func everythingAskedForIsChangedAndNothingElse() async throws {
        try await Rig.withServer(
            RawPeer.Habits(),
            {
                $0.proxy.rewriting.host = "example.test"
                $0.proxy.rewriting.origin = "https://example.test"
                $0.proxy.rewriting.asksForIdentity = true
            }
        ) { rig, server in
            let expected =
                "GET /live HTTP/1.1\r\nX-First:  two  spaces\r\nhost: example.test\r\nOrigin: https://example.test\r\n"
                + "Cookie: a=b\r\n\r\nPOST /form HTTP/1.1\r\nHost: example.test\r\nContent-Length: 15\r\n\r\nHost: untouched"
            for seed in 0..<40 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                let client = try await rig.connect()
                let peer = try await server.peer(Int(seed))
                for piece in randomSplit(of: Array((Self.request + Self.body).utf8), using: &generator) {
                    try await client.send(piece)
                }
                let received = try await peer.receive(count: expected.utf8.count)
                #expect(String(decoding: received, as: UTF8.self) == expected, "seed \(seed)")
                try await client.close()
                try await peer.waitForEnd()
                #expect(peer.received.count == expected.utf8.count)
            }
            let recorded = try await rig.stopAndRead()
            #expect(recorded.heads(.client).first == Self.request)
        }
    }

    @Test func aSocketIsNotRewritten() async throws {
        try await Rig.withServer(RawPeer.Habits(), { $0.proxy.rewriting.host = "example.org" }) { rig, server in
            for seed in 0..<20 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                let client = try await rig.connect()
                let peer = try await server.peer(Int(seed))
                try await client.send(Handshake.request())
                // example.test and example.org differ by one byte.
                try await peer.receive(count: Handshake.request().count - 1)
                try await peer.send(Handshake.response())
                try await client.receive(count: Handshake.response().count)
                let stream = FrameStream.fragmented(.client, seed: seed)
                for piece in randomSplit(of: stream, using: &generator) { try await client.send(piece) }
                try await peer.receive(count: Handshake.request().count - 1 + stream.count)
                #expect(Array(peer.received.suffix(stream.count)) == stream, "seed \(seed)")
                try await client.close()
            }
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: unfin", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "no HTTP at all\r\n\r\n"])
    func whatIsNoRequestPassesUnchanged(text: String) async throws {
        try await Rig.withServer(RawPeer.Habits(), { $0.proxy.rewriting.host = "example.org" }) { rig, server in
            let client = try await rig.connect()
            try await client.send(text)
            try await client.halfClose()
            let peer = try await server.peer()
            let log = try await peer.waitForEnd()
            #expect(String(decoding: log.received, as: UTF8.self) == text)
        }
    }

    @Test(
        arguments: [
            (["/live/*"], [], ["/live/websocket"]), ([], ["/live"], ["/socket"]),
            ([], ["/phoenix/live_reload"], ["/live/websocket", "/socket"]), (["/nothing"], [], []),
        ] as [([String], [String], [String])])
    func onlyTheChosenSocketsAreRecorded(only: [String], ignore: [String], recorded: [String]) async throws {
        try await Rig.withServer(
            RawPeer.Habits(),
            {
                $0.proxy.recorder.sockets.only = only
                $0.proxy.recorder.sockets.ignore = ignore
            }
        ) { rig, server in
            let targets = ["/live/websocket", "/socket"]
            let frame: [UInt8] = [0x81, 2, 72, 105]
            for (number, target) in targets.enumerated() {
                let client = try await rig.connect()
                try await client.send(Handshake.request(target: target))
                let peer = try await server.peer(number)
                try await peer.receive(through: "\r\n\r\n")
                try await peer.send(Handshake.response() + frame)
                try await client.receive(count: peer.sent.count)
            }
            let file = try await rig.stopAndRead()
            for (number, target) in targets.enumerated() {
                let isRecorded = recorded.contains(target)
                let opened = file.socketRecords(.socketOpened).first { $0.target == target }
                #expect(opened?.isRecorded == isRecorded)
                #expect(file.streamBytes(.server, connection: UInt64(number + 1)) == (isRecorded ? frame : []))
            }
        }
    }
}
