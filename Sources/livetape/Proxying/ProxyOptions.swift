import ArgumentParser
import Proxy
import RecordingStore
import Transport
import WebSocketWire

extension RecorderSettings.Bodies: ExpressibleByArgument {}

struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Record only sockets with this path; * stands for anything. Repeatable.", valueName: "path"))
    var only: [String] = []

    @Option(
        help: ArgumentHelp("Do not record sockets with this path, as live reload's. Repeatable.", valueName: "path"))
    var ignore: [String] = []

    @Option(help: "HTTP bodies to record: html means HTML pages and long polls.")
    var bodies = RecorderSettings.Bodies.html

    @Option(help: ArgumentHelp("Record this much of a body at most.", valueName: "size"))
    var maxBody = ByteSize(bytes: 8_000_000)

    func validate() throws {
        for pattern in only + ignore where !pattern.hasPrefix("/") && !pattern.hasPrefix("*") {
            throw ValidationError(
                "'\(pattern)' is no path: write it as it stands in the request, from the '/' on ('*' stands for anything)"
            )
        }
    }

    func apply(to settings: inout RecorderSettings) {
        settings.sockets.only = only
        settings.sockets.ignore = ignore
        settings.bodies = bodies
        settings.bodyByteLimit = maxBody.bytes
    }
}

struct TLSOptions: ParsableArguments {
    @Flag(help: "Do not check the target's certificate.")
    var insecure = false

    @Option(
        help: ArgumentHelp("Trust these certificate authorities for the target (PEM).", valueName: "file"),
        completion: .file())
    var caFile: String?

    @OptionGroup var listening: CertificateOptions

    func apply(to settings: inout ProxySettings) {
        settings.targetTLS.verifiesCertificate = !insecure
        settings.targetTLS.authorityFile = caFile
        settings.listenTLS = listening.files.map {
            ServerTLSSettings(certificateFile: $0.certificate, keyFile: $0.key)
        }
    }
}

struct CertificateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Listen with TLS: the certificate (PEM). Needs --key.", valueName: "file"),
        completion: .file())
    var cert: String?

    @Option(help: ArgumentHelp("Listen with TLS: the certificate's key (PEM).", valueName: "file"), completion: .file())
    var key: String?

    func validate() throws {
        guard (cert == nil) == (key == nil) else { throw ValidationError("--cert and --key go together.") }
    }

    var files: (certificate: String, key: String)? {
        guard let cert, let key else { return nil }
        return (cert, key)
    }
}

struct RewritingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Tell the target this Host.", valueName: "host"))
    var rewriteHost: String?

    @Option(help: ArgumentHelp("Tell the target this Origin, where a request has one.", valueName: "origin"))
    var rewriteOrigin: String?

    @Flag(help: "Take Accept-Encoding out of requests, so that bodies are recorded as plain text.")
    var identity = false

    func validate() throws {
        let values = [rewriteHost, rewriteOrigin].compactMap { $0 }
        guard values.allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } }) else {
            throw ValidationError("--rewrite-host and --rewrite-origin take visible ASCII without spaces.")
        }
    }

    func apply(to rewriting: inout RequestRewriting) {
        rewriting.host = rewriteHost
        rewriting.origin = rewriteOrigin
        rewriting.asksForIdentity = identity
    }
}

struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Go on in a new file when one has this size.", valueName: "size"))
    var rotateSize = ByteSize(bytes: 512_000_000)

    @Option(help: ArgumentHelp("Go on in a new file when one is so old: 90s, 10min, 1h.", valueName: "time"))
    var rotateAge = TimeSpan(seconds: 3600)

    @Flag(help: "Leave the files as journals: do not compress and index them when they are complete.")
    var noSeal = false

    @Option(
        help: ArgumentHelp(
            "Seal for so long at the end; what is not done by then stays a journal. A second Ctrl-C ends it at once.",
            valueName: "time"))
    var sealTimeout = TimeSpan(seconds: 10)

    func validate() throws {
        guard rotateSize.bytes >= 1000 else { throw ValidationError("--rotate-size takes 1 kB or more.") }
        guard rotateAge.nanoseconds >= 1_000_000_000 else { throw ValidationError("--rotate-age takes 1s or more.") }
    }

    func apply(to settings: inout Journal.Settings) {
        settings.rotationByteCount = Int64(clamping: rotateSize.bytes)
        settings.rotationAge = rotateAge.nanoseconds
    }
}

/// How soon what is recorded is on the disk itself, and not only with the system.
enum Durability: String, ExpressibleByArgument, CaseIterable {
    case process
    case system

    /// - Returns: what flushes once a second until it is cancelled, if anything must.
    func start(_ journal: Journal) -> Task<Void, Never>? {
        switch self {
        case .process: nil
        case .system:
            Task.detached {
                while (try? await Task.sleep(for: .seconds(1))) != nil { journal.synchronize() }
                journal.synchronize()
            }
        }
    }
}

struct LimitOptions: ParsableArguments {
    @Option(
        help: """
            What a recording outlives: process (a crash or kill -9 of livetape) or system (a crash of the machine, but \
            for the last second).
            """)
    var durability = Durability.process

    @Option(help: ArgumentHelp("Connections open at once; more wait. Default: what the system allows.", valueName: "n"))
    var maxConnections: Int?

    @Option(help: ArgumentHelp("HTTP heads may have this many bytes; longer ones are recorded raw.", valueName: "size"))
    var maxHead = ByteSize(bytes: 64_000)

    @Option(help: ArgumentHelp("Threads that relay. Default: one a core.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Seconds that connecting to the target may take.", valueName: "s"))
    var connectTimeout = 10

    func validate() throws {
        for (name, value) in [
            ("max-connections", maxConnections), ("threads", threads), ("connect-timeout", connectTimeout),
        ]
        where value.map({ !(1...1_000_000).contains($0) }) ?? false {
            throw ValidationError("--\(name) takes a number from 1 to 1000000.")
        }
    }

    func apply(to settings: inout ProxySettings) {
        settings.maximumConnections = maxConnections
        settings.recorder.httpLimits.headByteCount = Int(clamping: maxHead.bytes)
        settings.eventLoops = threads
        settings.connectTimeout = connectTimeout
    }
}
