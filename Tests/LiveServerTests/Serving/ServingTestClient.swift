import LiveServer
import NIOCore
import NIOPosix
import Transport
import WebSocketWire

/// The client's side of a conversation, over a real connection.
final class TestClient {
    let channel: any Channel
    private var reads: AsyncStream<[UInt8]>.Iterator
    private var unread: [UInt8] = []
    private var parser = FrameParser()
    private var assembler = MessageAssembler(sender: .server, deflate: nil)
    private var events: [MessageEvent] = []

    struct Answer {
        var head: HTTPResponseHead
        var body: String
        var status: Int { head.status }
        subscript(name: String) -> String? { head.fields[name] }
    }

    struct EndOfStream: Error, CustomStringConvertible {
        let description: String
    }

    private init(_ channel: any Channel, _ reads: AsyncStream<[UInt8]>) {
        self.channel = channel
        self.reads = reads.makeAsyncIterator()
    }

    /// - Parameter readsAtOnce: false for a client that does not read until ``readOn()``.
    static func connect(to server: Server, readsAtOnce: Bool = true) async throws -> TestClient {
        let (reads, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: readsAtOnce)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TestClientHandler(continuation))
                }
            }
        if !readsAtOnce { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 4_096) }
        let channel = try await bootstrap.connect(host: server.host, port: server.port).get()
        return TestClient(channel, reads)
    }

    /// Connects as the proxy does to its target, by TLS too.
    static func connect(by connector: Connector) async throws -> TestClient {
        let (reads, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()) { channel in
            try channel.pipeline.syncOperations.addHandler(TestClientHandler(continuation))
            return { _ in }
        }.get()
        return TestClient(channel, reads)
    }

    // MARK: Bytes

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func readOn() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    /// Says that it sends no more.
    func halfClose() async throws { try await channel.close(mode: .output).get() }

    func close() async throws { try await channel.close().get() }

    private func readMore(for what: String) async throws {
        guard let more = await reads.next(isolation: #isolation) else {
            let rest = String(decoding: unread.suffix(300), as: UTF8.self)
            throw EndOfStream(description: "expected \(what), got the end; unread: \(rest.debugDescription)")
        }
        unread += more
    }

    /// - Returns: what still came before the server ended the connection.
    func readToEnd() async -> [UInt8] {
        while let more = await reads.next(isolation: #isolation) { unread += more }
        return unread
    }

    // MARK: HTTP

    /// - Parameter hasBody: false for the answer to a HEAD.
    func answer(hasBody: Bool = true) async throws -> Answer {
        let mark = Array("\r\n\r\n".utf8)
        while unread.firstRange(of: mark) == nil { try await readMore(for: "a head") }
        let end = unread.firstRange(of: mark)?.upperBound ?? 0
        guard let head = HTTPResponseHead(bytes: Array(unread[..<end])) else {
            throw EndOfStream(
                description: "no head: \(String(decoding: unread[..<end], as: UTF8.self).debugDescription)")
        }
        unread.removeFirst(end)
        let length = hasBody && head.status != 101 ? Int(head.fields["Content-Length"] ?? "0") ?? 0 : 0
        while unread.count < length { try await readMore(for: "\(length) bytes of a body") }
        defer { unread.removeFirst(length) }
        return Answer(head: head, body: String(decoding: unread[..<length], as: UTF8.self))
    }

    func get(_ target: String, _ fields: String...) async throws -> Answer {
        try await send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n")
        return try await answer()
    }

    func post(_ target: String, _ body: String, type: String = "application/x-ndjson") async throws -> Answer {
        try await send(
            "POST \(target) HTTP/1.1\r\nHost: test\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body)
        return try await answer()
    }

    // MARK: WebSocket

    static let handshakeKey = "dGhlIHNhbXBsZSBub25jZQ=="

    static func handshake(_ target: String = "/live/websocket", _ fields: [String] = []) -> String {
        "GET \(target) HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: \(handshakeKey)\r\nSec-WebSocket-Version: 13\r\n"
            + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// Shakes hands, and reads frames from then on.
    func open(_ target: String = "/live/websocket", _ fields: String...) async throws -> Answer {
        try await send(Self.handshake(target, fields))
        let answer = try await answer()
        guard answer.status == 101 else { throw EndOfStream(description: "expected 101, got \(answer)") }
        let deflate = try PermessageDeflate.negotiated(inResponse: answer["Sec-WebSocket-Extensions"])
        assembler = MessageAssembler(sender: .server, deflate: deflate)
        return answer
    }

    func sendFrame(
        _ opcode: Opcode, isFinal: Bool = true, bits: ReservedBits = [], _ payload: [UInt8],
        maskKey: MaskKey? = MaskKey(1, 2, 3, 4)
    ) async throws {
        var bytes: [UInt8] = []
        FrameEncoder.append(
            opcode: opcode, isFinal: isFinal, reservedBits: bits, maskKey: maskKey, payload: payload.span, to: &bytes)
        try await send(bytes)
    }

    func send(text: String) async throws { try await sendFrame(.text, Array(text.utf8)) }

    /// The next message, control frame or violation from the server.
    func next() async throws -> MessageEvent {
        while events.isEmpty {
            var position = 0
            steps: while true {
                switch parser.next(unread.span, at: &position) {
                case .needsBytes: break steps
                case .piece(let piece): events += assembler.receive(piece, unread.span)
                case .unframeable(let head, let offset): events += assembler.unframeable(head, offset: offset)
                }
            }
            unread = []
            if events.isEmpty { try await readMore(for: "a message") }
        }
        return events.removeFirst()
    }

    /// The next text; anything else is an error.
    func text() async throws -> String {
        let event = try await next()
        guard case .message(let message) = event, message.opcode == .text else {
            throw EndOfStream(description: "expected text, got \(event)")
        }
        return String(decoding: message.payload, as: UTF8.self)
    }

    /// The next close frame's code and reason, passing over messages.
    func closing() async throws -> CloseStatus {
        while true {
            if case .control(let frame) = try await next(), let status = frame.closeStatus { return status }
        }
    }
}

private final class TestClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<[UInt8]>.Continuation

    init(_ continuation: AsyncStream<[UInt8]>.Continuation) { self.continuation = continuation }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { continuation.finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
}
