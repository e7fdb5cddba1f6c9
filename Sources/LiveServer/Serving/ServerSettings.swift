internal import Transport
package import WebSocketWire

/// How a server serves. Every limit of connections is here; those of live views are in ``LiveLimits``.
///
/// ```swift
/// var settings = ServerSettings(port: 443)
/// settings.tls = TLSFiles(certificate: "site.pem", key: "site-key.pem")
/// settings.origins = .list(["https://example.com"])
/// settings.socket.compression = SocketCompressionSettings()
/// ```
public struct ServerSettings: Sendable {
    /// The address to listen at: a name or number of this machine. Default: `127.0.0.1`, which other machines do not
    /// reach; `0.0.0.0` is all of IPv4.
    public var host: String
    /// Default: 4000; 0 takes a free one, see ``Server/port``.
    public var port: Int
    /// The certificate of `https://` and `wss://`, or nil for plain HTTP. Default: nil.
    public var tls: TLSFiles?
    /// A socket that is bound already: listens at it in place of ``host`` and ``port``, and closes it at the end.
    package var boundSocket: CInt?
    /// Threads that serve; nil: one a core.
    public var eventLoops: Int?
    /// Connections open at once; more wait. Default: what the descriptor limit allows.
    public var maximumConnections: Int?
    /// Which pages may open sockets. Default: those of the same host.
    public var origins = OriginPolicy.sameHost
    /// Whether `X-Forwarded-For`, `-Proto` and `-Host` are believed: only behind a proxy that sets them. Default: no.
    public var trustsForwardedHeaders = false
    /// Limits of requests.
    public var http = HTTPSettings()
    /// Limits of WebSockets, and their compression.
    public var socket = SocketSettings()
    /// Limits of the second transport.
    public var longPoll = LongPollSettings()
    /// How long clients may take to leave when the server stops, in seconds. Default: 5.
    public var drainTimeout = 5

    /// Everything else has a default.
    public init(host: String = "127.0.0.1", port: Int = 4000) {
        self.host = host
        self.port = port
    }

    var endpoint: Endpoint { Endpoint(host: host, port: port) }
}

/// The PEM files of a server's certificate.
public struct TLSFiles: Hashable, Sendable {
    /// The certificate, then those that vouch for it.
    public var certificate: String
    /// Its private key.
    public var key: String

    /// Both are paths of PEM files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Limits of HTTP requests, and what every answer carries.
public struct HTTPSettings: Sendable {
    /// Most bytes of a request's body. Default: 8 MiB.
    public var maximumBodyBytes = 8 << 20
    /// Most bytes of all field names and values of a request. Default: 32 KiB.
    public var maximumHeaderBytes = 32 << 10
    /// Most fields of a request. Default: 100.
    public var maximumHeaderFields = 100
    /// How long a request may take to arrive, in seconds. Default: 30.
    public var requestTimeout: UInt32 = 30
    /// How long a connection waits for the next request, in seconds. Default: 60.
    public var keepAliveTimeout: UInt32 = 60
    /// Fields of every answer that does not set them itself.
    package var responseHeaders = [
        HTTPField("X-Content-Type-Options", "nosniff"),
        HTTPField("Referrer-Policy", "strict-origin-when-cross-origin"),
        HTTPField("Content-Security-Policy", "base-uri 'self'; frame-ancestors 'self'"),
    ]

    /// The defaults.
    public init() {}
}

/// Limits of WebSockets.
public struct SocketSettings: Sendable {
    /// Most bytes of one message, inflated; more closes the socket with 1009. Default: 8 MiB.
    public var maximumMessageBytes = 8 << 20
    /// Messages and pings from one client within a second; more closes the socket with 1008; nil: no limit. Default: 5,000.
    public var maximumMessagesPerSecond: Int? = 5_000
    /// Seconds without a byte from the client until its socket is closed with 1001. A live-view client sends a
    /// heartbeat each 30 s. Default: 60.
    public var idleTimeout: UInt32 = 60
    /// Seconds that a client has to answer a close frame, and to take what was sent before it. Default: 5.
    public var closeTimeout: UInt32 = 5
    /// Most bytes that wait for a client that does not read; more closes its socket with 1013. What the kernel holds,
    /// and 64 KiB, come on top. Default: 4 MiB.
    public var maximumQueuedBytes = 4 << 20
    /// Whether messages are deflated when the client offers it. Default: no, as in Phoenix.
    public var compression: SocketCompressionSettings?
    /// Subprotocols that are chosen when a client offers them. `phoenix` is what Phoenix clients offer with a token.
    public var subprotocols = ["phoenix"]

    /// The defaults.
    public init() {}
}

/// How messages are deflated (RFC 7692).
///
/// What it costs: with context takeover each socket that sends keeps a deflater of 256 KiB, and one that receives an
/// inflater of 40 KiB. Without, an idle socket keeps nothing: one deflater serves all sockets of an event loop. The
/// price is that each message is deflated by itself, which is little worse for messages above some kilobytes.
public struct SocketCompressionSettings: Sendable {
    /// Whether messages may refer to earlier ones. Default: no.
    public var contextTakeover = false
    /// Messages with fewer bytes are sent as they are. Default: 256.
    public var minimumBytes = 256
    /// 1 (fast) to 9 (small). Default: 4.
    public var level = 4

    /// The defaults.
    public init() {}

    /// What the server would have by itself.
    var limits: PermessageDeflate {
        PermessageDeflate(serverNoContextTakeover: !contextTakeover, clientNoContextTakeover: !contextTakeover)
    }
}

/// Limits of long polls.
public struct LongPollSettings: Sendable {
    /// The last segment of the paths that are long polls, or nil for none. Default: `longpoll`, as in Phoenix.
    public var pathSuffix: String? = "longpoll"
    /// How long a poll waits for messages, in seconds. Default: 10.
    public var window: UInt32 = 10
    /// How long a session lives without a poll, in seconds. Default: 20.
    public var expiry: UInt32 = 20
    /// Most bytes that wait for a client that does not poll; more ends its session. Default: 4 MiB.
    public var maximumQueuedBytes = 4 << 20
    /// Most sessions at once, over all event loops. Default: 10,000.
    public var maximumSessions = 10_000
    /// How clients name their sessions.
    package var tokens = SessionTokens()

    /// The defaults.
    public init() {}
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
