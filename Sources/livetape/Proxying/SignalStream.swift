import Dispatch
import Foundation

/// The write end of the pipe that the signal handler tells the program through; -1 while nobody listens.
private nonisolated(unsafe) var signalPipe: Int32 = -1  // Unsafe: a handler can only reach a global; set before it.

/// Signals, and the end of the command that runs behind the proxy, as one sequence of events.
///
/// From the return of `init` on no signal is lost, and none of them has its default action: a handler that writes to a pipe
/// is in place at once, while a signal source of Dispatch first ignores the signal and then registers in its own time.
final class SignalStream: @unchecked Sendable {  // The source is made in init and only kept.
    enum Event: Sendable {
        case signal(Int32)
        case childEnded(code: Int32)
        /// The time of ``SignalStream/wake(after:)`` is over.
        case woken
    }

    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let source: any DispatchSourceRead

    /// One at a time in a process.
    init(_ numbers: [Int32]) throws {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        self.continuation = continuation
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure("cannot listen for signals: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let readEnd = ends[0]
        signalPipe = ends[1]
        source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .global())
        source.setEventHandler {
            var number: UInt8 = 0
            while read(readEnd, &number, 1) == 1 { continuation.yield(.signal(Int32(number))) }
        }
        source.resume()
        for number in numbers {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe, &byte, 1)
                errno = before
            }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
    }

    func childEnded(code: Int32) { continuation.yield(.childEnded(code: code)) }

    func wake(after delay: Duration) {
        Task.detached { [continuation] in
            try? await Task.sleep(for: delay)
            continuation.yield(.woken)
        }
    }
}
