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
