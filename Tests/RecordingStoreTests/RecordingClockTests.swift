import Foundation
import RecordingStore
import Testing

@Suite struct RecordingClockTests {
    /// The wall clock's times differ as the other's do, but where it was set, or the thread was held up between the two.
    @Test func bothTimesMoveTogether() throws {
        let times = (0..<1_000).map { _ in RecordingTime.now() }
        let apart = zip(times, times.dropFirst()).filter { $1.wall &- $0.wall != $1.monotonic &- $0.monotonic }
        #expect(apart.count < 200)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0.monotonic <= $1.monotonic })
        let last = try #require(times.last)
        #expect(abs(Double(last.wall) / 1e9 - Date().timeIntervalSince1970) < 10)
    }
}
