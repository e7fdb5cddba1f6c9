/// How numbers are spread: counts by size, each known to one part in 32. It takes 15 kB at most, whatever it counts.
package struct Histogram: Sendable {
    private var counts: [UInt64] = []
    package private(set) var count: UInt64 = 0
    package private(set) var sum: UInt64 = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    package mutating func add(_ value: UInt64) {
        let bucket = Self.bucket(of: value)
        if bucket >= counts.count { counts.append(contentsOf: repeatElement(0, count: bucket + 1 - counts.count)) }
        counts[bucket] &+= 1
        count &+= 1
        sum &+= value
        maximum = max(maximum, value)
    }

    package static func += (left: inout Histogram, right: Histogram) {
        if right.counts.count > left.counts.count {
            left.counts.append(contentsOf: repeatElement(0, count: right.counts.count - left.counts.count))
        }
        for (bucket, count) in right.counts.enumerated() { left.counts[bucket] &+= count }
        left.count &+= right.count
        left.sum &+= right.sum
        left.maximum = max(left.maximum, right.maximum)
    }

    package var mean: Double { count > 0 ? Double(sum) / Double(count) : 0 }

    /// The number that so many of 100 are not above; 0 if there are none.
    package func percentile(_ percent: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((Double(count) * percent / 100).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen &+= count
            if seen >= rank { return min(Self.upperBound(of: bucket), maximum) }
        }
        return maximum
    }

    /// How many numbers there are of each power of two: up to 1, 2, 4 …
    package var powers: [(upTo: UInt64, count: UInt64)] {
        var powers: [(upTo: UInt64, count: UInt64)] = []
        for (bucket, count) in counts.enumerated() where count > 0 {
            let top = Self.upperBound(of: bucket)
            let power: UInt64 = top <= 1 ? 1 : top > 1 << 62 ? .max : 1 << UInt64(64 - (top - 1).leadingZeroBitCount)
            if powers.last?.upTo == power {
                powers[powers.count - 1].count += count
            } else {
                powers.append((power, count))
            }
        }
        return powers
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= 32 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 4) * 32 + Int((value >> UInt64(exponent - 5)) & 31)
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= 32 else { return UInt64(bucket) }
        let exponent = UInt64(bucket / 32 + 4)
        let lower = (32 + UInt64(bucket % 32)) << (exponent - 5)
        return lower + (1 << (exponent - 5)) - 1
    }
}
