import Foundation
import Proxy
import RecordingStore
import Synchronization
import Transport

/// What a running proxy says to a person: where it listens, one calm status line, what went wrong, and a summary.
final class ProxyConsole: Sendable {
    private let terminal = Terminal.attached(to: STDERR_FILENO)
    /// The command behind the proxy owns standard output: then all goes to standard error.
    private let isQuietOnOutput: Bool
    private let state = Mutex(State())

    private struct State {
        var statusIsShown = false
        var failedConnects = 0
        var timer: StatusTimer?
    }

    private struct StatusTimer: @unchecked Sendable {  // Dispatch sources may be cancelled from any thread.
        let source: any DispatchSourceTimer
    }

    init(isQuietOnOutput: Bool) { self.isQuietOnOutput = isQuietOnOutput }

    func started(url: String, target: Target, path: String) {
        say("listening on \(url)")
        say("recording to \(path)")
        if !isQuietOnOutput {
            warn(terminal.styled("open \(url) in place of \(target); Ctrl-C ends the recording", .faint))
        }
    }

    func tell(_ event: Journal.Event) {
        switch event {
        case .stopped(let reason):
            warn("recording stopped: \(reason). Traffic goes on unrecorded; recording resumes when there is space.")
        case .resumed(let path, let lost):
            warn("recording goes on in \(path); \(counted(lost, "record")) lost")
        case .rotated(_, let next):
            warn("recording goes on in \(next)")
        }
    }

    func tell(_ event: SealingThread.Event) {
        switch event {
        case .sealed: break
        case .failed(let path, let error): warn("\(error). It stays a journal: 'livetape seal \(path)' tries again.")
        }
    }

    /// Files that are no sealed ones at the end.
    func left(_ paths: [String]) {
        guard let first = paths.first else { return }
        let what =
            paths.count == 1 ? "\(first) stays a journal, which is" : "\(paths.count) files stay journals, which are"
        warn("\(what) complete; to finish: livetape seal \(paths.joined(separator: " "))")
    }

    func tell(_ event: ProxyEvent) {
        switch event {
        case .acceptingPaused(.connectionLimit(let limit)):
            warn("\(counted(UInt64(limit), "connection")) open: new ones wait until some close (--max-connections)")
        case .acceptingPaused(.outOfDescriptors(let text)):
            warn("no descriptor left to accept with (\(text)): new connections wait. Raise 'ulimit -n'.")
        case .acceptingPaused(.over):
            warn("accepting again")
        case .connectFailed(let what):
            let isFirst = state.withLock { state in
                state.failedConnects += 1
                return state.failedConnects == 1
            }
            if isFirst { warn("cannot reach \(what). Browsers get a 502 until it answers.") }
        case .recordingStopped, .recordingResumed: break
        }
    }

    func beginStatusLine(_ journal: Journal) {
        guard terminal.isTerminal else { return }
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now(), repeating: .milliseconds(500))
        timer.setEventHandler { [self] in
            let line = Self.statusLine(journal.statistics)
            state.withLock { state in
                state.statusIsShown = true
                try? FileHandle.standardError.write(contentsOf: Data("\r\u{1b}[K\(terminal.styled(line, .faint))".utf8))
            }
        }
        timer.resume()
        let kept = StatusTimer(source: timer)
        state.withLock { $0.timer = kept }
    }

    static func statusLine(_ run: RunStatistics) -> String {
        let sockets = "\(counted(UInt64(clamping: run.openSockets), "socket")) open of \(grouped(run.sockets))"
        let frames = "\(counted(run.client.frames &+ run.server.frames, "frame"))"
        let bytes = "↑ \(formatted(bytes: run.client.frameBytes)) ↓ \(formatted(bytes: run.server.frameBytes))"
        let gaps = run.gaps > 0 ? "  \(counted(run.gaps, "gap"))!" : ""
        return "\(sockets)  \(frames)  \(bytes)\(gaps)"
    }

    func stopping(again wasSignalled: Bool) {
        state.withLock { $0.timer?.source.cancel() }
        clearStatus()
    }

    func summary(_ journal: Journal) {
        clearStatus()
        ProxySummary(journal).lines.forEach { say($0) }
    }

    func ended(_ journal: Journal) {
        guard !isQuietOnOutput else { return }
        say("read it: livetape show \(journal.paths.first ?? "")")
    }

    private func clearStatus() {
        state.withLock { state in
            guard state.statusIsShown else { return }
            state.statusIsShown = false
            try? FileHandle.standardError.write(contentsOf: Data("\r\u{1b}[K".utf8))
        }
    }

    private func say(_ line: String) {
        let handle = isQuietOnOutput ? FileHandle.standardError : .standardOutput
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }

    private func warn(_ line: String) {
        clearStatus()
        try? FileHandle.standardError.write(contentsOf: Data(("livetape: " + line + "\n").utf8))
    }
}
