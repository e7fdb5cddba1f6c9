/// A client's opening handshake (RFC 6455 section 4.1).
package struct HandshakeRequest: Hashable, Sendable {
    /// As in the Host field: with the port, unless it is the scheme's own.
    package var host: String
    /// Path and query.
    package var target: String
    package var key: HandshakeKey
    /// In order of preference.
    package var subprotocols: [String]
    /// The elements of `Sec-WebSocket-Extensions`, each with its parameters.
    package var extensions: [String]
    /// Further fields, such as Origin and Cookie, in the order of the wire.
    package var extraFields: [HTTPField]

    package init(
        host: String, target: String, key: HandshakeKey, subprotocols: [String] = [], extensions: [String] = [],
        extraFields: [HTTPField] = []
    ) {
        self.host = host
        self.target = target
        self.key = key
        self.subprotocols = subprotocols
        self.extensions = extensions
        self.extraFields = extraFields
    }

    /// Reads a request as a server does (RFC 6455 section 4.2.1).
    package init(_ head: HTTPRequestHead) throws(HandshakeViolation) {
        try self.init(method: head.method, target: head.target, version: head.version, fields: head.fields)
    }

    /// Reads a request that somebody else has parsed.
    package init(
        method: String, target: String, version: HTTPVersion, fields: HTTPFields
    ) throws(HandshakeViolation) {
        guard method == "GET" else { throw .method(expected: "GET", actual: method) }
        guard version >= .http11 else { throw .version(expected: .http11, actual: version) }
        guard let host = fields["Host"] else { throw .field(name: "Host", expected: "the server", actual: nil) }
        try fields.require("websocket", in: "Upgrade")
        try fields.require("upgrade", in: "Connection")
        let keyText = fields["Sec-WebSocket-Key"]
        guard let key = keyText.flatMap(HandshakeKey.init(text:)) else {
            throw .field(name: "Sec-WebSocket-Key", expected: "16 bytes in Base64", actual: keyText)
        }
        guard fields["Sec-WebSocket-Version"] == "13" else {
            throw .field(name: "Sec-WebSocket-Version", expected: "13", actual: fields["Sec-WebSocket-Version"])
        }
        self.init(
            host: host, target: target, key: key, subprotocols: fields.elements(of: "Sec-WebSocket-Protocol"),
            extensions: fields.webSocketExtensions, extraFields: fields.all.filter { !Self.isOwn($0.name) })
    }

    /// The request as bytes.
    package func encoded() throws(HandshakeViolation) -> [UInt8] {
        guard !target.isEmpty, !target.utf8.contains(where: { HTTPText.isControl($0) || $0 == HTTPText.space }) else {
            throw .unencodable(name: "target", value: target)
        }
        var fields = [
            HTTPField("Host", host), HTTPField("Upgrade", "websocket"), HTTPField("Connection", "Upgrade"),
            HTTPField("Sec-WebSocket-Key", key.text), HTTPField("Sec-WebSocket-Version", "13"),
        ]
        fields += HTTPField.list("Sec-WebSocket-Protocol", subprotocols)
        fields += HTTPField.list("Sec-WebSocket-Extensions", extensions)
        return try HTTPField.encode(startLine: "GET \(target) HTTP/1.1", fields + extraFields)
    }

    /// Fields that the other properties stand for.
    private static func isOwn(_ name: String) -> Bool {
        [
            "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions",
        ].contains { HTTPText.isSame($0, name) }
    }
}

extension HTTPRequestHead {
    /// Whether a 101 to this request opens a socket. More lenient than ``HandshakeRequest/init(_:)``, as the judge is
    /// the server: any key and any version of the protocol.
    package var asksForWebSocket: Bool {
        method == "GET" && version >= .http11 && fields["Sec-WebSocket-Key"] != nil
            && fields.contains("websocket", in: "Upgrade") && fields.contains("upgrade", in: "Connection")
    }
}

extension HTTPFields {
    /// The elements of `Sec-WebSocket-Extensions` over all its lines, each with its parameters (RFC 6455 section 9.1).
    package var webSocketExtensions: [String] { elements(of: "Sec-WebSocket-Extensions") }
}

extension HTTPField {
    /// No field for an empty list.
    static func list(_ name: String, _ elements: [String]) -> [HTTPField] {
        elements.isEmpty ? [] : [HTTPField(name, elements.joined(separator: ", "))]
    }

    static func encode(startLine: String, _ fields: [HTTPField]) throws(HandshakeViolation) -> [UInt8] {
        var text = startLine + "\r\n"
        for field in fields {
            // A line end from elsewhere, such as a recording, would begin a field of its own.
            guard HTTPText.isToken(field.name.utf8),
                !field.value.utf8.contains(where: { HTTPText.isControl($0) && $0 != HTTPText.tab })
            else { throw .unencodable(name: field.name, value: field.value) }
            text += "\(field.name): \(field.value)\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}
