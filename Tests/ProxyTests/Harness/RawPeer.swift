import Glibc
import NIOCore
import NIOPosix

/// One end of a TCP connection that knows no protocol: sends what it is told, and keeps every byte it sent and received.
final class RawPeer: Sendable {
    struct Log: Sendable {
        var received: [UInt8] = []
        var receivedCount = 0
        var sent: [UInt8] = []
        /// The other end sends no more.
        var isEnded = false
        var isClosed = false
        var error: String?
    }

    let channel: any Channel
    let log: Watched<Log>

    init(_ channel: any Channel, _ log: Watched<Log>) {
        self.channel = channel
        self.log = log
    }

    var received: [UInt8] { log.now.received }
    var sent: [UInt8] { log.now.sent }

    // MARK: Saying

    func send(_ bytes: [UInt8]) async throws {
        log.change { $0.sent += bytes }
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Says that it sends no more, and goes on receiving.
    func halfClose() async throws { try await channel.close(mode: .output).get() }

    /// Both at once: the end follows the bytes as closely as it can.
    func sendAndHalfClose(_ text: String) async throws {
        log.change { $0.sent += Array(text.utf8) }
        // The channel takes them in this order, and nobody waits between.
        let (written, closed) = (
            channel.eventLoop.makePromise(of: Void.self), channel.eventLoop.makePromise(of: Void.self)
        )
        channel.writeAndFlush(ByteBuffer(string: text), promise: written)
        channel.close(mode: .output, promise: closed)
        try await written.futureResult.get()
        try await closed.futureResult.get()
    }

    func close() async throws { try await channel.close().get() }

    /// Ends the connection with a reset: what the kernel of a killed program does.
    func reset() async throws {
        guard let options = channel as? any SocketOptionProvider else { return }
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close().get()
    }

    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    func readOn() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    // MARK: Hearing

    /// - Returns: what has come from the first byte on, once it is `count` bytes or more.
    @discardableResult
    func receive(count: Int) async throws -> [UInt8] {
        try await log.wait(for: "\(count) bytes") { $0.received.count >= count }.received
    }

    /// - Returns: what has come from the first byte on, once `text` is in it.
    @discardableResult
    func receive(through text: String) async throws -> String {
        let log = try await log.wait(for: "'\(text)'") { $0.received.firstRange(of: Array(text.utf8)) != nil }
        return String(decoding: log.received, as: UTF8.self)
    }

    /// Waits until the other end has said that it sends no more, or is gone.
    @discardableResult
    func waitForEnd() async throws -> Log {
        try await log.wait(for: "the end of what the other end sends") { $0.isEnded || $0.isClosed }
    }

    /// Waits until the connection is gone, by a close or by a reset.
    @discardableResult
    func waitForClose() async throws -> Log {
        try await log.wait(for: "the end of the connection") { $0.isClosed }
    }
}

extension RawPeer {
    /// How a peer behaves from its first byte on.
    struct Habits: Sendable {
        /// False for a peer that is to count many bytes and not keep them.
        var keepsBytes = true
        var readsFromStart = true
        /// The kernel's buffers, in bytes; nil: as the system likes.
        var bufferByteCount: Int32?
        /// Called on the event loop with all that came so far, before anything else hears of it.
        var onRead: (@Sendable ([UInt8]) -> Void)?
    }

    static func connect(
        to host: String, _ port: Int, _ habits: Habits = Habits()
    ) async throws -> RawPeer {
        let log = makeLog()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: habits.readsFromStart)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RawPeerHandler(log, habits))
                }
            }
        if let count = habits.bufferByteCount {
            bootstrap = bootstrap.channelOption(.socketOption(.so_sndbuf), value: .init(count))
                .channelOption(.socketOption(.so_rcvbuf), value: .init(count))
        }
        return RawPeer(try await bootstrap.connect(host: host, port: port).get(), log)
    }

    static func makeLog() -> Watched<Log> {
        Watched(Log()) { log in
            let tail = String(decoding: log.received.suffix(200), as: UTF8.self)
            return "\(log.receivedCount) bytes received, ended: \(log.isEnded), closed: \(log.isClosed), error: "
                + "\(log.error ?? "none"), the last bytes: \(tail.debugDescription)"
        }
    }
}

/// Writes down what a raw peer's channel says.
final class RawPeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let log: Watched<RawPeer.Log>
    private let habits: RawPeer.Habits
    private var soFar: [UInt8] = []

    init(_ log: Watched<RawPeer.Log>, _ habits: RawPeer.Habits) {
        self.log = log
        self.habits = habits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if let onRead = habits.onRead {
            soFar += buffer.readableBytesView
            onRead(soFar)
        }
        log.change { log in
            log.receivedCount += buffer.readableBytes
            if habits.keepsBytes { log.received += buffer.readableBytesView }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { log.change { $0.isEnded = true } }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        log.change { $0.error = "\(error)" }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.change { $0.isClosed = true }
    }
}
