/// Why bytes are recorded as they are.
package enum RawReason: Hashable, Sendable {
    /// The client sent them behind a request for another protocol, before its answer: early frames, or pipelined
    /// requests. Once the answer is known the same parsers find either in these bytes.
    case unansweredUpgrade
    case notHTTP
    /// They stand behind a frame head whose length no parser can follow.
    case unframeable
    /// The connection was switched to a protocol other than WebSocket, or is a CONNECT tunnel.
    case otherProtocol
}

/// What a 101 made of a connection (RFC 6455 section 4).
package struct SocketOpening: Hashable, Sendable {
    package var exchange: UInt64
    /// The target of the request that asked for the socket.
    package var target: String
    /// The `Sec-WebSocket-Protocol` of the 101.
    package var subprotocol: String?
    /// The `Sec-WebSocket-Extensions` of the 101, its lines joined by ", ".
    package var extensions: String?
    /// How many bytes behind the request the client sent before the 101; they were given as raw.
    package var earlyByteCount: UInt64

    package init(
        exchange: UInt64, target: String, subprotocol: String? = nil, extensions: String? = nil,
        earlyByteCount: UInt64 = 0
    ) {
        self.exchange = exchange
        self.target = target
        self.subprotocol = subprotocol
        self.extensions = extensions
        self.earlyByteCount = earlyByteCount
    }
}

/// What the end of one direction's stream means.
package struct ConnectionEnd: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Nothing was under way: the end of a message or of a frame.
        case clean
        /// The end of the stream is the end of this exchange's body (RFC 9112 section 6.3), in place of `messageEnd`.
        case completesBody(exchange: UInt64)
        /// A message whose head was given stays unfinished.
        case tearsMessage(exchange: UInt64)
        /// An HTTP head stays unfinished.
        case tearsHead
        /// A frame stays unfinished.
        case tearsFrame
        /// The direction was raw: what the end tears is not known.
        case raw
    }

    package var outcome: Outcome
    /// What was held back and no step has given: bytes of an unfinished head, of HTTP or of a frame.
    package var heldBytes: [UInt8]
    /// Where the held bytes begin in their direction; without any, how long the direction was.
    package var offset: UInt64

    package init(_ outcome: Outcome, heldBytes: [UInt8] = [], offset: UInt64) {
        self.outcome = outcome
        self.heldBytes = heldBytes
        self.offset = offset
    }
}
