package import NIOCore
internal import NIOPosix

/// Accepts connections, each on an event loop of the group.
package struct Listener: Sendable {
    package struct Settings: Sendable {
        package var endpoint: Endpoint
        package var tls: ServerTLS?
        /// A socket that is bound already, to listen at in place of the endpoint; closed at the end.
        package var boundSocket: CInt?
        /// Connections open at once; more wait in the kernel's queue.
        package var maximumConnections: Int
        /// Connections accepted in one go when many arrive at once. Default: 256 (NIO's 4 makes storms time out).
        package var acceptBurst = 256
        /// The kernel's queue of connections not yet accepted. Default: 16,384, of which Linux allows 4096
        /// (net.core.somaxconn). One that finds it full is lost, and tries again after a second, then three.
        package var backlog = 16_384

        package init(endpoint: Endpoint, tls: ServerTLS?, maximumConnections: Int) {
            self.endpoint = endpoint
            self.tls = tls
            self.maximumConnections = maximumConnections
        }
    }

    package let channel: any Channel
    /// Where it listens: the port is the real one, also when 0 was asked for.
    package let endpoint: Endpoint

    /// - Parameters:
    ///   - prepare: called on the connection's loop, to add handlers; gets a function that TLS facts are told to.
    ///   - onPause: called on an event loop when accepting stops, with the reason, and with nil when it goes on.
    package static func bind(
        _ settings: Settings, on group: any EventLoopGroup,
        onPause: @escaping @Sendable (AcceptPause) -> Void,
        prepare: @escaping @Sendable (any Channel) throws -> (TLSFacts) -> Void
    ) async throws -> Listener {
        let burst = max(1, min(settings.acceptBurst, settings.maximumConnections / 4))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(clamping: settings.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: UInt(burst))
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let limit = max(1, settings.maximumConnections - burst + 1)
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(limit: limit, onPause: onPause))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let relay = FactsRelay()
                    if let tls = settings.tls {
                        try tls.install(in: channel.pipeline.syncOperations) { relay.tell?($0) }
                    }
                    relay.tell = try prepare(channel)
                }
            }
        let channel =
            if let socket = settings.boundSocket {
                try await bootstrap.withBoundSocket(socket).get()
            } else {
                try await bootstrap.bind(host: settings.endpoint.host, port: settings.endpoint.port).get()
            }
        let port = channel.localAddress?.port ?? settings.endpoint.port
        return Listener(channel: channel, endpoint: Endpoint(host: settings.endpoint.host, port: port))
    }

    /// Stops listening; open connections go on.
    package func close() async {
        try? await channel.close()
    }
}

/// Lets the TLS handler, which must come first, speak to what is made after it.
final class FactsRelay {
    var tell: ((TLSFacts) -> Void)?
}

/// Opens connections to the target.
package struct Connector: Sendable {
    package let target: Target
    package let tls: ClientTLS?
    /// How long a connect may take. Default: 10 seconds.
    package var timeout: TimeAmount = .seconds(10)

    package init(target: Target, tls: ClientTLS?) {
        self.target = target
        self.tls = tls
    }

    /// - Parameters:
    ///   - eventLoop: where the connection lives.
    ///   - prepare: called on that loop, to add handlers; returns what is told the facts of TLS.
    package func connect(
        on eventLoop: any EventLoop, prepare: @escaping @Sendable (any Channel) throws -> (TLSFacts) -> Void
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let relay = FactsRelay()
                    if let tls {
                        try tls.install(in: channel.pipeline.syncOperations) { relay.tell?($0) }
                    }
                    relay.tell = try prepare(channel)
                }
            }
            .connect(host: target.host, port: target.port)
            .flatMap { tls == nil ? $0.eventLoop.makeSucceededFuture($0) : secured($0) }
    }

    /// A connection to a TLS target is there when its handshake is done: until then it can fail like a connect.
    private func secured(_ channel: any Channel) -> EventLoopFuture<any Channel> {
        let handshake: EventLoopFuture<Void>
        do {
            handshake = try channel.pipeline.syncOperations.handler(type: TLSFactsHandler.self).handshake(on: channel)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let done = channel.eventLoop.makePromise(of: (any Channel).self)
        let limit = channel.eventLoop.scheduleTask(in: timeout) {
            done.fail(ChannelError.connectTimeout(timeout))
            channel.close(promise: nil)
        }
        handshake.whenComplete { result in
            limit.cancel()
            done.completeWith(result.map { channel })
        }
        return done.futureResult
    }
}
