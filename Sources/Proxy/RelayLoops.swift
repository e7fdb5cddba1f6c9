internal import NIOCore
internal import RecordingStore
internal import Synchronization
internal import Transport
internal import WebSocketWire

/// All relays of a proxy, by event loop: makes one for each accepted connection and connects it to the target on the
/// same loop.
final class RelayLoops: Sendable {
    private let settings: ProxySettings
    private let connector: Connector
    private let onEvent: @Sendable (ProxyEvent) -> Void
    private let byLoop: [ObjectIdentifier: NIOLoopBound<RelayLoop>]
    private let connections = Atomic<UInt64>(0)
    private let listening = Mutex<Endpoint?>(nil)

    init(
        group: any EventLoopGroup, journal: Journal, settings: ProxySettings, connector: Connector,
        _ onEvent: @escaping @Sendable (ProxyEvent) -> Void
    ) {
        self.settings = settings
        self.connector = connector
        self.onEvent = onEvent
        var byLoop: [ObjectIdentifier: NIOLoopBound<RelayLoop>] = [:]
        for eventLoop in group.makeIterator() {
            let made = try? eventLoop.submit {
                NIOLoopBound(RelayLoop(eventLoop: eventLoop, journal: journal), eventLoop: eventLoop)
            }.wait()
            if let made { byLoop[ObjectIdentifier(eventLoop)] = made }
        }
        self.byLoop = byLoop
    }

    func setListening(on endpoint: Endpoint) { listening.withLock { $0 = endpoint } }

    /// Called on the loop of an accepted channel.
    func accept(_ channel: any Channel) throws -> (TLSFacts) -> Void {
        guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)]?.value else {
            throw ChannelError.ioOnClosedChannel
        }
        let connection = connections.wrappingAdd(1, ordering: .relaxed).newValue
        let relay = Relay(
            connection: connection, loop: loop, settings: settings,
            clientAddress: channel.remoteAddress.map(Self.text) ?? "")
        try channel.pipeline.syncOperations.addHandler(relay.makeClientLeg())
        connect(relay, on: channel.eventLoop)
        return { relay.secured(.client, $0) }
    }

    private func connect(_ relay: Relay, on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(relay, eventLoop: eventLoop)
        let connected = connector.connect(on: eventLoop) { channel in
            let relay = bound.value
            try channel.pipeline.syncOperations.addHandler(relay.makeServerLeg())
            return { relay.secured(.server, $0) }
        }
        connected.whenComplete { result in
            let relay = bound.value
            switch result {
            case .success(let channel) where self.isOwn(channel):
                channel.close(promise: nil)
                self.fail(relay, "this is the proxy itself")
            case .success(let channel):
                guard let leg = try? channel.pipeline.syncOperations.handler(type: RelayLeg.self) else {
                    self.fail(relay, "the connection was lost at once")
                    return
                }
                relay.connected(leg, serverAddress: channel.remoteAddress.map(Self.text) ?? "")
            case .failure(let error):
                self.fail(relay, TransportFailure.describe(error))
            }
        }
    }

    private func fail(_ relay: Relay, _ cause: String) {
        let target = connector.target.description
        relay.connectFailed(BadGateway(target: target, cause: cause))
        onEvent(.connectFailed("\(target): \(cause)"))
    }

    /// A name can lead back to this proxy in ways that only the connection shows.
    private func isOwn(_ channel: any Channel) -> Bool {
        guard let remote = channel.remoteAddress, let local = channel.localAddress,
            let endpoint = listening.withLock({ $0 })
        else { return false }
        let isSameMachine = remote.ipAddress == local.ipAddress
        let isListener =
            ["0.0.0.0", "::", remote.ipAddress].contains(endpoint.host)
            || (endpoint.host == "localhost" && ["127.0.0.1", "::1"].contains(remote.ipAddress))
        return isSameMachine && isListener && remote.port == endpoint.port
    }

    /// Closes idle relays at once, and each other one when its answer is there or the time is over.
    func stop(within time: TimeAmount) async {
        let deadline = NIODeadline.now() + time
        await withTaskGroup(of: Void.self) { group in
            for bound in byLoop.values {
                group.addTask { await Self.stop(bound, until: deadline) }
            }
        }
    }

    private static func stop(_ bound: NIOLoopBound<RelayLoop>, until deadline: NIODeadline) async {
        let eventLoop = bound.eventLoop
        let done = eventLoop.makePromise(of: Void.self)
        @Sendable func sweep() {
            let relays = bound.value.relays.values
            let isOver = NIODeadline.now() >= deadline
            for relay in relays where relay.isIdle || isOver { relay.stop(atOnce: isOver) }
            if bound.value.relays.isEmpty {
                // One turn more, for the records of those that closed just now.
                bound.value.schedule()
                eventLoop.execute { done.succeed() }
            } else {
                eventLoop.scheduleTask(in: .milliseconds(10), sweep)
            }
        }
        eventLoop.execute(sweep)
        try? await done.futureResult.get()
    }

    static func text(_ address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
        return Endpoint(host: host, port: port).description
    }
}
