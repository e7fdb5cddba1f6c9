import Testing

@testable import livetape

@Suite struct RecordingPaceTests {
    private let second: UInt64 = 1_000_000_000

    @Test func aBrowserIsNotBusyAndALoadTestIs() {
        var pace = RecordingPace()
        pace.look(bytes: 0, at: 5 * second)
        #expect(!pace.isBusy, "nothing is known yet")
        pace.look(bytes: 2_000_000, at: 6 * second)
        #expect(!pace.isBusy)
        pace.look(bytes: 102_000_000, at: 7 * second)
        #expect(pace.isBusy)
        pace.look(bytes: 102_000_100, at: 8 * second)
        #expect(!pace.isBusy, "it is over")
    }

    @Test func twoLooksInAMomentAreOne() {
        var pace = RecordingPace()
        pace.look(bytes: 0, at: 0)
        pace.look(bytes: 50_000_000, at: second)
        pace.look(bytes: 50_000_000, at: second + RecordingPace.interval / 2)
        #expect(pace.isBusy)
        pace.look(bytes: 50_000_000, at: second + RecordingPace.interval)
        #expect(!pace.isBusy)
    }

    @Test func aClockThatStandsStillChangesNothing() {
        var pace = RecordingPace()
        pace.look(bytes: 10, at: second)
        pace.look(bytes: .max, at: second)
        pace.look(bytes: 0, at: 0)
        #expect(!pace.isBusy)
    }
}
