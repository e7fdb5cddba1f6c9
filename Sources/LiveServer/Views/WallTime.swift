#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A time of day and date: the time since the beginning of 1970, UTC, without leap seconds.
public struct WallTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since 1970.
    public var nanoseconds: Int64

    /// A time by its nanoseconds since 1970.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Whole seconds since 1970.
    public var seconds: Int64 { nanoseconds.quotient(by: 1_000_000_000) }
    /// Whole milliseconds since 1970.
    public var milliseconds: Int64 { nanoseconds.quotient(by: 1_000_000) }

    /// UTC, 0 to 23.
    public var hour: Int { Int(seconds.remainder(by: 86_400) / 3600) }
    /// 0 to 59.
    public var minute: Int { Int(seconds.remainder(by: 3600) / 60) }
    /// 0 to 59.
    public var second: Int { Int(seconds.remainder(by: 60)) }

    /// Whether one is before the other.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The time so much later.
    public static func + (time: Self, duration: Duration) -> Self {
        WallTime(nanoseconds: time.nanoseconds &+ duration.nanoseconds)
    }

    /// As ISO 8601 has it, in seconds: `2026-11-23T07:46:47Z`.
    public var description: String {
        // Days since 1970 to a date of the Gregorian calendar, with years that begin in March.
        let days = seconds.quotient(by: 86_400) + 719_468
        let era = days.quotient(by: 146_097)
        let day = days - era * 146_097
        let yearOfEra = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(year)-\(two(month))-\(two(dayOfYear - (153 * shifted + 2) / 5 + 1))"
        return "\(date)T\(two(Int64(hour))):\(two(Int64(minute))):\(two(Int64(second)))Z"
    }

    private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    static var system: WallTime { WallTime(nanoseconds: Self.read(CLOCK_REALTIME)) }

    /// Since some time in the past; never set back.
    static var systemUptime: Duration { .nanoseconds(Self.read(CLOCK_MONOTONIC)) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

extension Int64 {
    /// Rounded down, also for negative numbers.
    fileprivate func quotient(by divisor: Int64) -> Int64 { self / divisor - (self % divisor < 0 ? 1 : 0) }
    fileprivate func remainder(by divisor: Int64) -> Int64 { self - quotient(by: divisor) * divisor }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }
}
