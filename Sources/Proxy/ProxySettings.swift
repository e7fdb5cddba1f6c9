package import RecordingStore
package import Transport

/// How a proxy relays.
package struct ProxySettings: Sendable {
    package var target: Target
    package var listen: Endpoint
    package var recorder = RecorderSettings()
    /// Threads that relay; nil: one a core.
    package var eventLoops: Int?
    /// Connections open at once; more wait. Default: what the descriptor limit allows, two for each connection.
    package var maximumConnections: Int?
    /// How long connecting to the target may take, in seconds. Default: 10.
    package var connectTimeout = 10
    /// How long requests under way may take to be answered when the proxy stops, in seconds. Default: 3.
    package var drainTimeout = 3
    package var rewriting = RequestRewriting()
    /// TLS towards the target; used when its URL says so.
    package var targetTLS = ClientTLSSettings()
    /// TLS towards browsers, or nil for plain HTTP.
    package var listenTLS: ServerTLSSettings?

    package init(target: Target, listen: Endpoint) {
        self.target = target
        self.listen = listen
    }
}

/// What to change in requests. By default nothing: the bytes that came are the bytes that go.
package struct RequestRewriting: Hashable, Sendable {
    /// The `Host` that the target is told.
    package var host: String?
    /// The `Origin` that the target is told; only where a request has one.
    package var origin: String?
    /// Whether `Accept-Encoding` is taken out, so that bodies come as they are.
    package var asksForIdentity = false

    package init() {}

    var isNeeded: Bool { host != nil || origin != nil || asksForIdentity }
}

/// Something that a person who runs the proxy should hear of.
package enum ProxyEvent: Sendable {
    case acceptingPaused(AcceptPause)
    case recordingStopped(reason: String)
    case recordingResumed(path: String, lostRecords: UInt64)
    case connectFailed(String)
}
