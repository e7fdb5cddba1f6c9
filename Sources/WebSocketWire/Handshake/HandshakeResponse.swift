/// A server's consent to an opening handshake (RFC 6455 section 4.2.2).
package struct HandshakeResponse: Hashable, Sendable {
    /// The value of `Sec-WebSocket-Accept`.
    package var accept: String
    package var subprotocol: String?
    /// The elements of `Sec-WebSocket-Extensions`, each with its parameters.
    package var extensions: [String]
    /// Further fields, such as Set-Cookie, in the order of the wire.
    package var extraFields: [HTTPField]

    /// The answer that opens the socket.
    package init(
        accepting request: HandshakeRequest, subprotocol: String? = nil, extensions: [String] = [],
        extraFields: [HTTPField] = []
    ) {
        accept = request.key.accept
        self.subprotocol = subprotocol
        self.extensions = extensions
        self.extraFields = extraFields
    }

    /// Reads an answer and checks it as a client must (RFC 6455 section 4.1).
    package init(_ head: HTTPResponseHead, to request: HandshakeRequest) throws(HandshakeViolation) {
        let fields = head.fields
        guard head.status == 101 else { throw .status(expected: 101, actual: head.status) }
        try fields.require("websocket", in: "Upgrade")
        try fields.require("upgrade", in: "Connection")
        let accept = fields["Sec-WebSocket-Accept"]
        guard accept == request.key.accept else {
            throw .field(name: "Sec-WebSocket-Accept", expected: request.key.accept, actual: accept)
        }
        if let subprotocol = fields["Sec-WebSocket-Protocol"], !request.subprotocols.contains(subprotocol) {
            throw .subprotocol(offered: request.subprotocols, actual: subprotocol)
        }
        let offered = request.extensions.map(Self.extensionName)
        for element in fields.webSocketExtensions where !offered.contains(Self.extensionName(element)) {
            throw .extension(offered: request.extensions, actual: element)
        }
        self.init(
            accepting: request, subprotocol: fields["Sec-WebSocket-Protocol"], extensions: fields.webSocketExtensions,
            extraFields: fields.all.filter { !Self.isOwn($0.name) })
    }

    /// The answer as bytes.
    package func encoded() throws(HandshakeViolation) -> [UInt8] {
        var fields = [
            HTTPField("Upgrade", "websocket"), HTTPField("Connection", "Upgrade"),
            HTTPField("Sec-WebSocket-Accept", accept),
        ]
        fields += HTTPField.list("Sec-WebSocket-Protocol", subprotocol.map { [$0] } ?? [])
        fields += HTTPField.list("Sec-WebSocket-Extensions", extensions)
        return try HTTPField.encode(startLine: "HTTP/1.1 101 Switching Protocols", fields + extraFields)
    }

    /// The part of an element before its parameters.
    private static func extensionName(_ element: String) -> String {
        HTTPText.elements(of: element, separator: 0x3b).first ?? ""
    }

    /// Fields that the other properties stand for.
    private static func isOwn(_ name: String) -> Bool {
        [
            "Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
        ].contains { HTTPText.isSame($0, name) }
    }
}
