internal import Glibc
internal import Synchronization

/// The two times that each record carries.
package struct RecordingTime: Hashable, Sendable {
    /// Nanoseconds since 1970, as the system's clock said; it can be set back.
    package var wall: UInt64
    /// Nanoseconds that only ever grow, from an arbitrary start; to measure spans with.
    package var monotonic: UInt64

    package init(wall: UInt64, monotonic: UInt64) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// Reads one clock only: the wall time is the monotonic one and what lies between them, which is looked at once a
    /// second. So both grow by the same between two records, and an event costs half.
    package static func now() -> RecordingTime {
        let monotonic = read(CLOCK_MONOTONIC)
        return RecordingTime(wall: monotonic &+ wallOffset.value(at: monotonic), monotonic: monotonic)
    }

    private static let wallOffset = WallOffset()

    fileprivate static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// How far the wall clock is ahead of the monotonic one; shared by all threads.
private final class WallOffset: Sendable {
    /// Nanoseconds between two looks at the wall clock.
    private static let interval: UInt64 = 1_000_000_000
    /// The clock is followed when it was set, or has drifted, by more nanoseconds than this.
    private static let tolerance: UInt64 = 1_000_000

    private let offset: Atomic<UInt64>
    /// When it was looked at last; monotonic.
    private let looked: Atomic<UInt64>

    init() {
        let monotonic = RecordingTime.read(CLOCK_MONOTONIC)
        offset = Atomic(RecordingTime.read(CLOCK_REALTIME) &- monotonic)
        looked = Atomic(monotonic)
    }

    func value(at monotonic: UInt64) -> UInt64 {
        let last = looked.load(ordering: .relaxed)
        // A thread may come with an older time than another's: then nothing is due.
        if monotonic > last, monotonic - last >= Self.interval { look(last: last, at: monotonic) }
        return offset.load(ordering: .relaxed)
    }

    /// One thread of all looks.
    private func look(last: UInt64, at monotonic: UInt64) {
        guard looked.compareExchange(expected: last, desired: monotonic, ordering: .relaxed).exchanged else { return }
        let before = RecordingTime.read(CLOCK_MONOTONIC)
        let wall = RecordingTime.read(CLOCK_REALTIME)
        let after = RecordingTime.read(CLOCK_MONOTONIC)
        // Put aside between the two clocks: the next second is soon enough.
        guard after &- before < Self.tolerance else { return }
        let current = wall &- (before &+ (after &- before) / 2)
        let known = offset.load(ordering: .relaxed)
        let drift = Int64(bitPattern: current &- known).magnitude
        if drift > Self.tolerance { offset.store(current, ordering: .relaxed) }
    }
}
