/// One line on standard error that says how far a long job is; only on a terminal, and gone at the end.
struct ProgressBar {
    private let terminal: Terminal
    private let output: Output
    private let total: UInt64
    private var shownPercent: UInt64?

    /// Below this many bytes the job is over before a bar could be read.
    private static let leastByteCount: UInt64 = 50_000_000

    /// - Parameter total: bytes to go through.
    init(total: UInt64) {
        self.total = total
        terminal = Terminal.attached(to: 2)
        output = Output(descriptor: 2)
    }

    mutating func advance(to done: UInt64) {
        guard terminal.isTerminal, total >= Self.leastByteCount else { return }
        let percent = min(100, done / max(1, total / 100))
        guard percent != shownPercent else { return }
        shownPercent = percent
        let width = 30
        let filled = Int(percent) * width / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        show("\r\(bar) \(percent) % of \(formatted(bytes: total))")
    }

    func clear() {
        if shownPercent != nil { show("\r\u{1b}[K") }
    }

    /// A bar that cannot be shown is no reason to stop the job.
    private func show(_ text: String) {
        try? output.write(text)
        try? output.flush()
    }
}
