internal import NIOCore
package import RecordingStore
internal import Synchronization
package import Transport

/// A running proxy: listens, and relays each connection to the target while it is recorded.
package final class Proxy: Sendable {
    package let settings: ProxySettings
    package let journal: Journal
    /// Where it listens; the port is the real one.
    package var endpoint: Endpoint { listener.endpoint }

    private let listener: Listener
    private let group: any EventLoopGroup
    private let loops: RelayLoops
    private let isStopped = Atomic(false)

    private init(
        settings: ProxySettings, journal: Journal, listener: Listener, group: any EventLoopGroup, loops: RelayLoops
    ) {
        self.settings = settings
        self.journal = journal
        self.listener = listener
        self.group = group
        self.loops = loops
    }

    /// Begins to listen.
    /// - Parameters:
    ///   - journal: where everything is recorded; the proxy closes it when it stops.
    ///   - onEvent: told what a person should hear of, on an event loop; must return at once.
    /// - Throws: ``ProxyError`` when it cannot listen, or the target is the proxy itself.
    package static func start(
        _ settings: ProxySettings, journal: Journal, onEvent: @escaping @Sendable (ProxyEvent) -> Void
    ) async throws -> Proxy {
        let targetTLS = settings.target.isSecure ? try ClientTLS(settings.targetTLS, host: settings.target.host) : nil
        let listenTLS = try settings.listenTLS.map { files throws(TLSError) in try ServerTLS(files) }
        guard settings.target.port != settings.listen.port || !settings.target.isLocal(like: settings.listen) else {
            throw ProxyError.targetIsProxy(settings.target)
        }
        let descriptors = DescriptorLimit.raise()
        let group = EventLoops.make(count: settings.eventLoops)
        var connector = Connector(target: settings.target, tls: targetTLS)
        connector.timeout = .seconds(Int64(settings.connectTimeout))
        let loops = RelayLoops(group: group, journal: journal, settings: settings, connector: connector, onEvent)
        // Two descriptors a connection; some stay for files, loops and the terminal.
        let limit = settings.maximumConnections ?? max(1, (descriptors - 48) / 2)
        let listening = Listener.Settings(endpoint: settings.listen, tls: listenTLS, maximumConnections: limit)
        do {
            let listener = try await Listener.bind(
                listening, on: group, onPause: { onEvent(.acceptingPaused($0)) },
                prepare: { channel in try loops.accept(channel) })
            loops.setListening(on: listener.endpoint)
            return Proxy(settings: settings, journal: journal, listener: listener, group: group, loops: loops)
        } catch {
            try? await group.shutdownGracefully()
            throw ProxyError.cannotListen(settings.listen, reason: TransportFailure.describe(error))
        }
    }

    /// Stops listening, closes what is idle, gives requests under way a moment, and ends the recording. A second call
    /// does nothing, and does not wait for the first one.
    package func stop() async {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        await listener.close()
        await loops.stop(within: .seconds(Int64(settings.drainTimeout)))
        try? await group.shutdownGracefully()
        journal.close()
    }
}

/// Why a proxy did not start; says what to do.
package enum ProxyError: Error, CustomStringConvertible, Sendable {
    case cannotListen(Endpoint, reason: String)
    case targetIsProxy(Target)

    package var description: String {
        switch self {
        case .cannotListen(let endpoint, let reason):
            "cannot listen on \(endpoint): \(reason). Is another program there? --listen \(endpoint.host):0 takes a free "
                + "port."
        case .targetIsProxy(let target):
            "the target \(target) is this proxy itself: it would call itself forever. Name the server's own port with --to."
        }
    }
}

extension Target {
    /// Whether this names an address of the machine that a listener on `endpoint` would answer at.
    func isLocal(like endpoint: Endpoint) -> Bool {
        let loopback: Set = ["localhost", "127.0.0.1", "::1"]
        let any: Set = ["0.0.0.0", "::"]
        return host == endpoint.host || (loopback.contains(host) && (any.union(loopback)).contains(endpoint.host))
    }
}
