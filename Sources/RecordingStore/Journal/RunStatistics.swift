package import WebSocketWire

/// What a run has seen so far. Event loops count for themselves and hand their counts over with each append.
package struct RunStatistics: Hashable, Sendable {
    /// Counts of what one peer sent.
    package struct Traffic: Hashable, Sendable {
        package var frames: UInt64 = 0
        package var messages: UInt64 = 0
        /// Payload and heads of frames, as on the wire.
        package var frameBytes: UInt64 = 0
        /// All bytes of all connections, HTTP included.
        package var bytes: UInt64 = 0

        mutating func add(_ other: Traffic) {
            frames &+= other.frames
            messages &+= other.messages
            frameBytes &+= other.frameBytes
            bytes &+= other.bytes
        }
    }

    /// One of the largest messages, by its payload bytes on the wire.
    package struct LargeMessage: Hashable, Sendable {
        package var payloadBytes: UInt64
        package var connection: UInt64
        package var sender: Peer
        package var monotonic: UInt64
    }

    package var connections: UInt64 = 0
    package var openConnections: Int = 0
    package var sockets: UInt64 = 0
    package var openSockets: Int = 0
    package var ignoredSockets: UInt64 = 0
    package var exchanges: UInt64 = 0
    package var client = Traffic()
    package var server = Traffic()
    package var failedConnects: UInt64 = 0
    /// Connections that were relayed and recorded raw, since they did not speak HTTP/1.1.
    package var rawConnections: UInt64 = 0
    /// Upgrades that the server answered with 403: what an origin check does.
    package var forbiddenUpgrades: UInt64 = 0
    /// Upgrades refused with another status.
    package var refusedUpgrades: UInt64 = 0
    /// A redirect to the target's own address, which leads the browser past the proxy.
    package var redirectPastProxy: String?
    package var lostRecords: UInt64 = 0
    package var lostBytes: UInt64 = 0
    package var gaps: UInt64 = 0
    /// The largest messages, largest first; at most ``largestCount``.
    package private(set) var largest: [LargeMessage] = []
    package static let largestCount = 5

    /// The last of ``largest``, once there are as many as may be.
    var smallestNoted: UInt64? { largest.count == Self.largestCount ? largest.last?.payloadBytes : nil }

    package init() {}

    package subscript(sender: Peer) -> Traffic {
        get {
            switch sender {
            case .client: client
            case .server: server
            }
        }
        _modify {
            switch sender {
            case .client: yield &client
            case .server: yield &server
            }
        }
    }

    /// - Returns: whether the message is one of the largest so far.
    @discardableResult
    package mutating func note(_ message: LargeMessage) -> Bool {
        if let smallestNoted, smallestNoted >= message.payloadBytes { return false }
        let place = largest.firstIndex { $0.payloadBytes < message.payloadBytes } ?? largest.endIndex
        largest.insert(message, at: place)
        if largest.count > Self.largestCount { largest.removeLast() }
        return true
    }

    package mutating func add(_ other: RunStatistics) {
        connections &+= other.connections
        openConnections &+= other.openConnections
        sockets &+= other.sockets
        openSockets &+= other.openSockets
        ignoredSockets &+= other.ignoredSockets
        exchanges &+= other.exchanges
        client.add(other.client)
        server.add(other.server)
        failedConnects &+= other.failedConnects
        rawConnections &+= other.rawConnections
        forbiddenUpgrades &+= other.forbiddenUpgrades
        refusedUpgrades &+= other.refusedUpgrades
        redirectPastProxy = redirectPastProxy ?? other.redirectPastProxy
        lostRecords &+= other.lostRecords
        lostBytes &+= other.lostBytes
        gaps &+= other.gaps
        other.largest.forEach { note($0) }
    }
}
