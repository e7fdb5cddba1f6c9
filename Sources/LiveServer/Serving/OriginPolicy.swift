/// Which pages may open sockets. A browser names the page in `Origin`; other clients have no page and send none, so
/// they always may.
public enum OriginPolicy: Hashable, Sendable {
    /// Pages from this server: the origin's host and port are those of the request's `Host`.
    case sameHost
    /// These, as `https://example.com` or, for any scheme and port, `//example.com`; `//*.example.com` for all below.
    case list([String])
    /// All pages: a page of anybody may then act with the cookies of whoever visits it.
    case any

    /// - Returns: nil if the page may, or why not and what to set.
    func refusal(origin: String?, host: String, scheme: String) -> String? {
        guard let origin else { return nil }
        switch self {
        case .any: return nil
        case .sameHost:
            guard let page = OriginParts(origin), page.isSame(scheme: scheme, authority: host) else {
                return "The page's origin is '\(origin)', and this server is '\(host)'. Only its own pages may open a "
                    + "socket. To allow that page, start the server with '\(origin)' in its list of allowed origins."
            }
            return nil
        case .list(let allowed):
            guard allowed.contains(where: { Self.matches(origin, $0) }) else {
                return "The page's origin is '\(origin)'. Allowed are: \(allowed.joined(separator: ", ")). To allow "
                    + "that page, start the server with '\(origin)' in its list of allowed origins."
            }
            return nil
        }
    }

    private static func matches(_ origin: String, _ pattern: String) -> Bool {
        guard pattern.hasPrefix("//") else {
            guard let page = OriginParts(origin), let wanted = OriginParts(pattern) else { return false }
            return page == wanted
        }
        guard let page = OriginParts(origin) else { return false }
        let host = pattern.dropFirst(2).lowercased()
        return host.hasPrefix("*.") ? page.host.hasSuffix(host.dropFirst()) : page.host == host
    }
}

/// Scheme, host and port, in lower case, with the scheme's own port if none is written.
private struct OriginParts: Hashable {
    var scheme: String
    var host: String
    var port: String

    init?(_ origin: String) {
        guard let mark = origin.firstRange(of: "://") else { return nil }
        self.init(scheme: origin[..<mark.lowerBound].lowercased(), authority: origin[mark.upperBound...])
    }

    private init?(scheme: String, authority: some StringProtocol) {
        guard !authority.isEmpty, !authority.contains(where: { "/?#@".contains($0) }) else { return nil }
        let text = authority.lowercased()
        let hostEnd = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        let host = text[..<(hostEnd ?? text.endIndex)]
        let rest = text[(hostEnd ?? text.endIndex)...]
        guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
        self.scheme = scheme
        self.host = String(host)
        port = rest.count > 1 ? String(rest.dropFirst()) : ["http": "80", "https": "443"][scheme] ?? ""
    }

    /// The scheme is not compared: a proxy in front may speak TLS where this server does not.
    func isSame(scheme: String, authority: String) -> Bool {
        guard let own = OriginParts(scheme: scheme, authority: authority), own.host == host else { return false }
        return own.port == port || authority.lowercased() == host && ["80", "443"].contains(port)
    }
}
