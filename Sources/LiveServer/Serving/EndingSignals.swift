internal import Dispatch
internal import Glibc

/// The signals by which a process is told to end: SIGINT (Ctrl-C) and SIGTERM.
struct EndingSignals {
    private let sources: [any DispatchSourceSignal]

    /// Calls the function at the first one, on a thread of its own; a second one ends the process at once.
    init(_ act: @escaping @Sendable () -> Void) {
        let numbers = [SIGINT, SIGTERM]
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                for number in numbers { signal(number, SIG_DFL) }
                act()
            }
            source.resume()
            return source
        }
    }

    /// Signals have their usual effect again.
    func end() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
