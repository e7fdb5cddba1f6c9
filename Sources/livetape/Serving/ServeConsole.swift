import Foundation
import LiveServer

/// What a running server says to a person: where it listens on standard output, all else on standard error.
struct ServeConsole: Sendable {
    private let terminal = Terminal.attached(to: STDERR_FILENO)

    func started(at url: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data("listening on \(url)\n".utf8))
        if terminal.isTerminal { warn(terminal.styled("open \(url) in a browser; Ctrl-C ends the server", .faint)) }
    }

    func tell(_ event: ServerEvent) { warn("\(event)") }

    func tell(_ entry: LogEntry) { warn("\(entry)") }

    func stopping() {
        warn("stopping: open pages are told to come back later; a second signal stops at once")
    }

    func restarting(after delay: Duration, code: Int32) {
        let milliseconds = delay / .milliseconds(1)
        warn("the server ended with \(code); starting it again in \(Int(milliseconds)) ms")
    }

    private func warn(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data(("livetape: " + line + "\n").utf8))
    }
}
