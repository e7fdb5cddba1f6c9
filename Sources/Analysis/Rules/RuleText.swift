internal import Sessions

extension Double {
    /// A share as people read it: 0.914 is `91 %`.
    var asPercent: String { "\(Int((self * 100).rounded())) %" }
}

extension Int {
    /// `1 diff`, `3 diffs`.
    func of(_ one: String, _ many: String? = nil) -> String { "\(self) \(self == 1 ? one : many ?? one + "s")" }
}

extension UInt64 {
    /// Nanoseconds as people read them: `12 ms`, `3.4 s`.
    var asDuration: String {
        guard self >= 1_000_000_000 else { return "\(self / 1_000_000) ms" }
        let tenths = self / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension [MessageFacts] {
    /// Keeps the first three: more is no better evidence.
    mutating func keep(_ facts: MessageFacts) {
        if count < 3 { append(facts) }
    }
}

extension ArraySlice<UInt8> {
    /// Where the other begins to differ: the length of what both begin with.
    func commonPrefix(_ other: Self) -> Int {
        var length = 0
        let limit = Swift.min(count, other.count)
        while length < limit, self[startIndex + length] == other[other.startIndex + length] { length += 1 }
        return length
    }

    /// The length of what both end with, `prefix` letters of both left out.
    func commonSuffix(_ other: Self, after prefix: Int) -> Int {
        var length = 0
        let limit = Swift.min(count, other.count) - prefix
        while length < limit, self[endIndex - 1 - length] == other[other.endIndex - 1 - length] { length += 1 }
        return length
    }
}
