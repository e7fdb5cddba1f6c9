import Dispatch
import Foundation

/// Signals, and the end of the command that runs behind the proxy, as one sequence of events.
final class SignalStream: @unchecked Sendable {  // The sources are made in init and only kept.
    enum Event: Sendable {
        case signal(Int32)
        case childEnded(code: Int32)
    }

    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32]) {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        self.continuation = continuation
        sources = numbers.map { number in
            // Ignored for the process, so that the source gets it in place of the default action.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(.signal(number)) }
            source.resume()
            return source
        }
    }

    func childEnded(code: Int32) { continuation.yield(.childEnded(code: code)) }
}

/// The command that runs behind the proxy.
final class ChildCommand {
    private let process = Process()

    /// - Throws: ``Failure`` when there is no such command.
    init(_ command: [String], url: String, signals: SignalStream) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        guard let name = command.first, Self.isThere(name) else {
            throw Failure("the command '\(command.first ?? "")' is not there or cannot be run", code: 127)
        }
        process.arguments = ["--"] + command
        var environment = ProcessInfo.processInfo.environment
        environment["LIVETAPE_URL"] = url
        process.environment = environment
        process.terminationHandler = { process in
            let code = process.terminationStatus
            // A shell says 128 + the signal for a command that a signal ended.
            signals.childEnded(code: process.terminationReason == .uncaughtSignal ? 128 + code : code)
        }
        try process.run()
    }

    private static func isThere(_ name: String) -> Bool {
        let files = FileManager.default
        if name.contains("/") { return files.isExecutableFile(atPath: name) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { files.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// Passes a signal on. A terminal sends Ctrl-C to the command by itself.
    func forward(_ number: Int32) {
        guard process.isRunning, number != SIGINT || isatty(STDIN_FILENO) == 0 else { return }
        kill(process.processIdentifier, number)
    }
}
