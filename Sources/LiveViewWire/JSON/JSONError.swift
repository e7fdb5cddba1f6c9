/// Why bytes are not the JSON that was wanted: where, what should have been there, and what was.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the bytes given the trouble is, from 0.
    package var offset: Int
    package var expected: String
    package var actual: String

    package init(offset: Int, expected: String, actual: String) {
        self.offset = offset
        self.expected = expected
        self.actual = actual
    }

    package var description: String { "byte \(offset): expected \(expected), found \(actual)" }
}

/// What a JSON value is (RFC 8259 section 3).
package enum JSONKind: Hashable, Sendable {
    case object, array, string, number, boolean, null
}

/// What a reader of JSON puts up with.
package struct JSONLimits: Hashable, Sendable {
    /// How deep arrays and objects may lie in one another; at most 512, whatever is set. Default 256: pages nest a
    /// few tens deep.
    package var maximumDepth: Int

    package init(maximumDepth: Int = 256) { self.maximumDepth = min(maximumDepth, 512) }
}
