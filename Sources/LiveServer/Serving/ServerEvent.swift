internal import Transport

/// Something that a person who runs the server should hear of; its description says it in words.
public enum ServerEvent: Sendable, CustomStringConvertible {
    /// No more connections are accepted for now.
    case acceptingPaused(reason: String)
    /// Connections are accepted again.
    case acceptingGoesOn
    /// A page of another origin asked for a socket.
    case originRefused(origin: String, host: String)
    /// A socket was closed because its client broke a rule or a limit.
    /// - Parameter code: as RFC 6455 section 7.4 has them.
    case socketFailed(remote: String, code: UInt16, reason: String)

    init(_ pause: AcceptPause) {
        switch pause {
        case .connectionLimit(let limit):
            self = .acceptingPaused(reason: "\(limit) connections are open, as many as allowed")
        case .outOfDescriptors(let text): self = .acceptingPaused(reason: text)
        case .over: self = .acceptingGoesOn
        }
    }

    /// What happened, and what to do about it.
    public var description: String {
        switch self {
        case .acceptingPaused(let reason): "accepting paused: \(reason)"
        case .acceptingGoesOn: "accepting goes on"
        case .originRefused(let origin, let host):
            "refused a socket to a page of '\(origin)': this server is '\(host)'; add it to the allowed origins"
        case .socketFailed(let remote, let code, let reason): "closed the socket of \(remote) with \(code): \(reason)"
        }
    }
}

/// Why a server did not start; says what to do.
public enum ServerError: Error, CustomStringConvertible, Sendable {
    /// Its address cannot be had.
    case cannotListen(host: String, port: Int, reason: String)
    /// Its certificate or key cannot be used, or the server was built without TLS.
    case noTLS(reason: String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(Endpoint(host: host, port: port)): \(reason). Is another program there? "
                + "\(Endpoint(host: host, port: 0)) takes a free port."
        case .noTLS(let reason): reason
        }
    }
}
