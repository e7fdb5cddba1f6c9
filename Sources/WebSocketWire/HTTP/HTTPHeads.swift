/// The version in a start line (RFC 9112 section 2.3). The parsers let only HTTP/1.x through.
package struct HTTPVersion: Hashable, Sendable, Comparable {
    package var major: Int
    package var minor: Int

    package static let http10 = HTTPVersion(major: 1, minor: 0)
    package static let http11 = HTTPVersion(major: 1, minor: 1)

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    package static func < (a: HTTPVersion, b: HTTPVersion) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
}

/// A request's start line and fields (RFC 9112 section 3).
package struct HTTPRequestHead: Hashable, Sendable {
    package var method: String
    /// As it was written: path and query, or one of the other forms of RFC 9112 section 3.2.
    package var target: String
    package var version: HTTPVersion
    package var fields: HTTPFields
    /// The head as it was on the wire: empty lines before the request line, and the empty line at the end, included.
    package var bytes: [UInt8]

    /// Reads a head from its bytes.
    /// - Parameter bytes: exactly one head, as in the property `bytes`.
    /// - Returns: nil if `bytes` is not exactly one head.
    package init?(bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) {
        var collector = HTTPHeadCollector<HTTPRequestLine>(limits: limits)
        guard let collected = collector.collectAll(bytes) else { return nil }
        self.init(collected)
    }

    init(_ collected: HTTPHeadCollector<HTTPRequestLine>.Collected) {
        method = collected.startLine.method
        target = collected.startLine.target
        version = collected.startLine.version
        fields = collected.fields
        bytes = collected.bytes
    }

    /// Whether the connection may serve another request after this one (RFC 9112 section 9.3).
    package var keepsConnection: Bool { fields.keepsConnection(version: version) }
}

/// An answer's status line and fields (RFC 9112 section 4).
package struct HTTPResponseHead: Hashable, Sendable {
    package var version: HTTPVersion
    /// 100 to 999.
    package var status: Int
    package var reason: String
    package var fields: HTTPFields
    /// The head as it was on the wire, the empty line at the end included.
    package var bytes: [UInt8]

    /// Reads a head from its bytes.
    /// - Parameter bytes: exactly one head, as in the property `bytes`.
    /// - Returns: nil if `bytes` is not exactly one head.
    package init?(bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) {
        var collector = HTTPHeadCollector<HTTPStatusLine>(limits: limits)
        guard let collected = collector.collectAll(bytes) else { return nil }
        self.init(collected)
    }

    init(_ collected: HTTPHeadCollector<HTTPStatusLine>.Collected) {
        version = collected.startLine.version
        status = collected.startLine.status
        reason = collected.startLine.reason
        fields = collected.fields
        bytes = collected.bytes
    }

    /// Whether the final answer to the same request is still to come (RFC 9110 section 15.2). A 101 is final: it ends HTTP.
    package var isInterim: Bool { (100...199).contains(status) && status != 101 }

    /// Whether the connection may serve another request after this answer (RFC 9112 section 9.3).
    package var keepsConnection: Bool { fields.keepsConnection(version: version) }
}

extension HTTPFields {
    fileprivate func keepsConnection(version: HTTPVersion) -> Bool {
        if contains("close", in: "Connection") { return false }
        return version >= .http11 || contains("keep-alive", in: "Connection")
    }
}
