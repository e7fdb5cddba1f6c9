package import Transport
package import WebSocketWire

/// How a server serves. Every limit is here.
package struct ServerSettings: Sendable {
    package var listen: Endpoint
    /// TLS towards browsers, or nil for plain HTTP.
    package var listenTLS: ServerTLSSettings?
    /// Threads that serve; nil: one a core.
    package var eventLoops: Int?
    /// Connections open at once; more wait. Default: what the descriptor limit allows.
    package var maximumConnections: Int?
    /// Which pages may open sockets. Default: those of the same host.
    package var origins = OriginPolicy.sameHost
    /// Whether `X-Forwarded-For`, `-Proto` and `-Host` are believed: only behind a proxy that sets them. Default: no.
    package var trustsForwardedHeaders = false
    package var http = HTTPSettings()
    package var socket = SocketSettings()
    package var longPoll = LongPollSettings()
    /// How long clients may take to leave when the server stops, in seconds. Default: 5.
    package var drainTimeout = 5

    package init(listen: Endpoint) { self.listen = listen }
}

/// Limits of HTTP requests, and what every answer carries.
package struct HTTPSettings: Sendable {
    /// Most bytes of a request's body. Default: 8 MiB.
    package var maximumBodyBytes = 8 << 20
    /// Most bytes of all field names and values of a request. Default: 32 KiB.
    package var maximumHeaderBytes = 32 << 10
    /// Most fields of a request. Default: 100.
    package var maximumHeaderFields = 100
    /// How long a request may take to arrive, in seconds. Default: 30.
    package var requestTimeout: UInt32 = 30
    /// How long a connection waits for the next request, in seconds. Default: 60.
    package var keepAliveTimeout: UInt32 = 60
    /// Fields of every answer that does not set them itself.
    package var responseHeaders = [
        HTTPField("X-Content-Type-Options", "nosniff"),
        HTTPField("Referrer-Policy", "strict-origin-when-cross-origin"),
        HTTPField("Content-Security-Policy", "base-uri 'self'; frame-ancestors 'self'"),
    ]

    package init() {}
}

/// Limits of WebSockets.
package struct SocketSettings: Sendable {
    /// Most bytes of one message, inflated; more closes the socket with 1009. Default: 8 MiB.
    package var maximumMessageBytes = 8 << 20
    /// Messages and pings from one client within a second; more closes the socket with 1008; nil: no limit. Default: 5,000.
    package var maximumMessagesPerSecond: Int? = 5_000
    /// Seconds without a byte from the client until its socket is closed with 1001. A live-view client sends a
    /// heartbeat each 30 s. Default: 60.
    package var idleTimeout: UInt32 = 60
    /// Seconds that a client has to answer a close frame, and to take what was sent before it. Default: 5.
    package var closeTimeout: UInt32 = 5
    /// Most bytes that wait for a client that does not read; more closes its socket with 1013. What the kernel holds,
    /// and 64 KiB, come on top. Default: 4 MiB.
    package var maximumQueuedBytes = 4 << 20
    /// Whether messages are deflated when the client offers it. Default: no, as in Phoenix.
    package var compression: SocketCompressionSettings?
    /// Subprotocols that are chosen when a client offers them. `phoenix` is what Phoenix clients offer with a token.
    package var subprotocols = ["phoenix"]

    package init() {}
}

/// How messages are deflated (RFC 7692).
///
/// What it costs: with context takeover each socket that sends keeps a deflater of 256 KiB, and one that receives an
/// inflater of 40 KiB. Without, an idle socket keeps nothing: one deflater serves all sockets of an event loop. The
/// price is that each message is deflated by itself, which is little worse for messages above some kilobytes.
package struct SocketCompressionSettings: Sendable {
    /// Whether messages may refer to earlier ones. Default: no.
    package var contextTakeover = false
    /// Messages with fewer bytes are sent as they are. Default: 256.
    package var minimumBytes = 256
    /// 1 (fast) to 9 (small). Default: 4.
    package var level = 4

    package init() {}

    /// What the server would have by itself.
    var limits: PermessageDeflate {
        PermessageDeflate(serverNoContextTakeover: !contextTakeover, clientNoContextTakeover: !contextTakeover)
    }
}

/// Limits of long polls.
package struct LongPollSettings: Sendable {
    /// The last segment of the paths that are long polls, or nil for none. Default: `longpoll`, as in Phoenix.
    package var pathSuffix: String? = "longpoll"
    /// How long a poll waits for messages, in seconds. Default: 10.
    package var window: UInt32 = 10
    /// How long a session lives without a poll, in seconds. Default: 20.
    package var expiry: UInt32 = 20
    /// Most bytes that wait for a client that does not poll; more ends its session. Default: 4 MiB.
    package var maximumQueuedBytes = 4 << 20
    /// Most sessions at once, over all event loops. Default: 10,000.
    package var maximumSessions = 10_000
    package var tokens = SessionTokens()

    package init() {}
}

/// Makes the tokens by which a long-poll client names its session.
package struct SessionTokens: Sendable {
    /// An identifier that cannot be guessed, of at least 128 random bits. Default: from the system's generator.
    package var makeIdentifier: @Sendable () -> String
    /// From a session's name to the token that the client is given.
    package var sign: @Sendable (String) -> String
    /// From a client's token to the session's name; nil for one that was not signed here, or has expired.
    package var verify: @Sendable (String) -> String?

    /// By default a token is the name itself: a name that cannot be guessed needs no signature.
    package init(
        makeIdentifier: @escaping @Sendable () -> String = { SessionTokens.randomIdentifier() },
        sign: @escaping @Sendable (String) -> String = { $0 },
        verify: @escaping @Sendable (String) -> String? = { $0 }
    ) {
        self.makeIdentifier = makeIdentifier
        self.sign = sign
        self.verify = verify
    }

    /// 128 bits from the system's generator, in hexadecimal.
    package static func randomIdentifier() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
