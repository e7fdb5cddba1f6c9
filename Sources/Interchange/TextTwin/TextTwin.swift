package import RecordingFormat

/// The text twin of a recording: the same records as lines of text, for git and for the editor.
///
/// TextTwin.md says what stands in a line.
package enum TextTwin {
    /// The version of the twin's own form; the header says it.
    package static let version = 1
    /// The first bytes of each twin that we write, so that one is known under any name.
    package static let signature = Array(#"{"livetape_twin":"#.utf8)
    /// How deep a payload's arrays and objects may be nested to stand as JSON.
    static let depthLimit = 200
    /// Bytes of all details' keys and values: what a recording's first records have room for.
    static let detailByteLimit = 64 << 10
}

/// What a twin says before its first record.
package struct TextTwinHeader: Hashable, Sendable {
    /// What the recording's first file says of itself. The format version is that of the records' words.
    package var preamble: JournalPreamble
    /// The times that all others are counted from, in nanoseconds: the first record's, usually.
    package var startWallNanoseconds: UInt64
    package var startMonotonicNanoseconds: UInt64

    package init(preamble: JournalPreamble, startWallNanoseconds: UInt64, startMonotonicNanoseconds: UInt64) {
        self.preamble = preamble
        self.startWallNanoseconds = startWallNanoseconds
        self.startMonotonicNanoseconds = startMonotonicNanoseconds
    }
}

/// Why a line of a twin cannot be read.
package struct TextTwinError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    /// In bytes, from 1.
    package var column: Int
    /// The part of the line: "time", "payload", "mask".
    package var part: String
    package var expected: String
    package var actual: String

    package init(line: Int, column: Int, part: String, expected: String, actual: String) {
        self.line = line
        self.column = column
        self.part = part
        self.expected = expected
        self.actual = actual
    }

    package var description: String {
        "line \(line), column \(column), \(part): expected \(expected), found \(actual)"
    }
}
