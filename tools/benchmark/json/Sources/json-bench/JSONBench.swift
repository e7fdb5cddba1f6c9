import Foundation
import LiveViewWire

/// Reads the messages of a file, one a line, in each way that there is; prints `{"way":MB/s,…}`.
@main struct JSONBench {
    /// How long each way is measured.
    private static let time = Duration.milliseconds(500)

    static func main() throws {
        guard let path = CommandLine.arguments.dropFirst().first else { throw CocoaError(.fileReadNoSuchFile) }
        let lines = try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n"))
        let messages = lines.map { [UInt8]($0) }
        let copies = lines.map { Data($0) }
        let bytes = messages.reduce(0) { $0 + $1.count }
        var tape = JSONTape()
        let ways: [(String, () throws -> Void)] = [
            ("foundation", { for copy in copies { use(try JSONSerialization.jsonObject(with: copy)) } }),
            ("values", { for message in messages { use(try JSONValue(message.span)) } }),
            (
                "tape",
                {
                    for message in messages {
                        try tape.read(message.span)
                        use(tape.count)
                    }
                }
            ),
            (
                "skip",
                {
                    for message in messages {
                        var reader = JSONReader(0..<message.count)
                        use(try reader.skip(message.span))
                    }
                }
            ),
        ]
        let speeds = try ways.map { "\"\($0)\":\(try speed(of: $1, bytes))" }
        print("{\(speeds.joined(separator: ","))}")
    }

    /// MB/s, as often as it goes in the time.
    private static func speed(of work: () throws -> Void, _ bytes: Int) throws -> Double {
        try work()
        let clock = ContinuousClock()
        let start = clock.now
        var passes = 0
        while clock.now - start < time {
            try work()
            passes += 1
        }
        return Double(passes * bytes) / 1e6 / ((clock.now - start) / .seconds(1))
    }

    /// So that nothing is left out because nobody needs it.
    @inline(never)
    private static func use<Value>(_: Value) {}
}
