internal import NIOHTTP1
internal import WebSocketWire

extension PageRequest {
    /// What became of a request's head.
    enum Made {
        case request(PageRequest)
        case refused(PageResponse)
    }

    /// Reads what NIO has decoded (RFC 9112 section 3).
    static func make(
        _ head: DecodedHead, body: [UInt8], remoteAddress: String, isSecure: Bool, settings: ServerSettings
    ) -> Made {
        let fields = HTTPFields(head.headers.map { HTTPField($0.name, $0.value) })
        let hosts = fields.values(of: "Host")
        guard hosts.count == 1 || hosts.isEmpty && head.version == .http1_0 else {
            return .refused(.problem(400, "A request names its host once; this one does so \(hosts.count) times."))
        }
        guard head.method != .CONNECT, head.method != .TRACE else {
            let allow = HTTPField("Allow", "GET, HEAD, POST")
            return .refused(
                .problem(405, "\(head.method.rawValue) is not answered here.", extraHeaders: [allow]))
        }
        guard let target = pathAndQuery(head.uri) else {
            return .refused(.problem(400, "A request's target begins with a slash; this one is '\(head.uri)'."))
        }
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        var request = PageRequest(
            method: head.method.rawValue, path: String(target[..<mark]), query: String(target[mark...].dropFirst()),
            headers: fields, body: body, remoteAddress: remoteAddress, scheme: isSecure ? "https" : "http",
            host: hosts.first ?? "")
        if settings.trustsForwardedHeaders { request.believeForwardedHeaders() }
        request.transport = transport(of: request, settings)
        return .request(request)
    }

    private static func transport(of request: PageRequest, _ settings: ServerSettings) -> Transport? {
        if request.headers.contains("websocket", in: "Upgrade") { return .webSocket }
        guard let suffix = settings.longPoll.pathSuffix else { return nil }
        return request.path.split(separator: "/").last.map(String.init) == suffix ? .longPoll : nil
    }

    /// The path of `/path`, and of `http://host/path`, which a server must take as well (RFC 9112 section 3.2.2).
    private static func pathAndQuery(_ target: String) -> Substring? {
        guard !target.hasPrefix("/") else {
            return target.prefix { $0 != "#" }
        }
        guard let mark = target.firstRange(of: "://") else { return nil }
        let rest = target[mark.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return "/" }
        return rest[slash...].prefix { $0 != "#" }
    }

    /// The nearest proxy's words are the last ones in each list.
    private mutating func believeForwardedHeaders() {
        if let client = headers.elements(of: "X-Forwarded-For").last { remoteAddress = client }
        if let scheme = headers.elements(of: "X-Forwarded-Proto").last { self.scheme = scheme.lowercased() }
        if let host = headers.elements(of: "X-Forwarded-Host").last { self.host = host }
    }
}

extension PageResponse {
    /// The answer to a head that is no HTTP/1.1, or exceeds a limit.
    static func problem(for error: HTTPParserError) -> PageResponse {
        switch error {
        case .headerOverflow:
            .problem(431, "The request's header fields are too long, or too many.")
        case .invalidMethod: .problem(400, "The request is not HTTP/1.1, or its method is not known here.")
        case .invalidVersion: .problem(400, "This server speaks HTTP/1.1.")
        default: .problem(400, "The request is not well-formed HTTP/1.1.")
        }
    }
}
