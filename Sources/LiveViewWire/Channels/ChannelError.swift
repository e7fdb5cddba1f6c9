/// Why a WebSocket message is no Channels message, or a Channels message cannot be written: what was expected where.
package struct ChannelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The part of the message: "ref", "topic", "payload".
    package var part: String
    /// Where in the message, in bytes from 0.
    package var offset: Int
    package var expected: String
    package var actual: String

    package init(_ part: String, offset: Int, expected: String, actual: String) {
        self.part = part
        self.offset = offset
        self.expected = expected
        self.actual = actual
    }

    init(_ part: String, _ cause: JSONError) {
        self.init(part, offset: cause.offset, expected: cause.expected, actual: cause.actual)
    }

    package var description: String { "\(part), byte \(offset): expected \(expected), found \(actual)" }
}
