import ArgumentParser

/// "87 B", "1.2 kB", "34 MB": three digits at most, decimal units.
func formatted(bytes: UInt64) -> String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var unit: UInt64 = 1000
    var name = "kB"
    for (next, nextName) in [(1_000_000, "MB"), (1_000_000_000, "GB"), (1_000_000_000_000, "TB")] as [(UInt64, String)]
    where bytes >= next - next / 2000 {
        (unit, name) = (next, nextName)
    }
    let tenths = bytes / (unit / 10) + (bytes % (unit / 10) >= unit / 20 ? 1 : 0)
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\((tenths + 5) / 10) \(name)"
}

/// "1 socket", "2 sockets".
func counted(_ count: UInt64, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}

/// "1 234 567", with narrow spaces that no terminal breaks.
func grouped(_ number: UInt64) -> String {
    let digits = String(number)
    guard digits.count > 4 else { return digits }
    var result = ""
    for (place, digit) in digits.enumerated() {
        if place > 0, (digits.count - place) % 3 == 0 { result += "\u{2009}" }
        result.append(digit)
    }
    return result
}

/// A size that a user typed: "512", "10kB", "1.5 MB", "64KiB".
struct ByteSize: ExpressibleByArgument, Hashable {
    var bytes: UInt64

    init(bytes: UInt64) { self.bytes = bytes }

    /// How `--help` shows a default.
    var defaultValueDescription: String { formatted(bytes: bytes) }

    init?(argument: String) {
        let text = argument.lowercased().filter { $0 != " " }
        let units: [(suffix: String, bytes: Double)] = [
            ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824),
            ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("k", 1e3), ("m", 1e6), ("g", 1e9), ("b", 1),
        ]
        let unit = units.first { text.hasSuffix($0.suffix) }
        let digits = text.dropLast(unit?.suffix.count ?? 0)
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits) else {
            return nil
        }
        let bytes = number * (unit?.bytes ?? 1)
        guard bytes < 1e18 else { return nil }
        self.bytes = UInt64(bytes)
    }
}
