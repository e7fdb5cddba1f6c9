import Interchange
import RecordingFormat
import Testing

/// The time of a line: milliseconds since the line before, exact to the nanosecond, however a program writes the number.
@Suite struct TwinTimeTests {
    private func nanoseconds(_ time: String) throws(TextTwinError) -> Int64? {
        let header = String(decoding: twin(of: []), as: UTF8.self)
        let talk = try TwinTalk([Array((header + "[\(time),0,null,\"rotated\",null]\n").utf8)])
        return talk.records.first.map {
            Int64(bitPattern: $0.stamp.monotonicNanoseconds &- testHeader.startMonotonicNanoseconds)
        }
    }

    @Test(arguments: [
        ("0", 0), ("1", 1_000_000), ("1.5", 1_500_000), ("0.000034", 34), ("3.4e-05", 34), ("3.4E-5", 34),
        ("1e3", 1_000_000_000),
        ("-2.25e+1", -22_500_000), ("1.0000010", 1_000_001), ("9223372036854.775807", Int64.max),
    ])
    func isReadExactly(time: String, expected: Int64) throws {
        #expect(try nanoseconds(time) == expected)
    }

    @Test(arguments: [
        "", "-", "1.", ".5", "01", "1e", "1e-", "0.0000001", "1e-7", "1e99", "1ee3", "1-2", "9223372036854.775808",
        "--1", "1e100",
    ])
    func elseItIsRefused(time: String) {
        #expect(throws: TextTwinError.self) { try nanoseconds(time) }
    }
}
