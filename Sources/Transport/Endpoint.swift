/// A host and a port to listen on.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:4001`, `[::1]:4001`, `localhost:0`, `:4001` or `4001` (both: on 127.0.0.1).
    package init(parsing text: String) throws(EndpointError) {
        let (host, port) = try splitAuthority(text.allSatisfy(\.isNumber) ? ":" + text : text)
        guard let port else { throw EndpointError("'\(text)' has no port: write HOST:PORT, as in 127.0.0.1:4001") }
        self.init(host: host.isEmpty ? "127.0.0.1" : host, port: port)
    }

    package var description: String { authority(host: host, port: port) }
}

/// The live-view server behind the proxy: where it is, and whether it speaks TLS.
package struct Target: Hashable, Sendable, CustomStringConvertible {
    package var isSecure: Bool
    package var host: String
    package var port: Int

    /// Reads an `http://`, `https://`, `ws://` or `wss://` URL without a path.
    package init(parsing text: String) throws(EndpointError) {
        let schemes = ["http": false, "ws": false, "https": true, "wss": true]
        guard let mark = text.firstRange(of: "://") else {
            throw EndpointError("'\(text)' has no scheme: write it as http://HOST:PORT or https://HOST")
        }
        guard let isSecure = schemes[text[..<mark.lowerBound].lowercased()] else {
            throw EndpointError("'\(text)': the scheme must be http, https, ws or wss")
        }
        var rest = text[mark.upperBound...]
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains(where: { "/?#@".contains($0) }) else {
            throw EndpointError(
                "'\(text)': a target is a server, so write it without a path: the browser asks for paths")
        }
        let (host, port) = try splitAuthority(String(rest))
        guard !host.isEmpty else { throw EndpointError("'\(text)' has no host") }
        guard port != 0 else { throw EndpointError("'\(text)': no server is reached at port 0") }
        self.isSecure = isSecure
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
    }

    /// Host and port as a `Host` field names them: without the scheme's own port.
    package var authority: String {
        port == (isSecure ? 443 : 80)
            ? Transport.authority(host: host, port: nil) : Transport.authority(host: host, port: port)
    }

    package var origin: String { (isSecure ? "https://" : "http://") + authority }
    package var description: String { origin }
}

/// Why a text is no endpoint; says what would be.
package struct EndpointError: Error, CustomStringConvertible, Sendable {
    package let description: String
    init(_ description: String) { self.description = description }
}

private func authority(host: String, port: Int?) -> String {
    let host = host.contains(":") ? "[\(host)]" : host
    return port.map { "\(host):\($0)" } ?? host
}

private func splitAuthority(_ text: String) throws(EndpointError) -> (host: String, port: Int?) {
    var host = text[...]
    var portText: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
        host = text[text.index(after: text.startIndex)..<end]
        let rest = text[text.index(after: end)...]
        guard rest.isEmpty || rest.hasPrefix(":") else { throw EndpointError("'\(text)': after ']' comes ':PORT'") }
        portText = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.lastIndex(of: ":") {
        guard text.firstIndex(of: ":") == colon else {
            throw EndpointError("'\(text)': write an IPv6 address in brackets, as in [::1]:4001")
        }
        host = text[..<colon]
        portText = text[text.index(after: colon)...]
    }
    guard let portText else { return (String(host), nil) }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText), (0...65535).contains(port)
    else {
        throw EndpointError("'\(text)': a port is a number from 0 to 65535")
    }
    return (String(host), port)
}
