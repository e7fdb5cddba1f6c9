import ArgumentParser
import Foundation
import Gallery
import LiveServer
import Transport

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the Gallery: live views to record, to look at, and to try a client with.",
        discussion: """
            Start it, and open the address that it prints: a light, forms, lists, uploads, a chat and more, each page \
            by the live-view server that is part of livetape. With the proxy in front of it, its traffic is recorded:

              livetape serve
              livetape proxy --to http://127.0.0.1:4000

            Pages load livetape's own browser client. An official one works as well, unchanged:

              livetape serve --client phoenix.min.js --client phoenix_live_view.min.js

            A script that makes no window.liveSocket gets one from the page.

            The same run again, for tests: --seed repeats random values, and with --clock virtual time goes on only \
            when it is told to, by a number of milliseconds:

              livetape serve --seed 7 --clock virtual
              curl -d 1000 http://127.0.0.1:4000/live/tick

            LIVETAPE_SECRET signs what pages keep: at least 32 bytes. By default each start has a new one, and pages \
            that are open load again. A supervised server keeps its secret.

            With a certificate, pages and sockets go over TLS:

              livetape serve --cert localhost.pem --key localhost-key.pem

            Ctrl-C (or SIGTERM) stops it: browsers are told that it restarts (1012), and join again when it is back. A \
            second one stops at once.
            """)

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:4000"

    @Option(
        help: ArgumentHelp(
            "A script to serve in place of livetape's client; repeat it for more.", valueName: "file.js"),
        completion: .file(extensions: ["js"]))
    var client: [String] = []

    @Option(help: "How lists are sent: keyed (official clients from 1.1 on), rows (older), auto (as the client reads).")
    var format = DiffFormat.auto

    @Option(
        help: ArgumentHelp(
            """
            A page's origin that may open sockets: https://example.com, //*.example.com, or any; repeat it for more. \
            Default: the server's own pages.
            """, valueName: "origin"))
    var origin: [String] = []

    @Flag(help: "Compress messages of 256 bytes and more, when the client offers it (permessage-deflate).")
    var compress = false

    @Flag(help: "Start the server again when a fault ends its process; open pages join again.")
    var supervise = false

    @OptionGroup(title: "TLS") var tls: CertificateOptions
    @OptionGroup(title: "Runs that repeat exactly") var repeating: RepeatingOptions
    @OptionGroup(title: "Limits") var limits: ServeLimitOptions

    func validate() throws {
        do {
            _ = try Endpoint(parsing: listen)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        do {
            try await supervise ? superviseServer() : serve()
        } catch let failure as Failure {
            complain("livetape: \(failure)")
            throw ExitCode(failure.code)
        }
    }

    private func serve() async throws {
        let signals = try SignalStream([SIGINT, SIGTERM])
        let link = SupervisorLink.watch()
        defer { link?.cancel() }
        let console = ServeConsole()
        let application = try makeApplication(console)
        let server: Server
        do {
            server = try await Server.start(makeSettings(), serving: application) { console.tell($0) }
        } catch {
            throw Failure("\(error)")
        }
        console.started(at: server.url)
        for await _ in signals.events { break }
        console.stopping()
        await stop(server, orAt: signals)
    }

    /// Until all have left, or a signal comes.
    private func stop(_ server: Server, orAt signals: SignalStream) async {
        Task.detached {
            for await case .signal(let number) in signals.events { Foundation.exit(128 + number) }
        }
        await server.stop()
    }

    private func superviseServer() async throws {
        let signals = try SignalStream([SIGINT, SIGTERM])
        let secret = try SigningSecret.current()
        let listener = try SharedListener(at: reporting { try Endpoint(parsing: listen) })
        let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--supervise" }
        let supervisor = Supervisor(
            command: [Bundle.main.executablePath ?? CommandLine.arguments[0]] + arguments,
            environment: [
                SigningSecret.variable: secret, SupervisorLink.variable: "\(try SupervisorLink().descriptor)",
                SharedListener.variable: "\(listener.descriptor)",
            ], listener: listener, console: ServeConsole())
        let code = try await supervisor.run(signals)
        if code != 0 { throw ExitCode(code) }
    }

    private func makeApplication(_ console: ServeConsole) throws -> LiveApplication {
        let client = try ServedClient(files: client)
        var configuration = LiveConfiguration(secretKeyBase: try SigningSecret.current())
        configuration.clientScripts = client.paths
        configuration.format = client.format(format)
        configuration.log = { console.tell($0) }
        repeating.apply(to: &configuration)
        limits.apply(to: &configuration.limits)
        return LiveApplication(configuration) { routes in
            Gallery.routes(&routes)
            client.addRoutes(&routes)
        }
    }

    private func makeSettings() throws -> ServerSettings {
        let endpoint = try reporting { try Endpoint(parsing: listen) }
        var settings = ServerSettings(host: endpoint.host, port: endpoint.port)
        settings.boundSocket = SharedListener.inherited()
        settings.tls = tls.files.map { TLSFiles(certificate: $0.certificate, key: $0.key) }
        if origin.contains("any") {
            settings.origins = .any
        } else if !origin.isEmpty {
            settings.origins = .list(origin)
        }
        if compress { settings.socket.compression = SocketCompressionSettings() }
        limits.apply(to: &settings)
        return settings
    }
}

/// Where views have their time from.
enum ServedClock: String, ExpressibleByArgument, CaseIterable {
    case system
    case virtual
}

struct RepeatingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Random values of views, ids and names follow from this number.", valueName: "n"))
    var seed: UInt64?

    @Option(help: "The time of views: system, or virtual (from the beginning of 2026, by ticks alone).")
    var clock = ServedClock.system

    func apply(to configuration: inout LiveConfiguration) {
        configuration.seed = seed
        switch clock {
        case .system: break
        case .virtual: configuration.clock = .virtual(VirtualClock())
        }
    }
}

struct ServeLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Connections open at once; more wait. Default: what the system allows.", valueName: "n"))
    var maxConnections: Int?

    @Option(
        help: ArgumentHelp(
            "Messages a second that one socket may send, over time; more ends it. Default: 100.", valueName: "n"))
    var maxMessageRate: Int?

    @Option(help: ArgumentHelp("Threads that serve. Default: one a core.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        for (name, value) in [
            ("max-connections", maxConnections), ("max-message-rate", maxMessageRate), ("threads", threads),
        ] where value.map({ !(1...1_000_000).contains($0) }) ?? false {
            throw ValidationError("--\(name) takes a number from 1 to 1000000.")
        }
    }

    func apply(to settings: inout ServerSettings) {
        settings.maximumConnections = maxConnections
        settings.eventLoops = threads
        // The cheaper limit counts by clock seconds: a burst and what is allowed after it can fall into one.
        settings.socket.maximumMessagesPerSecond = settings.socket.maximumMessagesPerSecond.map { limit in
            max(limit, (maxMessageRate ?? 0) * 2)
        }
    }

    func apply(to limits: inout LiveLimits) {
        guard let maxMessageRate else { return }
        limits.messagesPerSecond = maxMessageRate
        limits.messageBurst = max(limits.messageBurst, maxMessageRate)
    }
}
