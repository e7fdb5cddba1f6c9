/// Why bytes of a recording cannot be read: where, in what, what should have been there and what was.
package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the file the trouble is, in bytes from its beginning; the record's beginning where no better is known.
    package var offset: UInt64
    /// The kind of record, in the words of MCAP and of the format's page: "Message", "Channel", "livetape.Frame".
    package var record: String
    package var expected: String
    package var actual: String
    /// What the user can do, if there is anything.
    package var advice: String?

    package init(offset: UInt64, record: String, expected: String, actual: String, advice: String? = nil) {
        self.offset = offset
        self.record = record
        self.expected = expected
        self.actual = actual
        self.advice = advice
    }

    package var description: String {
        let fact = "byte \(offset), \(record): expected \(expected), found \(actual)"
        return advice.map { "\(fact). \($0)" } ?? fact
    }
}
