package import NIOCore

/// What a server serves. All calls come on the event loop of the connection.
package protocol ServedApplication: Sendable {
    /// Answers one request: a dead render, a static file.
    ///
    /// HEAD comes as such; the body of its answer is counted and not sent.
    func respond(to request: PageRequest, on loop: any EventLoop) -> PageResponse

    /// A WebSocket or long-poll client asks for a socket. `.refused` answers it, e.g. with 403 or 404.
    ///
    /// The request was checked before: it is a well-formed handshake from an origin that the settings allow. What the
    /// socket sends in this call leaves behind the handshake's answer.
    /// - Parameter output: where the socket says what to send; it holds the socket while it is open.
    func openSocket(for request: PageRequest, on loop: any EventLoop, output: any SocketOutput) -> SocketAnswer
}

/// Whether a client gets its socket.
package enum SocketAnswer {
    case accepted(any ClientSocket)
    case refused(PageResponse)
}

/// Events of one client's socket; all on its event loop.
package protocol ClientSocket: AnyObject {
    /// One whole message, valid UTF-8.
    func received(text: [UInt8])
    func received(binary: [UInt8])
    /// Called once, whatever the reason, also after `drain` and after a close of our own. Nothing is delivered
    /// afterwards.
    func closed()
    /// The server is going down: leave views, nothing more is delivered. The socket is then closed with 1012.
    func drain()
}

/// Where a client's socket says what to send. All on its event loop. Sends of one turn of the loop may be coalesced.
package protocol SocketOutput: AnyObject {
    /// The text must be UTF-8; it is not checked.
    func send(text: [UInt8])
    func send(binary: [UInt8])
    /// Closes the socket behind what was sent. A second call does nothing.
    /// - Parameters:
    ///   - code: one that a close frame may hold (RFC 6455 section 7.4); others become 1011.
    ///   - reason: at most 123 bytes of UTF-8; the rest is cut off.
    func close(code: UInt16, reason: String)
}
