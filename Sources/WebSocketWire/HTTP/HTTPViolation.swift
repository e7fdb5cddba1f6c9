/// Why a direction of a connection cannot be read as HTTP/1.1 (RFC 9112) any further.
///
/// All of them are the peer's doing, or that of a protocol which is not HTTP; nothing is wrong with the connection
/// itself, and its bytes go on unparsed.
package enum HTTPViolation: Error, Hashable, Sendable {
    /// A message begins with bytes that no request line or status line has (RFC 9112 sections 3 and 4).
    case startLine
    /// The start line names a version other than HTTP/1.x, such as that of HTTP/2's preface.
    case version(actual: String)
    /// A field line without a name, without a colon, or with a byte that it cannot have (RFC 9112 section 5).
    case fieldLine(number: Int)
    case headTooLong(limit: Int)
    case tooManyFields(limit: Int)
    /// Not a number, too large a number, or two different ones (RFC 9112 section 6.3).
    case contentLength(actual: String)
    /// A coding that leaves the end of the message unknown (RFC 9112 section 6.3), or one in HTTP/1.0 (section 6.1).
    case transferEncoding(actual: String)
    /// A chunk line that does not begin with a hexadecimal number below 2^63 (RFC 9112 section 7.1).
    case chunkSize
    /// No line end behind a chunk's data.
    case chunkEnd
    case chunkLineTooLong(limit: Int)
    case trailersTooLong(limit: Int)
    case tooManyUnansweredRequests(limit: Int)
    /// The server speaks although no request waits for an answer.
    case unrequestedAnswer
    /// The server switches protocols although no complete request asked for it.
    case unrequestedSwitch
    /// A request that asks for another protocol, sent while an earlier one still waits, with more bytes behind it.
    case secondSwitchUnanswered
    /// The other direction is not HTTP any more, so that requests and answers cannot be paired.
    case otherDirection
}

extension HTTPViolation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .startLine: "expected an HTTP/1.1 start line, found other bytes"
        case .version(let actual): "expected version HTTP/1.x, found \(actual)"
        case .fieldLine(let number): "expected 'name: value' in field line \(number), found other bytes"
        case .headTooLong(let limit): "head is longer than the limit of \(limit) bytes"
        case .tooManyFields(let limit): "head has more than the limit of \(limit) fields"
        case .contentLength(let actual): "expected one number as Content-Length, found '\(actual)'"
        case .transferEncoding(let actual): "expected chunked as the last Transfer-Encoding, found '\(actual)'"
        case .chunkSize: "expected a hexadecimal chunk size below 2^63, found other bytes"
        case .chunkEnd: "expected a line end behind a chunk, found other bytes"
        case .chunkLineTooLong(let limit): "chunk line is longer than the limit of \(limit) bytes"
        case .trailersTooLong(let limit): "trailers are longer than the limit of \(limit) bytes"
        case .tooManyUnansweredRequests(let limit): "more than the limit of \(limit) requests wait for an answer"
        case .unrequestedAnswer: "the server sent bytes although no request waits for an answer"
        case .unrequestedSwitch: "the server switched protocols although no complete request asked for it"
        case .secondSwitchUnanswered: "two requests for another protocol wait for an answer, with bytes behind them"
        case .otherDirection: "the other direction is not HTTP any more"
        }
    }
}
