/// How the end of a message's body is found (RFC 9112 section 6.3).
enum HTTPBodyFraming: Hashable, Sendable {
    case length(UInt64)
    case chunked
    /// Of answers only: the body ends with the connection.
    case untilClose

    static let none = HTTPBodyFraming.length(0)

    init(of request: HTTPRequestHead) throws(HTTPViolation) {
        if let isChunked = try Self.isChunked(request.fields, request.version) {
            // Without a last chunk the end of a request is unknown: the client waits for the answer, not for the close.
            guard isChunked else { throw .transferEncoding(actual: request.fields["Transfer-Encoding"] ?? "") }
            self = .chunked
        } else {
            self = .length(try Self.contentLength(request.fields) ?? 0)
        }
    }

    init(of response: HTTPResponseHead, answering request: HTTPRequestKind) throws(HTTPViolation) {
        switch (response.status, request) {
        case (100...199, _), (204, _), (304, _), (_, .head), (200...299, .connect):
            self = .none
        case (_, .ordinary), (_, .connect):
            if let isChunked = try Self.isChunked(response.fields, response.version) {
                self = isChunked ? .chunked : .untilClose
            } else if let length = try Self.contentLength(response.fields) {
                self = .length(length)
            } else {
                self = .untilClose
            }
        }
    }

    /// Transfer-Encoding wins over Content-Length.
    /// - Returns: whether the last coding is chunked; nil without a coding.
    private static func isChunked(_ fields: HTTPFields, _ version: HTTPVersion) throws(HTTPViolation) -> Bool? {
        guard let text = fields["Transfer-Encoding"] else { return nil }
        let codings = fields.elements(of: "Transfer-Encoding").map { HTTPText.isSame($0, "chunked") }
        guard version >= .http11, !codings.dropLast().contains(true) else { throw .transferEncoding(actual: text) }
        return codings.last ?? false
    }

    /// The same number may be given more than once.
    private static func contentLength(_ fields: HTTPFields) throws(HTTPViolation) -> UInt64? {
        guard let text = fields["Content-Length"] else { return nil }
        let lengths = Set(fields.elements(of: "Content-Length").map(HTTPText.number))
        guard lengths.count == 1, case .some(.some(let length)) = lengths.first else {
            throw .contentLength(actual: text)
        }
        return length
    }
}

/// What of a request decides how its answer is framed.
package enum HTTPRequestKind: Hashable, Sendable {
    case ordinary
    /// The answer has no body, whatever its fields say (RFC 9110 section 9.3.2).
    case head
    /// After a 2xx answer the connection is a tunnel (RFC 9110 section 9.3.6).
    case connect

    /// - Parameter method: as in the request line; methods are case-sensitive.
    package init(method: String) {
        switch method {
        case "HEAD": self = .head
        case "CONNECT": self = .connect
        default: self = .ordinary
        }
    }
}
