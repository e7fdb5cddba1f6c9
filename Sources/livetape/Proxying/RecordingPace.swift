/// Tells whether so much is being recorded that sealing beside it would be in the way: it reads, compresses and writes
/// as much again, and what looks like an idle processor is often half of one.
struct RecordingPace {
    /// More bytes a second than this are busy: no browser's session comes near it. 20 MB/s.
    static let busyBytesPerSecond: UInt64 = 20_000_000
    /// Nanoseconds between two looks. 100 ms.
    static let interval: UInt64 = 100_000_000

    private var last: (time: UInt64, bytes: UInt64)?
    private(set) var isBusy = false

    /// - Parameters:
    ///   - bytes: how many have passed through the proxy so far.
    ///   - time: monotonic nanoseconds.
    mutating func look(bytes: UInt64, at time: UInt64) {
        guard let last else {
            self.last = (time, bytes)
            return
        }
        guard time >= last.time, time - last.time >= Self.interval else { return }
        let passed = Double(bytes &- last.bytes)
        isBusy = passed * 1e9 > Double(Self.busyBytesPerSecond) * Double(time - last.time)
        self.last = (time, bytes)
    }
}
