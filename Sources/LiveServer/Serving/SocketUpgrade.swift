internal import NIOCore
internal import NIOHTTP1
internal import WebSocketWire

/// The opening handshake of a WebSocket, as a server sees it (RFC 6455 section 4.2).
enum SocketUpgrade {
    enum Outcome {
        /// The connection that goes on, and the fields of the 101.
        case agreed(WebSocketConnection, [HTTPField])
        case refused(PageResponse)
    }

    static func agree(on request: PageRequest, version: NIOHTTP1.HTTPVersion, _ loop: ServingLoop) -> Outcome {
        let handshake: HandshakeRequest
        do throws(HandshakeViolation) {
            handshake = try HandshakeRequest(
                method: request.method, target: request.path,
                version: WebSocketWire.HTTPVersion(major: version.major, minor: version.minor), fields: request.headers)
        } catch {
            return .refused(refusal(of: error))
        }
        let settings = loop.settings
        let origin = request.headers["Origin"]
        if let reason = settings.origins.refusal(origin: origin, host: request.host, scheme: request.scheme) {
            loop.onEvent(.originRefused(origin: origin ?? "", host: request.host))
            return .refused(.problem(403, reason))
        }
        let offers = handshake.extensions.joined(separator: ", ")
        let compression = SocketCompression(offers: offers, settings.socket.compression)
        let connection = WebSocketConnection(loop: loop, compression: compression)
        switch loop.application.openSocket(for: request, on: loop.eventLoop, output: connection) {
        case .refused(let response):
            connection.phase = .closed
            return .refused(response)
        case .accepted(let socket):
            connection.socket = socket
            return .agreed(connection, fields(handshake, compression, settings.socket))
        }
    }

    private static func fields(
        _ request: HandshakeRequest, _ compression: SocketCompression?, _ settings: SocketSettings
    ) -> [HTTPField] {
        var fields = [
            HTTPField("Upgrade", "websocket"), HTTPField("Connection", "Upgrade"),
            HTTPField("Sec-WebSocket-Accept", request.key.accept),
        ]
        if let chosen = request.subprotocols.first(where: settings.subprotocols.contains) {
            fields.append(HTTPField("Sec-WebSocket-Protocol", chosen))
        }
        if let compression {
            fields.append(HTTPField("Sec-WebSocket-Extensions", compression.agreement.responseText))
        }
        return fields
    }

    private static func refusal(of violation: HandshakeViolation) -> PageResponse {
        let version = HTTPField("Sec-WebSocket-Version", "13")
        switch violation {
        case .method:
            return .problem(
                405, "A WebSocket is asked for by GET: \(violation)", extraHeaders: [HTTPField("Allow", "GET")])
        case .field(name: "Sec-WebSocket-Version", _, _):
            return .problem(426, "\(violation)", extraHeaders: [version, HTTPField("Upgrade", "websocket")])
        case .version, .status, .field, .subprotocol, .extension, .unencodable: return .problem(400, "\(violation)")
        }
    }
}
