import RecordingFormat
import RecordingStore

/// What could not be read, for the end of a command.
struct Problems {
    private var lines: [String] = []
    private var unlisted: UInt64 = 0
    private(set) var undecodable: UInt64 = 0
    private(set) var gaps: UInt64 = 0

    /// A badly damaged file has thousands: so many are listed.
    private static let listed = 10

    var isEmpty: Bool { lines.isEmpty && undecodable == 0 && gaps == 0 }

    mutating func add(_ skipped: SkippedBytes) { add("\(skipped)") }

    mutating func add(_ missing: MissingRecords) { add("\(missing)") }

    mutating func add(_ gap: GapRecord) { gaps += 1 }

    mutating func add(_ message: SocketMessage) {
        if message.isUndecodable { undecodable += 1 }
    }

    mutating func add(_ line: String) {
        if lines.count < Self.listed { lines.append(line) } else { unlisted += 1 }
    }

    /// For standard error; empty if all is well.
    func summary() -> [String] {
        var summary = lines
        if unlisted > 0 { summary.append("and \(unlisted) more such places: 'livetape verify' lists them all") }
        if gaps > 0 { summary.append("\(counted(gaps, "gap")): the recorder could not write everything") }
        if undecodable > 0 { summary.append("\(counted(undecodable, "message")) could not be decoded") }
        return summary
    }
}
