package import RecordingFormat
import WebSocketWire

/// Reads a text twin, line by line, from bytes that are cut in any way.
///
/// It believes nothing: what is not as TextTwin.md says is an error with its place. Memory: one line, and a few numbers
/// for each open connection.
package struct TextTwinReader {
    package struct Settings: Hashable, Sendable {
        /// The longest line that is read, in bytes. Default: 128 MiB.
        package var lineByteLimit = 128 << 20
        /// The longest record that a line may make, in bytes of the recording. Default: 64 MiB, as readers believe.
        package var recordByteLimit = MCAPRecordReader.defaultRecordByteLimit

        package init() {}
    }

    package enum Step: Hashable, Sendable {
        /// All bytes are used.
        case needsBytes
        /// Comes once, before any record.
        case header(TextTwinHeader)
        case record(JournalRecord)
    }

    private let settings: Settings
    /// The line under way.
    private var line: [UInt8] = []
    /// The number of the line under way, from 1.
    package private(set) var lineNumber = 1
    private var expectations: TwinExpectations?

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Reads on from `position`, and moves it behind what it used.
    package mutating func next(_ bytes: Span<UInt8>, at position: inout Int) throws(TextTwinError) -> Step {
        while position < bytes.count {
            let begin = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            guard position - begin <= settings.lineByteLimit - line.count else {
                throw TextTwinError(
                    line: lineNumber, column: settings.lineByteLimit + 1, part: "line",
                    expected: "at most \(settings.lineByteLimit) bytes", actual: "more")
            }
            let piece = bytes.array(begin..<position)
            if line.isEmpty { line = piece } else { line += piece }
            guard position < bytes.count else { return .needsBytes }
            position += 1
            if let step = try endLine() { return step }
        }
        return .needsBytes
    }

    /// The twin is over: what its last line says, if that has no line feed.
    package mutating func end() throws(TextTwinError) -> Step? {
        let step = line.isEmpty ? nil : try endLine()
        guard expectations != nil else {
            throw TextTwinError(
                line: lineNumber, column: 1, part: "header", expected: "a twin's header", actual: "the end")
        }
        return step
    }

    /// - Returns: nil for a blank line or a comment.
    private mutating func endLine() throws(TextTwinError) -> Step? {
        var cursor = TwinCursor(line, number: lineNumber)
        line = []
        defer { lineNumber &+= 1 }
        guard let first = cursor.peek(), first != UInt8(ascii: "#") else { return nil }
        var validator = UTF8Validator()
        if let place = validator.receive(cursor.line.span) ?? validator.end() {
            throw TextTwinError(
                line: lineNumber, column: Int(clamping: place) + 1, part: "line", expected: "UTF-8",
                actual: "other bytes")
        }
        guard let expectations else {
            let header = try TextTwinHeader(&cursor)
            self.expectations = TwinExpectations(header)
            return .header(header)
        }
        let record = try Self.record(&cursor, expectations)
        guard record.contentByteCount <= settings.recordByteLimit else {
            throw cursor.error("line", expected: "a record of at most \(settings.recordByteLimit) bytes", at: 0)
        }
        self.expectations?.passed(record)
        return .record(record)
    }

    private static func record(
        _ cursor: inout TwinCursor, _ expectations: TwinExpectations
    ) throws(TextTwinError) -> JournalRecord {
        try cursor.expect("[", "line")
        let passed = UInt64(bitPattern: try cursor.milliseconds("time"))
        try cursor.expect(",", "line")
        let number = try cursor.unsigned("connection")
        let connection = expectations.connection(number)
        try cursor.expect(",", "line")
        var columns = try TwinColumns(&cursor)
        let sequence = try columns.extras.number(.skip, from: connection.sequence)
        let wall = try columns.extras.number(.wall, from: expectations.wall &+ passed)
        let stamp = RecordStamp(
            connection: number, sequence: sequence, wallNanoseconds: wall,
            monotonicNanoseconds: expectations.monotonic &+ passed)
        let record: JournalRecord
        switch columns.kind {
        case .opcode, .part, .frame, .raw: record = try columns.frame(stamp, connection)
        case .http(let kind): record = try columns.http(kind, stamp, connection)
        case .socket(let kind): record = try columns.socket(kind, stamp, connection)
        case .gap: record = try columns.gap(stamp)
        case .note(let kind): record = try columns.note(kind, stamp)
        }
        try columns.extras.expectNone(columns.kind)
        return record
    }
}

