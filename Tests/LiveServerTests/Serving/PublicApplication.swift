import LiveServer

// An application as another package writes it: nothing here imports more than LiveServer.

struct PorchLight: LiveView {
    var brightness = 50

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "on": brightness = 100
        case "off": brightness = 0
        default: throw UnhandledEvent(event.name)
        }
    }

    var title: String { "Light" }

    var body: HTML { "<meter max=\"100\" value=\"\(brightness)\"></meter><button phx-click=\"on\">On</button>" }
}

enum PublicApplication {
    static func make() -> LiveApplication {
        var configuration = LiveConfiguration(secretKeyBase: LiveConfiguration.randomSecret())
        configuration.clientScripts = ["/client.js"]
        return LiveApplication(configuration) { routes in
            routes.file("/client.js", BrowserClient.script)
            routes.live("/", PorchLight())
        }
    }

    /// Every setting that there is, but for TLS, as its documentation says.
    static func settings() -> ServerSettings {
        var settings = ServerSettings(host: "127.0.0.1", port: 0)
        settings.eventLoops = 1
        settings.maximumConnections = 100
        settings.origins = .list(["http://test"])
        settings.trustsForwardedHeaders = false
        settings.drainTimeout = 1
        settings.http.maximumBodyBytes = 1 << 20
        settings.http.maximumHeaderBytes = 16 << 10
        settings.http.maximumHeaderFields = 50
        settings.http.requestTimeout = 10
        settings.http.keepAliveTimeout = 10
        settings.socket.maximumMessageBytes = 1 << 20
        settings.socket.maximumMessagesPerSecond = 100
        settings.socket.idleTimeout = 60
        settings.socket.closeTimeout = 1
        settings.socket.maximumQueuedBytes = 1 << 20
        settings.socket.compression = SocketCompressionSettings()
        settings.socket.subprotocols = []
        settings.longPoll.window = 5
        settings.longPoll.expiry = 10
        settings.longPoll.maximumQueuedBytes = 1 << 20
        settings.longPoll.maximumSessions = 100
        return settings
    }

    static func start(
        _ settings: ServerSettings = settings(), onEvent: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) async throws -> Server {
        try await Server.start(settings, serving: make(), onEvent: onEvent)
    }
}
