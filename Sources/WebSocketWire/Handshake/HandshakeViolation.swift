/// What is wrong with an opening handshake (RFC 6455 section 4).
package enum HandshakeViolation: Error, Hashable, Sendable {
    case method(expected: String, actual: String)
    case version(expected: HTTPVersion, actual: HTTPVersion)
    case status(expected: Int, actual: Int)
    /// A field is missing or says something else.
    case field(name: String, expected: String, actual: String?)
    /// The server chose a subprotocol that the client did not offer.
    case subprotocol(offered: [String], actual: String)
    /// The server chose an extension that the client did not offer.
    case `extension`(offered: [String], actual: String)
    /// A value to be sent would not stay within its place in the head.
    case unencodable(name: String, value: String)
}

extension HandshakeViolation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .method(let expected, let actual): "handshake: expected method \(expected), found \(actual)"
        case .version(let expected, let actual):
            "handshake: expected HTTP/\(expected.major).\(expected.minor) or later, found HTTP/\(actual.major).\(actual.minor)"
        case .status(let expected, let actual): "handshake: expected status \(expected), found \(actual)"
        case .field(let name, let expected, let actual):
            "handshake: expected \(name): \(expected), found \(actual.map { "'\($0)'" } ?? "no such field")"
        case .subprotocol(let offered, let actual):
            "handshake: expected a subprotocol of \(offered), found '\(actual)'"
        case .extension(let offered, let actual): "handshake: expected extensions of \(offered), found '\(actual)'"
        case .unencodable(let name, let value): "handshake: \(name) cannot have the value '\(value)'"
        }
    }
}

extension HTTPFields {
    func require(_ token: String, in name: String) throws(HandshakeViolation) {
        guard contains(token, in: name) else { throw .field(name: name, expected: token, actual: self[name]) }
    }
}
