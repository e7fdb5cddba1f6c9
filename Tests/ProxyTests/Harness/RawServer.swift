import NIOCore
import NIOPosix

/// Listens on a free port and hands out a raw peer for each connection.
final class RawServer: Sendable {
    let channel: any Channel
    let host: String
    let port: Int
    private let peers: Watched<[RawPeer]>

    private init(_ channel: any Channel, host: String, _ peers: Watched<[RawPeer]>) {
        self.channel = channel
        self.host = host
        self.port = channel.localAddress?.port ?? 0
        self.peers = peers
    }

    static func start(
        host: String = "127.0.0.1", port: Int = 0, _ habits: RawPeer.Habits = RawPeer.Habits()
    ) async throws -> RawServer {
        let peers = Watched<[RawPeer]>([]) { "\($0.count) connections" }
        var bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: habits.readsFromStart)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let log = RawPeer.makeLog()
                    try channel.pipeline.syncOperations.addHandler(RawPeerHandler(log, habits))
                    peers.change { $0.append(RawPeer(channel, log)) }
                }
            }
        if let count = habits.bufferByteCount {
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: .init(count))
                .serverChannelOption(.socketOption(.so_rcvbuf), value: .init(count))
        }
        let channel = try await bootstrap.bind(host: host, port: port).get()
        return RawServer(channel, host: host, peers)
    }

    var acceptedCount: Int { peers.now.count }

    /// The connection with this number, from 0, as soon as it is there.
    func peer(_ number: Int = 0) async throws -> RawPeer {
        try await peers.wait(for: "connection \(number) at the server") { $0.count > number }[number]
    }

    func close() async {
        try? await channel.close()
        for peer in peers.now { try? await peer.channel.close() }
    }
}
