import NIOCore
import NIOPosix
import Synchronization

/// State that a test waits on: each change looks whether it brought what somebody waits for. No polling, no sleeps.
final class Watched<State: Sendable>: Sendable {
    private struct Waiter {
        let isMet: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<State, any Error>
        let limit: Scheduled<Void>
    }

    private struct Content {
        var state: State
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let content: Mutex<Content>
    private let describe: @Sendable (State) -> String

    init(_ state: State, describe: @escaping @Sendable (State) -> String = { "\($0)" }) {
        content = Mutex(Content(state: state))
        self.describe = describe
    }

    var now: State { content.withLock { $0.state } }

    func change(_ change: (inout State) -> Void) {
        let met = content.withLock { content in
            change(&content.state)
            let state = content.state
            let met = content.waiters.filter { $0.value.isMet(state) }
            for number in met.keys { content.waiters[number] = nil }
            return met.values.map { ($0, state) }
        }
        for (waiter, state) in met {
            waiter.limit.cancel()
            waiter.continuation.resume(returning: state)
        }
    }

    /// - Parameters:
    ///   - what: what is expected, for the error when it does not come.
    ///   - limit: generous, since the machine may be busy: it is reached by failing tests only.
    @discardableResult
    func wait(
        for what: String, within limit: TimeAmount = .seconds(60), until isMet: @escaping @Sendable (State) -> Bool
    ) async throws -> State {
        try await withCheckedThrowingContinuation { continuation in
            let state = content.withLock { content -> State? in
                if isMet(content.state) { return content.state }
                let number = content.nextWaiter
                content.nextWaiter += 1
                let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: limit) {
                    self.giveUp(number, what, limit)
                }
                content.waiters[number] = Waiter(isMet: isMet, continuation: continuation, limit: timer)
                return nil
            }
            if let state { continuation.resume(returning: state) }
        }
    }

    private func giveUp(_ number: Int, _ what: String, _ limit: TimeAmount) {
        let (waiter, state) = content.withLock { ($0.waiters.removeValue(forKey: number), $0.state) }
        let text = "expected within \(limit.nanoseconds / 1_000_000_000) s: \(what); there is: \(describe(state))"
        waiter?.continuation.resume(throwing: NothingCame(description: text))
    }
}

struct NothingCame: Error, CustomStringConvertible {
    let description: String
}
