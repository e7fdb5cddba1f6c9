import NIOCore
import NIOEmbedded
import TestSupport
import Testing
import Transport
import WebSocketWire

@testable import LiveServer

/// A connection without a network: what it is given comes in exactly the pieces that it is given in.
struct EmbeddedConnection {
    let application = TestApplication()
    let channel: EmbeddedChannel
    private let eventLoop = EmbeddedEventLoop()

    init(_ change: (inout ServerSettings) -> Void = { _ in }) throws {
        var settings = ServerSettings(port: 0)
        change(&settings)
        let loop = ServingLoop(
            eventLoop: eventLoop, index: 0, settings: settings, application: application, { _ in })
        channel = EmbeddedChannel(loop: eventLoop)
        try HTTPConnection.install(on: channel, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// - Returns: what is written, buffer by buffer.
    func receive(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
        var written: [[UInt8]] = []
        for piece in pieces where channel.isActive {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
            channel.pipeline.fireChannelReadComplete()
            eventLoop.run()
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                written.append(Array(buffer.readableBytesView))
            }
        }
        return written
    }

    func end() {
        _ = try? channel.finish(acceptAlreadyClosed: true)
        eventLoop.run()
    }
}

@Suite struct ServingSplitTests {
    /// A handshake, and what a client may send on a socket.
    static func conversation(deflate: Bool) -> [UInt8] {
        let fields = deflate ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []
        var bytes = Array(TestClient.handshake("/live/websocket", fields).utf8)
        func frame(_ opcode: Opcode, isFinal: Bool = true, bits: ReservedBits = [], _ payload: [UInt8]) {
            FrameEncoder.append(
                opcode: opcode, isFinal: isFinal, reservedBits: bits, maskKey: MaskKey(5, 6, 7, 8),
                payload: payload.span, to: &bytes)
        }
        frame(.text, Array("[\"4\",\"4\",\"lv:phx\",\"phx_join\",{}]".utf8))
        frame(.binary, [0, 1, 2])
        frame(.text, isFinal: false, Array("h\u{e9}".utf8.prefix(2)))
        frame(.ping, Array("p".utf8))
        frame(.continuation, Array("\u{e9}llo".utf8.dropFirst()))
        frame(.text, Array("twice".utf8))
        if deflate {
            var deflater = Deflater(contextTakeover: false)
            var payload: [UInt8] = []
            _ = deflater.append(message: Array(String(repeating: "live ", count: 80).utf8).span, to: &payload)
            frame(.text, bits: .rsv1, payload)
        }
        frame(.close, CloseStatus(code: .normalClosure).payload)
        return bytes
    }

    @Test(arguments: [false, true]) func anySplitOfTheBytesIsAnsweredTheSame(_ deflate: Bool) throws {
        let bytes = Self.conversation(deflate: deflate)
        var expected: [UInt8]?
        for split in splits(of: bytes) {
            let connection = try EmbeddedConnection {
                if deflate { $0.socket.compression = SocketCompressionSettings() }
            }
            let written = try connection.receive(split).flatMap(\.self)
            #expect(written.count > 150)
            #expect(written == expected ?? written)
            expected = written
            connection.end()
            #expect(connection.application.heard.now == ["closed"])
        }
    }

    @Test func whatIsSentInOneTurnLeavesInOneWrite() throws {
        let connection = try EmbeddedConnection()
        _ = try connection.receive([Array(TestClient.handshake().utf8)])
        var bytes: [UInt8] = []
        for text in ["twice", "three"] {
            FrameEncoder.append(opcode: .text, maskKey: MaskKey(1, 1, 1, 1), payload: Array(text.utf8).span, to: &bytes)
        }
        #expect(try connection.receive([bytes]).count == 1)
        connection.application.broadcast("four")
        connection.application.broadcast("five")
        #expect(try connection.receive([[]]).count == 1)
        connection.end()
    }

    @Test func behindTheHandshakeThereIsOneHandler() throws {
        let connection = try EmbeddedConnection()
        _ = try connection.receive([Array(TestClient.handshake().utf8)])
        let pipeline = "\(connection.channel.pipeline.debugDescription)"
        #expect(pipeline.contains("WebSocketConnection"))
        #expect(!pipeline.contains("HTTP") && !pipeline.contains("ByteToMessage"), "\(pipeline)")
        connection.end()
    }
}

@Suite struct ServingFuzzTests {
    /// Changes some bytes, takes some out, doubles some.
    private func mutated(_ bytes: [UInt8], from start: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) where bytes.count > start + 1 {
            let place = Int.random(in: start..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: [false, true]) func mutatedBytesNeverTrap(_ deflate: Bool) throws {
        let bytes = ServingSplitTests.conversation(deflate: deflate)
        let frames = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0
        var generator = SeededGenerator(seed: deflate ? 1 : 2)
        for round in 0..<3_000 {
            let connection = try EmbeddedConnection {
                if deflate { $0.socket.compression = SocketCompressionSettings() }
                $0.socket.maximumMessageBytes = 4_096
            }
            let changed = mutated(bytes, from: round.isMultiple(of: 4) ? 0 : frames, &generator)
            _ = try connection.receive(randomSplit(of: changed, using: &generator))
            connection.end()
            let ends = connection.application.heard.now.count { $0 == "closed" }
            #expect(ends == (round.isMultiple(of: 4) ? min(ends, 1) : 1), "round \(round)")
        }
    }

    @Test func randomBytesBehindTheHandshakeNeverTrap() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let connection = try EmbeddedConnection()
            let noise = generator.bytes(Int.random(in: 1...300, using: &generator))
            _ = try connection.receive([Array(TestClient.handshake().utf8)] + randomSplit(of: noise, using: &generator))
            connection.end()
            #expect(connection.application.heard.now == ["closed"])
        }
    }
}
