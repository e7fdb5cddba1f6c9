/// One line on standard error that says how far a long job is; only on a terminal, and gone at the end.
struct ProgressBar: Sendable {
    private let terminal: Terminal
    private let total: UInt64
    private let begin = ContinuousClock.now
    private var shown: (percent: UInt64, at: ContinuousClock.Instant)?

    /// Below this many bytes the job is over before a bar could be read.
    private static let leastByteCount: UInt64 = 50_000_000

    /// - Parameter total: bytes to go through.
    init(total: UInt64) {
        self.total = total
        terminal = Terminal.attached(to: 2)
    }

    mutating func advance(to done: UInt64) {
        guard terminal.isTerminal, total >= Self.leastByteCount else { return }
        let percent = min(100, done / max(1, total / 100))
        let now = ContinuousClock.now
        // Time left is worth a look each half second, even within a percent.
        if let shown, shown.percent == percent, now - shown.at < .milliseconds(500) { return }
        shown = (percent, now)
        let width = 30
        let filled = Int(percent) * width / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        show("\r\u{1b}[K\(bar) \(formatted(bytes: done)) of \(formatted(bytes: total))\(left(done, now - begin))")
    }

    /// ", 12.3 s left": from the pace so far, once there is one.
    private func left(_ done: UInt64, _ elapsed: Duration) -> String {
        guard done > 0, elapsed > .seconds(1), done < total else { return "" }
        let seconds = elapsed / .seconds(1) * Double(total - done) / Double(done)
        guard seconds < 1e6 else { return "" }
        return ", \(formattedDuration(nanoseconds: UInt64(seconds * 1e9))) left"
    }

    func clear() {
        if shown != nil { show("\r\u{1b}[K") }
    }

    /// A bar that cannot be shown is no reason to stop the job.
    private func show(_ text: String) {
        let output = Output(descriptor: 2)
        try? output.write(text)
        try? output.flush()
    }
}
