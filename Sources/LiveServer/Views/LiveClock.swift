import NIOCore
import Synchronization

/// Where views have the time from.
public enum LiveClock: Sendable {
    case system
    /// Time that stands still till it is told to go on: a run can be repeated exactly.
    case virtual(VirtualClock)

    var now: WallTime {
        switch self {
        case .system: .system
        case .virtual(let clock): clock.now
        }
    }

    /// Since some time in the past; never set back.
    var uptime: Duration {
        switch self {
        case .system: WallTime.systemUptime
        case .virtual(let clock): clock.uptime
        }
    }

    func schedule(after delay: Duration, on loop: any EventLoop, _ work: @escaping @Sendable () -> Void) {
        switch self {
        case .system: loop.scheduleTask(in: .nanoseconds(max(0, delay.nanoseconds)), work)
        case .virtual(let clock): clock.schedule(after: delay, on: loop, work)
        }
    }
}

/// A clock that goes on by ticks alone, and remembers them.
public final class VirtualClock: Sendable {
    private struct Timer: Sendable {
        let due: Duration
        let number: Int
        let loop: any EventLoop
        let work: @Sendable () -> Void
    }

    private struct State {
        var uptime: Duration = .zero
        var ticks: [Duration] = []
        var timers: [Timer] = []
        var lastNumber = 0
    }

    private let start: WallTime
    private let state = Mutex(State())

    /// - Parameter start: the time it shows before the first tick; by default the beginning of 2026.
    public init(start: WallTime = WallTime(nanoseconds: 1_767_225_600_000_000_000)) { self.start = start }

    /// What it shows.
    public var now: WallTime { start + uptime }
    /// How much it has gone on.
    public var uptime: Duration { state.withLock { $0.uptime } }

    /// All ticks so far.
    public var ticks: [Duration] { state.withLock { $0.ticks } }

    /// Lets time go on, and timers fire in their order; one that is due more than once in a tick fires once.
    public func advance(by duration: Duration) {
        let end = state.withLock { state in
            state.ticks.append(duration)
            return state.uptime + max(.zero, duration)
        }
        while let timer = next(before: end) { timer.loop.execute(timer.work) }
        state.withLock { $0.uptime = max($0.uptime, end) }
    }

    private func next(before end: Duration) -> Timer? {
        state.withLock { state in
            let first = state.timers.indices.min {
                (state.timers[$0].due, state.timers[$0].number) < (state.timers[$1].due, state.timers[$1].number)
            }
            guard let first, state.timers[first].due <= end else { return nil }
            state.uptime = max(state.uptime, state.timers[first].due)
            return state.timers.remove(at: first)
        }
    }

    func schedule(after delay: Duration, on loop: any EventLoop, _ work: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.lastNumber += 1
            let due = state.uptime + max(.zero, delay)
            state.timers.append(Timer(due: due, number: state.lastNumber, loop: loop, work: work))
        }
    }
}
