internal import NIOCore
internal import Synchronization
internal import Transport

/// A running server: listens, and serves an application over HTTP, WebSockets and long polls.
///
/// ```swift
/// let server = try await Server.start(ServerSettings(port: 0), serving: application)
/// print(server.url)
/// await server.run()
/// ```
public final class Server: Sendable {
    /// The address that it listens at, as the settings had it.
    public var host: String { listener.endpoint.host }
    /// The port that it listens at: the real one, also where 0 was asked for.
    public var port: Int { listener.endpoint.port }
    /// Where a browser on this machine finds it: `http://127.0.0.1:4000`.
    public var url: String {
        let isAny = ["0.0.0.0", "::"].contains(host)
        let reachable = Endpoint(host: isAny ? "127.0.0.1" : host, port: port)
        return "\(settings.tls == nil ? "http" : "https")://\(reachable)"
    }

    private let settings: ServerSettings
    private let listener: Listener
    private let group: any EventLoopGroup
    private let loops: [NIOLoopBound<ServingLoop>]
    private let isStopped = Atomic(false)
    /// Those who wait in ``run()``; nil once the server has stopped.
    private let waiting = Mutex<[AsyncStream<Void>.Continuation]?>([])

    private init(
        settings: ServerSettings, listener: Listener, group: any EventLoopGroup, loops: [NIOLoopBound<ServingLoop>]
    ) {
        self.settings = settings
        self.listener = listener
        self.group = group
        self.loops = loops
    }

    /// Begins to listen. The server then serves until ``stop()``.
    /// - Parameter onEvent: told what a person should hear of, on an event loop; must return at once.
    /// - Throws: ``ServerError`` when it cannot listen.
    public static func start(
        _ settings: ServerSettings = ServerSettings(), serving application: LiveApplication,
        onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) async throws -> Server {
        try await start(settings, serving: application as any ServedApplication, onEvent: onEvent)
    }

    /// As above, for any application.
    package static func start(
        _ settings: ServerSettings, serving application: any ServedApplication,
        onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) async throws -> Server {
        let tls: ServerTLS?
        do throws(TLSError) {
            tls = try settings.tls.map { files throws(TLSError) in
                try ServerTLS(ServerTLSSettings(certificateFile: files.certificate, keyFile: files.key))
            }
        } catch {
            throw ServerError.noTLS(reason: "\(error)")
        }
        let descriptors = DescriptorLimit.raise()
        let group = EventLoops.make(count: settings.eventLoops)
        let loops = ServingLoop.make(on: group, settings, application, onEvent)
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        // Some descriptors stay for files, loops and the terminal.
        let limit = settings.maximumConnections ?? max(1, descriptors - 48)
        var listening = Listener.Settings(endpoint: settings.endpoint, tls: tls, maximumConnections: limit)
        listening.boundSocket = settings.boundSocket
        do {
            let listener = try await Listener.bind(
                listening, on: group, onPause: { onEvent(ServerEvent($0)) },
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
            throw ServerError.cannotListen(
                host: settings.host, port: settings.port, reason: TransportFailure.describe(error))
        }
    }

    /// Serves until this task is cancelled, and stops the server then, or until ``stop()`` is done elsewhere.
    /// - Parameter stopsAtSignals: whether SIGINT (Ctrl-C) and SIGTERM stop the server too, in good order: a second one
    ///   ends the process at once, as the first one does without this. Default: no; for one server of a process.
    public func run(stopsAtSignals: Bool = false) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let signals = stopsAtSignals ? EndingSignals { continuation.finish() } : nil
        defer { signals?.end() }
        waiting.withLock { waiting in
            if waiting == nil { continuation.finish() } else { waiting?.append(continuation) }
        }
        for await _ in stream {}
        await stop()
    }

    /// Stops listening, tells every socket to drain, closes them with 1012, and ends what has not left in
    /// ``ServerSettings/drainTimeout``. A second call does nothing, and does not wait for the first one.
    public func stop() async {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        await listener.close()
        let time = TimeAmount.seconds(Int64(settings.drainTimeout))
        await withTaskGroup(of: Void.self) { tasks in
            for loop in loops { tasks.addTask { await Self.drain(loop, within: time) } }
        }
        // A channel's end is told from loop to loop a turn or two later: none may be shut down before.
        for loop in loops + loops + loops { try? await loop.eventLoop.submit {}.get() }
        try? await group.shutdownGracefully()
        let waiting = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting ?? []
        }
        for continuation in waiting { continuation.finish() }
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
