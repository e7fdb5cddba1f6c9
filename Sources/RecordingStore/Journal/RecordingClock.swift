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

    /// What the wall clock was ahead of the other when the two were last found apart.
    private static let difference = Atomic<UInt64>(0)
    /// In nanoseconds: 100 µs.
    private static let tolerance: UInt64 = 100_000

    /// Both clocks cannot be read in one moment. The wall clock is taken to move along with the other as long as it is no
    /// farther off than a tolerance: its times then differ as those of the other do, to the nanosecond, which a text twin
    /// does not have to say and a sealed file compresses.
    package static func now() -> RecordingTime {
        let wall = read(CLOCK_REALTIME)
        let monotonic = read(CLOCK_MONOTONIC)
        let measured = wall &- monotonic
        let known = difference.load(ordering: .relaxed)
        guard Int64(bitPattern: measured &- known).magnitude > tolerance else {
            return RecordingTime(wall: monotonic &+ known, monotonic: monotonic)
        }
        difference.store(measured, ordering: .relaxed)
        return RecordingTime(wall: wall, monotonic: monotonic)
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