extension JournalRecord {
    /// Bytes that the record takes in a recording, with room for its numbers.
    fileprivate var contentByteCount: Int {
        switch self {
        case .frame(_, let payload), .http(_, let payload): payload.count + 512
        case .socket, .gap, .note, .checkpoint: encoded().count
        }
    }
}

extension TextTwinHeader {
    init(_ cursor: inout TwinCursor) throws(TextTwinError) {
        var version: UInt64?
        var format: UInt64?
        var run: String?
        var file: UInt64?
        var wall: UInt64?
        var monotonic: UInt64?
        var details: [String: String]?
        try cursor.expect("{", "header")
        repeat {
            cursor.skipSpace()
            let place = cursor.position
            let key = try cursor.text("header")
            try cursor.expect(":", key)
            switch key {
            case "livetape_twin" where version == nil: version = try Self.version(&cursor, key, TextTwin.version)
            case "format" where format == nil:
                format = try Self.version(&cursor, key, RecordingFormat.currentVersion)
            case "run" where run == nil: run = try cursor.text(key)
            case "file" where file == nil: file = try cursor.unsigned(key)
            case "wall_ns" where wall == nil: wall = try Self.decimal(&cursor, key)
            case "monotonic_ns" where monotonic == nil: monotonic = try Self.decimal(&cursor, key)
            case "details" where details == nil: details = try Self.details(&cursor)
            default: throw cursor.error("header", expected: "each key that TextTwin.md has once", at: place)
            }
        } while cursor.take(",")
        try cursor.expect("}", "header")
        try cursor.expectEnd("header")
        guard version != nil else { throw cursor.error("header", expected: "livetape_twin", at: 0) }
        guard let run, let wall, let monotonic, let number = UInt32(exactly: file ?? 1), number >= 1 else {
            throw cursor.error("header", expected: "run, wall_ns, monotonic_ns, and file from 1", at: 0)
        }
        guard run.utf8.count <= TextTwin.detailByteLimit else {
            throw cursor.error("run", expected: "a run id of at most \(TextTwin.detailByteLimit) bytes", at: 0)
        }
        self.init(
            preamble: JournalPreamble(runID: run, fileNumber: number, details: details ?? [:]),
            startWallNanoseconds: wall, startMonotonicNanoseconds: monotonic)
    }

    private static func version(
        _ cursor: inout TwinCursor, _ key: String, _ newest: Int
    ) throws(TextTwinError) -> UInt64 {
        cursor.skipSpace()
        let place = cursor.position
        let version = try cursor.unsigned(key)
        guard version >= 1, version <= UInt64(newest) else {
            let advice = version > UInt64(newest) ? "; a newer livetape reads it" : ""
            throw cursor.error(key, expected: "\(key) 1\(newest > 1 ? " to \(newest)" : "")\(advice)", at: place)
        }
        return version
    }

    /// A number of up to 64 bits as a string, which no reader of JSON rounds.
    private static func decimal(_ cursor: inout TwinCursor, _ key: String) throws(TextTwinError) -> UInt64 {
        cursor.skipSpace()
        let place = cursor.position
        let text = try cursor.text(key)
        guard let number = UInt64(text), String(number) == text else {
            throw cursor.error(key, expected: "a string of decimal digits, up to 64 bits", at: place)
        }
        return number
    }

    private static func details(_ cursor: inout TwinCursor) throws(TextTwinError) -> [String: String] {
        var details: [String: String] = [:]
        var byteCount = 0
        try cursor.expect("{", "details")
        if cursor.take("}") { return details }
        repeat {
            cursor.skipSpace()
            let place = cursor.position
            let key = try cursor.text("details")
            guard details[key] == nil, !JournalPreamble.ownKeys.contains(key) else {
                throw cursor.error("details", expected: "a key that is not there yet", at: place)
            }
            try cursor.expect(":", "details")
            let value = try cursor.text("details")
            byteCount += key.utf8.count + value.utf8.count
            guard byteCount <= TextTwin.detailByteLimit else {
                throw cursor.error("details", expected: "at most \(TextTwin.detailByteLimit) bytes", at: place)
            }
            details[key] = value
        } while cursor.take(",")
        try cursor.expect("}", "details")
        return details
    }
}
