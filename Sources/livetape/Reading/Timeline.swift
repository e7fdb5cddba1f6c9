import RecordingFormat

/// Turns the times of records into time since the run began.
///
/// The wall clock places the first record that is read; from there on the clock that never goes back counts.
struct Timeline {
    private let start: UInt64?
    private var base: (monotonic: UInt64, elapsed: Int64)?

    /// - Parameter start: when the run began, in nanoseconds since 1970, if that is known.
    init(start: UInt64?) { self.start = start }

    /// Nanoseconds since the run began.
    mutating func elapsed(_ stamp: RecordStamp) -> Int64 {
        let base = self.base ?? (stamp.monotonicNanoseconds, Self.beginning(stamp.wallNanoseconds, start))
        self.base = base
        let since = Int64(bitPattern: stamp.monotonicNanoseconds &- base.monotonic)
        return base.elapsed.addingReportingOverflow(since).partialValue
    }

    private static func beginning(_ wall: UInt64, _ start: UInt64?) -> Int64 {
        guard let start, wall >= start else { return 0 }
        return Int64(clamping: wall - start)
    }
}
