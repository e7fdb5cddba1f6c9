import ArgumentParser
import Foundation

/// "2026-11-23T10:15:00.123456Z": UTC with microseconds.
func formattedUTC(nanoseconds: UInt64) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let microseconds = nanoseconds % 1_000_000_000 / 1000
    let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    let time = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
    return "\(date)T\(time).\(padded(microseconds, to: 6))Z"
}

/// "2026-11-23 10:15:00" in the zone of this machine.
func formattedLocal(nanoseconds: UInt64) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    return "\(date) \(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
}

/// "12.345678": seconds with microseconds; never rounded to fewer digits, so that equal texts mean equal times.
func formattedSeconds(nanoseconds: Int64) -> String {
    let magnitude = nanoseconds.magnitude / 1000
    let sign = nanoseconds < 0 && magnitude > 0 ? "-" : ""
    return "\(sign)\(magnitude / 1_000_000).\(padded(magnitude % 1_000_000, to: 6))"
}

/// "350 ms", "12.3 s", "4 min 05 s", "2 h 10 min".
func formattedDuration(nanoseconds: UInt64) -> String {
    let milliseconds = nanoseconds / 1_000_000
    let seconds = milliseconds / 1000
    if seconds < 1 { return "\(milliseconds) ms" }
    if seconds < 60 { return "\(seconds).\(milliseconds % 1000 / 100) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(padded(seconds % 60)) s" }
    return "\(seconds / 3600) h \(padded(seconds % 3600 / 60)) min"
}

private func padded(_ number: some BinaryInteger, to width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// A length of time that a user typed: "90s", "10min", "1h", "0.5" for seconds.
struct TimeSpan: ExpressibleByArgument, Hashable {
    var nanoseconds: UInt64

    init(seconds: UInt64) { nanoseconds = seconds * 1_000_000_000 }

    init?(argument: String) {
        guard case .elapsed(let nanoseconds)? = Moment(argument: argument) else { return nil }
        self.nanoseconds = UInt64(nanoseconds)
    }

    /// How `--help` shows a default.
    var defaultValueDescription: String {
        let seconds = nanoseconds / 1_000_000_000
        if seconds >= 3600, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        return seconds >= 60 && seconds % 60 == 0 ? "\(seconds / 60)min" : "\(seconds)s"
    }

    var duration: Duration { .nanoseconds(Int64(clamping: nanoseconds)) }
}

/// A moment that a user typed: seconds since the run began ("1.5s", "2min"), or a time of day on this machine ("10:15",
/// "10:15:00.5").
enum Moment: ExpressibleByArgument, Hashable {
    case elapsed(nanoseconds: Int64)
    /// Nanoseconds since midnight.
    case clock(nanoseconds: Int64)

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1 {
            guard parts.count <= 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
                let seconds = parts.count == 3 ? Double(parts[2]) : 0,
                (0..<24).contains(hours), (0..<60).contains(minutes), (0..<61).contains(seconds)
            else { return nil }
            self = .clock(nanoseconds: (hours * 3600 + minutes * 60) * 1_000_000_000 + Int64(seconds * 1e9))
            return
        }
        let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("min", 60), ("h", 3600), ("m", 60), ("s", 1)]
        let unit = units.first { argument.hasSuffix($0.suffix) }
        guard let number = Double(argument.dropLast(unit?.suffix.count ?? 0)), number >= 0 else { return nil }
        let seconds = number * (unit?.seconds ?? 1)
        guard seconds < 1e9 else { return nil }
        self = .elapsed(nanoseconds: Int64(seconds * 1e9))
    }

    /// The moment as wall time in nanoseconds since 1970.
    /// - Parameter start: when the run began, on the same scale. A time of day before it means the next day.
    func wallTime(runStart start: UInt64) -> UInt64 {
        switch self {
        case .elapsed(let nanoseconds):
            return start &+ UInt64(nanoseconds)
        case .clock(let nanoseconds):
            var seconds = time_t(start / 1_000_000_000)
            var parts = tm()
            localtime_r(&seconds, &parts)
            (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (0, 0, 0, -1)
            let midnight = UInt64(clamping: mktime(&parts)) * 1_000_000_000
            let moment = midnight &+ UInt64(nanoseconds)
            let day: UInt64 = 86_400_000_000_000
            // A run that began at 23:50 and "00:10": the day after. Ten minutes early still means the same day.
            return moment &+ day / 2 < start ? moment &+ day : moment
        }
    }
}
