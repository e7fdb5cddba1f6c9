internal import Glibc

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

    package static func now() -> RecordingTime {
        RecordingTime(wall: read(CLOCK_REALTIME), monotonic: read(CLOCK_MONOTONIC))
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
