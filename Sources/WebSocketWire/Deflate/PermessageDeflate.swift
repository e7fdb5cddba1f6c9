/// What client and server agreed on about permessage-deflate (RFC 7692 section 7.1).
package struct PermessageDeflate: Hashable, Sendable {
    package static let extensionName = "permessage-deflate"

    /// The server's messages do not refer to earlier ones (section 7.1.1.1).
    package var serverNoContextTakeover: Bool
    /// The client's messages do not refer to earlier ones (section 7.1.1.2).
    package var clientNoContextTakeover: Bool
    /// How far back the server's messages refer, at most: 2^8 to 2^15 bytes; nil is the same as 15 (section 7.1.2.1).
    package var serverMaxWindowBits: Int?
    /// How far back the client's messages refer, at most: 2^8 to 2^15 bytes; nil is the same as 15 (section 7.1.2.2).
    package var clientMaxWindowBits: Int?

    package init(
        serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false,
        serverMaxWindowBits: Int? = nil, clientMaxWindowBits: Int? = nil
    ) {
        self.serverNoContextTakeover = serverNoContextTakeover
        self.clientNoContextTakeover = clientNoContextTakeover
        self.serverMaxWindowBits = serverMaxWindowBits
        self.clientMaxWindowBits = clientMaxWindowBits
    }

    /// Reads what was agreed on from the response's `Sec-WebSocket-Extensions` (the values of several are joined by
    /// commas first). Other extensions are passed over.
    /// - Returns: nil if permessage-deflate is not among them.
    package static func negotiated(inResponse headerValue: String?) throws(ExtensionError) -> PermessageDeflate? {
        let list = try WebSocketExtension.list(in: headerValue ?? "")
        let found = list.filter { $0.name.lowercased() == extensionName }
        guard let only = found.first else { return nil }
        guard found.count == 1 else { throw .repeatedExtension }
        return try PermessageDeflate(parameters: only.parameters)
    }

    init(parameters: [WebSocketExtension.Parameter]) throws(ExtensionError) {
        self.init()
        var seen: Set<String> = []
        for parameter in parameters {
            guard seen.insert(parameter.name).inserted else { throw .repeatedParameter(parameter.name) }
            switch parameter.name {
            case "server_no_context_takeover": serverNoContextTakeover = try Self.flag(parameter)
            case "client_no_context_takeover": clientNoContextTakeover = try Self.flag(parameter)
            case "server_max_window_bits": serverMaxWindowBits = try Self.windowBits(parameter)
            case "client_max_window_bits": clientMaxWindowBits = try Self.windowBits(parameter)
            default: throw .unknownParameter(parameter.name)
            }
        }
    }

    private static func flag(_ parameter: WebSocketExtension.Parameter) throws(ExtensionError) -> Bool {
        guard parameter.value == nil else {
            throw .invalidValue(parameter: parameter.name, value: parameter.value)
        }
        return true
    }

    /// "8" to "15"; a leading zero or a sign is not allowed.
    private static func windowBits(_ parameter: WebSocketExtension.Parameter) throws(ExtensionError) -> Int {
        guard let bits = (8...15).first(where: { String($0) == parameter.value }) else {
            throw .invalidValue(parameter: parameter.name, value: parameter.value)
        }
        return bits
    }

    /// The value of a response's `Sec-WebSocket-Extensions` that says this.
    package var responseText: String { text(offering: false) }

    /// The value of a request's `Sec-WebSocket-Extensions` that offers this. It always holds `client_max_window_bits`,
    /// with a value or without: so the server may choose it (section 7.1.2.2).
    package var offerText: String { text(offering: true) }

    private func text(offering: Bool) -> String {
        var offer = WebSocketExtension(name: Self.extensionName)
        func add(_ name: String, _ value: Int?) {
            offer.parameters.append(.init(name: name, value: value.map(String.init)))
        }
        if serverNoContextTakeover { add("server_no_context_takeover", nil) }
        if clientNoContextTakeover { add("client_no_context_takeover", nil) }
        if let bits = serverMaxWindowBits { add("server_max_window_bits", bits) }
        if clientMaxWindowBits != nil || offering { add("client_max_window_bits", clientMaxWindowBits) }
        return offer.text
    }
}

// MARK: - One direction

extension PermessageDeflate {
    /// Whether this peer's messages may refer to earlier ones.
    package func contextTakeover(of sender: Peer) -> Bool {
        switch sender {
        case .client: !clientNoContextTakeover
        case .server: !serverNoContextTakeover
        }
    }

    /// How far back this peer's messages refer, at most: 2^8 to 2^15 bytes.
    package func windowBits(of sender: Peer) -> Int {
        switch sender {
        case .client: clientMaxWindowBits ?? 15
        case .server: serverMaxWindowBits ?? 15
        }
    }

    /// Inflates what this peer sends.
    package func inflater(for sender: Peer) -> Inflater {
        Inflater(contextTakeover: contextTakeover(of: sender))
    }

    /// Deflates what this peer sends.
    /// - Parameter level: 1 (fast) to 9 (small).
    package func deflater(for sender: Peer, level: Int = 6) -> Deflater {
        Deflater(windowBits: windowBits(of: sender), contextTakeover: contextTakeover(of: sender), level: level)
    }
}
