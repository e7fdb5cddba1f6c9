internal import NIOCore
internal import Synchronization
package import Transport
package import WebSocketWire

/// A running server: listens, and serves an application over HTTP, WebSockets and long polls.
package final class Server: Sendable {
    /// Where it listens; the port is the real one.
    package var endpoint: Endpoint { listener.endpoint }

    private let settings: ServerSettings
    private let listener: Listener
    private let group: any EventLoopGroup
    private let loops: [NIOLoopBound<ServingLoop>]
    private let isStopped = Atomic(false)

    private init(
        settings: ServerSettings, listener: Listener, group: any EventLoopGroup, loops: [NIOLoopBound<ServingLoop>]
    ) {
        self.settings = settings
        self.listener = listener
        self.group = group
        self.loops = loops
    }

    /// Begins to listen.
    /// - Parameter onEvent: told what a person should hear of, on an event loop; must return at once.
    /// - Throws: ``ServerError`` when it cannot listen.
    package static func start(
        _ settings: ServerSettings, serving application: any ServedApplication,
        onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) async throws -> Server {
        let tls = try settings.listenTLS.map { files throws(TLSError) in try ServerTLS(files) }
        let descriptors = DescriptorLimit.raise()
        let group = EventLoops.make(count: settings.eventLoops)
        let loops = ServingLoop.make(on: group, settings, application, onEvent)
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        // Some descriptors stay for files, loops and the terminal.
        let limit = settings.maximumConnections ?? max(1, descriptors - 48)
        do {
            let listener = try await Listener.bind(
                Listener.Settings(endpoint: settings.listen, tls: tls, maximumConnections: limit), on: group,
                onPause: { onEvent(.acceptingPaused($0)) },
                prepare: { channel in
                    guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    try HTTPConnection.install(on: channel, loop: loop)
                    return { _ in }
                })
            return Server(settings: settings, listener: listener, group: group, loops: loops)
        } catch {
            try? await group.shutdownGracefully()
            throw ServerError.cannotListen(settings.listen, reason: TransportFailure.describe(error))
        }
    }

    /// Stops listening, tells every socket to drain, closes them with 1012, and ends what has not left in
    /// ``ServerSettings/drainTimeout``. A second call does nothing, and does not wait for the first one.
    package func stop() async {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        await listener.close()
        let time = TimeAmount.seconds(Int64(settings.drainTimeout))
        await withTaskGroup(of: Void.self) { tasks in
            for loop in loops { tasks.addTask { await Self.drain(loop, within: time) } }
        }
        // A channel's end is told from loop to loop a turn or two later: none may be shut down before.
        for loop in loops + loops + loops { try? await loop.eventLoop.submit {}.get() }
        try? await group.shutdownGracefully()
    }

    private static func drain(_ loop: NIOLoopBound<ServingLoop>, within time: TimeAmount) async {
        let limit = loop.eventLoop.scheduleTask(in: time) { loop.value.abort() }
        try? await loop.eventLoop.flatSubmit { loop.value.drain() }.get()
        limit.cancel()
    }
}

extension ServingLoop {
    /// One for each event loop of the group.
    static func make(
        on group: any EventLoopGroup, _ settings: ServerSettings, _ application: any ServedApplication,
        _ onEvent: @escaping @Sendable (ServerEvent) -> Void
    ) -> [NIOLoopBound<ServingLoop>] {
        var loops: [NIOLoopBound<ServingLoop>] = []
        for (index, eventLoop) in group.makeIterator().enumerated() {
            let made = try? eventLoop.submit {
                let loop = ServingLoop(
                    eventLoop: eventLoop, index: index, settings: settings, application: application, onEvent)
                loop.start()
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.wait()
            if let made { loops.append(made) }
        }
        let polls = LongPolls(settings.longPoll, loops: loops)
        for loop in loops { loop.eventLoop.execute { loop.value.polls = polls } }
        return loops
    }
}

/// Something that a person who runs the server should hear of.
package enum ServerEvent: Sendable {
    case acceptingPaused(AcceptPause)
    /// A page of another origin asked for a socket.
    case originRefused(origin: String, host: String)
    /// A socket was closed because its client broke a rule or a limit.
    case socketFailed(remote: String, code: CloseCode, reason: String)
}

extension ServerEvent: CustomStringConvertible {
    package var description: String {
        switch self {
        case .acceptingPaused(.connectionLimit(let limit)):
            "accepting paused: \(limit) connections are open, as many as allowed"
        case .acceptingPaused(.outOfDescriptors(let text)): "accepting paused: \(text)"
        case .acceptingPaused(.over): "accepting goes on"
        case .originRefused(let origin, let host):
            "refused a socket to a page of '\(origin)': this server is '\(host)'; add it to the allowed origins"
        case .socketFailed(let remote, let code, let reason):
            "closed the socket of \(remote) with \(code.rawValue): \(reason)"
        }
    }
}

/// Why a server did not start; says what to do.
package enum ServerError: Error, CustomStringConvertible, Sendable {
    case cannotListen(Endpoint, reason: String)

    package var description: String {
        switch self {
        case .cannotListen(let endpoint, let reason):
            "cannot listen on \(endpoint): \(reason). Is another program there? \(endpoint.host):0 takes a free port."
        }
    }
}
