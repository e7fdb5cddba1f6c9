/// What a client offers about permessage-deflate, and what a server makes of it (RFC 7692 section 7.1).
package struct DeflateOffer: Hashable, Sendable {
    /// What the client asks for, or says of itself.
    package var wanted: PermessageDeflate
    /// Whether the server may choose how far back the client's messages refer (section 7.1.2.2).
    package var allowsClientMaxWindowBits: Bool

    /// Reads the offers in a request's `Sec-WebSocket-Extensions` (the values of several are joined by commas first),
    /// in the client's order of preference. Other extensions, and offers with parameters that section 7.1 does not
    /// allow, are passed over: a server declines those (section 7.1). A malformed value offers nothing.
    package static func offers(inRequest headerValue: String?) -> [DeflateOffer] {
        let list = (try? WebSocketExtension.list(in: headerValue ?? "")) ?? []
        return list.filter { $0.name.lowercased() == PermessageDeflate.extensionName }
            .compactMap { try? DeflateOffer(request: $0.parameters) }
    }

    private init(request parameters: [WebSocketExtension.Parameter]) throws(ExtensionError) {
        // Only there may the parameter stand without a value, "15 at most".
        allowsClientMaxWindowBits = parameters.contains { $0.name == "client_max_window_bits" }
        let isBare = { (parameter: WebSocketExtension.Parameter) in
            parameter.name == "client_max_window_bits" && parameter.value == nil
        }
        let bareCount = parameters.count(where: isBare)
        guard bareCount <= 1, bareCount == 0 || parameters.count(where: { $0.name == "client_max_window_bits" }) == 1
        else { throw .repeatedParameter("client_max_window_bits") }
        wanted = try PermessageDeflate(parameters: parameters.filter { !isBare($0) })
    }

    /// What both sides then keep to. A server may always turn context takeover off, on either side, and make its own
    /// window smaller; the client's window only if the client allows that.
    /// - Parameter limits: what the server would have by itself; the stricter of both counts.
    package func accepted(within limits: PermessageDeflate) -> PermessageDeflate {
        func smaller(_ first: Int?, _ second: Int?) -> Int? {
            guard let first, let second else { return first ?? second }
            return min(first, second)
        }
        return PermessageDeflate(
            serverNoContextTakeover: wanted.serverNoContextTakeover || limits.serverNoContextTakeover,
            clientNoContextTakeover: wanted.clientNoContextTakeover || limits.clientNoContextTakeover,
            serverMaxWindowBits: smaller(wanted.serverMaxWindowBits, limits.serverMaxWindowBits),
            clientMaxWindowBits: allowsClientMaxWindowBits
                ? smaller(wanted.clientMaxWindowBits, limits.clientMaxWindowBits) : nil)
    }
}
