import LiveViewWire

/// A URL's path and query.
struct PagePath: Hashable, Sendable {
    /// Before the `?`.
    var path: String
    /// Behind it; empty if there is none.
    var query: String

    /// Reads `/path?query` or `http://host/path?query`; a fragment is left out. Nil for what is neither.
    init?(_ url: some StringProtocol) {
        var rest = Substring(url)
        if !rest.hasPrefix("/") {
            guard let scheme = rest.firstIndex(of: ":"), rest[scheme...].hasPrefix("://") else { return nil }
            let host = rest[rest.index(scheme, offsetBy: 3)...]
            rest = host[(host.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? host.endIndex)...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        rest = rest[..<(rest.firstIndex(of: "#") ?? rest.endIndex)]
        let mark = rest.firstIndex(of: "?") ?? rest.endIndex
        path = String(rest[..<mark])
        query = String(rest[mark...].dropFirst())
    }

    init(path: String, query: String) {
        self.path = path
        self.query = query
    }

    var text: String { query.isEmpty ? path : "\(path)?\(query)" }

    var segments: [String] { path.split(separator: "/").map { PercentEncoding.decode($0) } }
}

/// What paths a route takes: `/items/:id` takes `/items/7` with the param `id`; `/files/*rest` takes all below.
struct PathPattern: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case literal(String)
        case param(String)
        case rest(String)
    }

    private let parts: [Part]

    init(_ pattern: String) {
        parts = pattern.split(separator: "/").map { part in
            switch part.first {
            case ":": .param(String(part.dropFirst()))
            case "*": .rest(String(part.dropFirst()))
            default: .literal(String(part))
            }
        }
    }

    /// The params of a path; nil if it is another.
    func match(_ segments: [String]) -> [(name: String, value: String)]? {
        var params: [(String, String)] = []
        for (index, part) in parts.enumerated() {
            if case .rest(let name) = part {
                return params + [(name, segments.dropFirst(index).joined(separator: "/"))]
            }
            guard index < segments.count else { return nil }
            switch part {
            case .literal(let text): guard segments[index] == text else { return nil }
            case .param(let name): params.append((name, segments[index]))
            case .rest: break
            }
        }
        return segments.count == parts.count ? params : nil
    }
}
