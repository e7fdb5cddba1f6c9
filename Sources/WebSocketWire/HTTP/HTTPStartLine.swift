/// The first line of a head: what makes a request's head differ from an answer's.
protocol HTTPStartLine: Hashable, Sendable {
    /// Whether empty lines may stand before it.
    static var mayFollowEmptyLines: Bool { get }
    /// Whether a line can have `byte` at `index`; tells other protocols by their first bytes, before a line ends.
    static func accepts(_ byte: UInt8, at index: Int, afterSpace: Bool) -> Bool
    init(line: ArraySlice<UInt8>) throws(HTTPViolation)
}

struct HTTPRequestLine: HTTPStartLine {
    var method: String
    var target: String
    var version: HTTPVersion

    /// RFC 9112 section 2.2: some clients end a body with a line end that does not belong to it.
    static let mayFollowEmptyLines = true

    static func accepts(_ byte: UInt8, at index: Int, afterSpace: Bool) -> Bool {
        if afterSpace || (index == 0 && byte == HTTPText.carriageReturn) {
            return !HTTPText.isControl(byte) || byte == HTTPText.carriageReturn
        }
        return HTTPText.isTokenByte(byte) || (index > 0 && byte == HTTPText.space)
    }

    init(line: ArraySlice<UInt8>) throws(HTTPViolation) {
        let parts = line.split(separator: HTTPText.space, omittingEmptySubsequences: false)
        guard parts.count == 3, HTTPText.isToken(parts[0]), !parts[1].isEmpty else { throw .startLine }
        version = try HTTPVersion(name: parts[2])
        method = HTTPText.string(parts[0])
        target = HTTPText.string(parts[1])
    }
}

struct HTTPStatusLine: HTTPStartLine {
    var version: HTTPVersion
    var status: Int
    var reason: String

    static let mayFollowEmptyLines = false

    private static let beginning = Array("HTTP/1.".utf8)

    static func accepts(_ byte: UInt8, at index: Int, afterSpace: Bool) -> Bool {
        if index < beginning.count { return byte == beginning[index] }
        return !HTTPText.isControl(byte) || byte == HTTPText.tab || byte == HTTPText.carriageReturn
    }

    /// The reason may be missing, with the space before it.
    init(line: ArraySlice<UInt8>) throws(HTTPViolation) {
        let parts = line.split(separator: HTTPText.space, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2 else { throw .startLine }
        version = try HTTPVersion(name: parts[0])
        guard parts[1].count == 3, let status = HTTPText.number(HTTPText.string(parts[1])), status >= 100 else {
            throw .startLine
        }
        self.status = Int(status)
        reason = parts.count == 3 ? HTTPText.string(parts[2]) : ""
    }
}

extension HTTPVersion {
    /// Reads `HTTP/1.1` and the like.
    fileprivate init(name: ArraySlice<UInt8>) throws(HTTPViolation) {
        guard name.count == 8, name.starts(with: "HTTP/".utf8), name[name.startIndex + 6] == 0x2e,
            let major = Self.digit(name[name.startIndex + 5]), let minor = Self.digit(name[name.startIndex + 7])
        else { throw .startLine }
        guard major == 1 else { throw .version(actual: HTTPText.string(name)) }
        self.init(major: major, minor: minor)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (0x30...0x39).contains(byte) ? Int(byte) - 0x30 : nil
    }
}
