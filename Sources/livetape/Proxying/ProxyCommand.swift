import ArgumentParser
import Foundation
import Proxy
import RecordingFormat
import RecordingStore
import Synchronization
import Transport

struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Sit between browser and server, and record every WebSocket frame.",
        discussion: """
            Start it, open the address that it prints in a browser, use the page, and stop it with Ctrl-C. Then \
            'livetape show Recordings/local' prints what crossed the wire.

            The bytes pass unchanged. Each frame is on disk before it reaches the other side, so that nothing is lost, \
            however the proxy ends.

            Examples:
              livetape proxy --to http://127.0.0.1:4000
              livetape proxy --to http://127.0.0.1:4000 --ignore /phoenix/live_reload/socket
              livetape proxy --to http://127.0.0.1:4000 -- mix test
              livetape proxy --to https://staging.example.com --rewrite-host staging.example.com \\
                --rewrite-origin https://staging.example.com

            With a COMMAND after --, the command runs with LIVETAPE_URL set to the proxy's address, and its exit code is \
            livetape's.

            SIGUSR1 prints the summary without stopping.

            Complete files are sealed: compressed and indexed, on a thread that gives way to the relay.
            """)

    @Option(help: ArgumentHelp("The live-view server: http://HOST:PORT or https://HOST.", valueName: "url"))
    var to: String

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:4001"

    @Option(help: ArgumentHelp("The folder for recordings.", valueName: "dir"), completion: .directory)
    var out = RecordingFolder.defaultPath

    @Flag(help: "Print what each live view does, as 'livetape tail' does.")
    var tail = false

    @OptionGroup(title: "What --tail prints") var tailing: TailOptions
    @OptionGroup(title: "What is recorded") var recording: RecordingOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Changing requests (by default nothing is changed)") var rewriting: RewritingOptions
    @OptionGroup(title: "Files") var files: FileOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("A command to run behind the proxy, with its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        do {
            _ = try Target(parsing: to)
            _ = try Endpoint(parsing: listen)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        do {
            try await record()
        } catch let failure as Failure {
            complain("livetape: \(failure)")
            throw ExitCode(failure.code)
        }
    }

    private func record() async throws {
        let inherited = OpenDescriptors.now()
        let signals = try SignalStream([SIGINT, SIGTERM, SIGUSR1])
        let settings = try makeSettings()
        let console = ProxyConsole(isQuietOnOutput: !command.isEmpty)
        let sealing = Mutex<SealingThread?>(nil)
        let journal = try reporting {
            try Journal(journalSettings(settings)) { event in
                console.tell(event)
                sealing.withLock { $0 }?.wake()
            }
        }
        let proxy: Proxy
        do {
            proxy = try await Proxy.start(settings, journal: journal, onEvent: { console.tell($0) })
        } catch {
            journal.close()
            journal.removeIfEmpty()
            throw Failure("\(error)")
        }
        if !files.noSeal {
            let thread = SealingThread(journal) { console.tell($0) }
            sealing.withLock { $0 = thread }
        }
        let url = proxy.browserURL
        console.started(url: url, target: settings.target, path: journal.paths.first ?? out)
        let tailThread = tail ? try journal.paths.first.map { try TailThread(path: $0, options: tailing) } : nil
        let durability = limits.durability.start(journal)
        defer { durability?.cancel() }
        let outcome: (exitCode: Int32?, wasSignalled: Bool)
        do {
            outcome = try await wait(proxy, console: console, url: url, inherited: inherited, signals: signals)
        } catch {
            await proxy.stop()
            await tailThread?.finish()
            journal.removeIfEmpty()
            throw error
        }
        console.stopping(again: outcome.wasSignalled)
        await proxy.stop()
        await tailThread?.finish()
        console.summary(journal)
        if let thread = sealing.withLock({ $0 }) {
            await thread.finish(within: files.sealTimeout.duration, signals: signals)
            console.left(thread.leftPaths)
        }
        console.ended(journal)
        if let code = outcome.exitCode, code != 0 { throw ExitCode(code) }
    }

    /// Until a signal comes, or the command ends.
    private func wait(
        _ proxy: Proxy, console: ProxyConsole, url: String, inherited: OpenDescriptors, signals: SignalStream
    ) async throws -> (exitCode: Int32?, wasSignalled: Bool) {
        inherited.closeOthersOnExec()
        let child =
            try command.isEmpty
            ? nil
            : ChildCommand(
                command, environment: ["LIVETAPE_URL": url], signals: signals)
        // A line that is drawn over and over does not go with lines that come.
        if child == nil, !tail { console.beginStatusLine(proxy.journal) }
        for await event in signals.events {
            switch event {
            case .signal(SIGUSR1): console.summary(proxy.journal)
            case .signal(let number):
                guard let child else { return (nil, true) }
                child.forward(number)
            case .childEnded(let code): return (code, false)
            case .woken: break
            }
        }
        return (nil, false)
    }

    private func makeSettings() throws -> ProxySettings {
        try reporting {
            let target = try Target(parsing: to)
            var settings = ProxySettings(target: target, listen: try Endpoint(parsing: listen))
            recording.apply(to: &settings.recorder)
            settings.recorder.targetAuthority = target.authority
            tls.apply(to: &settings)
            rewriting.apply(to: &settings.rewriting)
            limits.apply(to: &settings)
            return settings
        }
    }

    private func journalSettings(_ settings: ProxySettings) -> Journal.Settings {
        let now = RecordingTime.now()
        var uts = utsname()
        uname(&uts)
        let system = withUnsafeBytes(of: &uts.sysname) { bytes in  // Unsafe: a C string in a fixed array.
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let details = [
            JournalPreamble.DetailKey.command: CommandLine.arguments.joined(separator: " "),
            JournalPreamble.DetailKey.target: settings.target.description,
            JournalPreamble.DetailKey.startedWallNanoseconds: String(now.wall),
            JournalPreamble.DetailKey.hostOS: system,
        ]
        var journal = Journal.Settings(
            folder: out, targetName: "\(settings.target.host)-\(settings.target.port)", details: details,
            run: RecordingFolder.newRunIdentifier(), release: LiveTape.release)
        files.apply(to: &journal)
        return journal
    }
}

extension Proxy {
    /// What a browser on this machine opens.
    var browserURL: String {
        let any: Set = ["0.0.0.0", "::"]
        let host = any.contains(endpoint.host) ? "127.0.0.1" : endpoint.host
        let scheme = settings.listenTLS == nil ? "http" : "https"
        return "\(scheme)://\(Endpoint(host: host, port: endpoint.port))"
    }
}
