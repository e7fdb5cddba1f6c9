/// Runs this program as a child, and again each time that a trap ends it.
///
/// A trap in a view ends its whole process; a browser joins again by itself as soon as there is a server at the old
/// address that knows the old secret. So both stay the same.
struct Supervisor {
    let command: [String]
    let environment: [String: String]
    /// What the children listen with.
    let listener: SharedListener
    let console: ServeConsole

    /// Waits so long before a restart, twice as long after each further one.
    private static let firstDelay = Duration.milliseconds(100)
    private static let longestDelay = Duration.seconds(10)
    /// A child that lived so long was well: the next delay is the first again.
    private static let healthyAge = Duration.seconds(30)
    /// A child that a signal ended, as a trap does, has such a code or a higher one.
    private static let firstSignalCode: Int32 = 129

    /// - Returns: the exit code of the last child.
    func run(_ signals: SignalStream) async throws -> Int32 {
        var delay = Self.firstDelay
        var started = ContinuousClock.now
        var child: ChildCommand? = try start(signals)
        var isStopping = false
        for await event in signals.events {
            switch event {
            case .signal(let number):
                guard let child else { return 0 }
                isStopping = true
                // Else who comes now would wait for an answer.
                listener.close()
                child.forward(number)
            case .childEnded(let code):
                guard !isStopping, code >= Self.firstSignalCode else { return code }
                child = nil
                if started.duration(to: .now) >= Self.healthyAge { delay = Self.firstDelay }
                console.restarting(after: delay, code: code)
                signals.wake(after: delay)
                delay = min(delay * 2, Self.longestDelay)
            case .woken:
                started = .now
                child = try start(signals)
            }
        }
        return 0
    }

    private func start(_ signals: SignalStream) throws -> ChildCommand {
        try ChildCommand(command, environment: environment, signals: signals)
    }
}
