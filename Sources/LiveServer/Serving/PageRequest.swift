package import WebSocketWire

/// One HTTP request, whole.
package struct PageRequest: Sendable {
    /// How a client asks for a socket.
    package enum Transport: Hashable, Sendable {
        case webSocket
        case longPoll
    }

    /// In upper case, as HTTP has them: `GET`.
    package var method: String
    /// Before the `?`, as it was written: `/users/a%20b`.
    package var path: String
    /// Behind the `?`, as it was written; empty if there is none.
    package var query: String
    /// Names are compared whatever their case: `request.headers["cookie"]`.
    package var headers: HTTPFields
    package var body: [UInt8]
    /// The client's address without the port; of the last proxy, if there is one.
    package var remoteAddress: String
    /// `http` or `https`, as the client sees it.
    package var scheme: String
    /// Host and port as the client sees them: the `Host` field.
    package var host: String
    /// Set when the request asks for a socket.
    package var transport: Transport?

    package init(
        method: String = "GET", path: String, query: String = "", headers: HTTPFields = HTTPFields(),
        body: [UInt8] = [], remoteAddress: String = "", scheme: String = "http", host: String = "localhost",
        transport: Transport? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.scheme = scheme
        self.host = host
        self.transport = transport
    }

    /// The path's parts between slashes, percent-decoded; empty parts are left out: `/users//a%20b` is `users`, `a b`.
    package var segments: [String] {
        path.split(separator: "/").map { PercentEncoding.decode($0) }
    }

    /// The query's parameters in order, decoded as forms are (`+` is a space).
    package var parameters: [(name: String, value: String)] { PercentEncoding.parameters(of: query) }

    /// The first parameter of that name.
    package func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The cookies in order (RFC 6265 section 4.2.1), as they were written, quotes around a value taken off.
    package var cookies: [(name: String, value: String)] {
        headers.values(of: "Cookie").flatMap { $0.split(separator: ";") }.compactMap { pair in
            let pair = pair.trimmingBlanks
            guard let mark = pair.firstIndex(of: "=") else { return nil }
            var value = pair[pair.index(after: mark)...]
            if value.utf8.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            return (String(pair[..<mark]), String(value))
        }
    }

    /// The value of the first cookie of that name.
    package func cookie(_ name: String) -> String? { cookies.first { $0.name == name }?.value }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
