package import WebSocketWire

/// What of a connection goes into the recording.
package struct RecorderSettings: Sendable {
    /// Which HTTP bodies are recorded.
    package enum Bodies: String, Sendable, CaseIterable {
        case none
        /// HTML pages, and both bodies of long polls.
        case html
        case all
    }

    package var bodies = Bodies.html
    /// Of a longer body only the first bytes are recorded. Default: 8 MiB.
    package var bodyByteLimit: UInt64 = 8 << 20
    package var sockets = SocketFilter()
    package var httpLimits = HTTPLimits()
    /// The target's host and port as a redirect would name it: to notice one that leads past the proxy.
    package var targetAuthority = ""

    package init() {}
}

/// Chooses the sockets to record by the path of their request.
package struct SocketFilter: Sendable {
    /// If not empty, only sockets whose path matches one of these are recorded.
    package var only: [String] = []
    /// Sockets whose path matches one of these are not recorded.
    package var ignore: [String] = []

    package init() {}

    /// A pattern matches a path that equals it, that it is a prefix of up to a `/`, or, with a `*`, what the `*` stands for.
    package func records(target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        if ignore.contains(where: { Self.matches($0, path) }) { return false }
        return only.isEmpty || only.contains { Self.matches($0, path) }
    }

    static func matches(_ pattern: String, _ path: Substring) -> Bool {
        guard pattern.contains("*") else {
            return path == pattern || path.hasPrefix(pattern.hasSuffix("/") ? pattern : pattern + "/")
        }
        let literals = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = literals.first, let last = literals.last, path.hasPrefix(first) else { return false }
        var rest = path.dropFirst(first.count)
        for literal in literals.dropFirst().dropLast() where !literal.isEmpty {
            guard let found = rest.firstRange(of: literal) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
