/// Reads both directions of one connection: HTTP/1.1 first, then the frames of the socket that a 101 opens.
///
/// It stands beside the connection, and each byte is given to it once. What is not HTTP is nothing to fail at: it comes
/// out as raw bytes. The rules:
///
/// * **Raw directions.** A direction that breaks HTTP/1.1 is raw from there on, and takes the other one with it: a
///   server's answers to requests seen before are still parsed, then its direction is raw too; a client's message that
///   has begun is still parsed, then its direction is raw too. Each says so by one `notHTTP` step.
/// * **Unanswered upgrades.** Behind a request for another protocol (Upgrade, CONNECT) the client's bytes are raw until
///   the final answer. They are followed as frames and as requests alike, in constant memory. After a 101 for a
///   WebSocket the frames go on, numbered from the early ones; after a refusal the requests go on, and those among the
///   raw bytes count as exchanges. A frame or a request head that the answer falls into stays raw to its end.
/// * **Memory.** Unfinished heads within ``HTTPLimits``; once both directions are frames or raw, nothing on the heap.
package struct ConnectionParser: Sendable {
    private enum State {
        indirect case http(HTTPConversation)
        /// The 101's head was given, the opening is still to be.
        indirect case opening(SocketOpening, SettledConnection)
        case settled(SettledConnection)
        /// A call has taken the conversation out, so that its buffers have one owner.
        case taken
    }

    private var state: State

    package init(limits: HTTPLimits = HTTPLimits()) {
        state = .http(HTTPConversation(limits: limits))
    }

    package enum Step: Hashable, Sendable {
        /// All bytes are used up.
        case needsBytes
        /// A request's head. Exchanges count from 0; `offset` is where the head began in the client's direction.
        case request(HTTPRequestHead, exchange: UInt64, offset: UInt64)
        /// An answer's head, interim ones (1xx) too, which no `messageEnd` follows.
        case response(HTTPResponseHead, exchange: UInt64, offset: UInt64)
        /// Content, chunk framing taken out, as indices into the given bytes.
        case body(Range<Int>, exchange: UInt64)
        /// The sender's part of the exchange is whole. An answer that switches protocols has no such step.
        case messageEnd(exchange: UInt64)
        /// The step after the 101's head. From here on both directions are frames.
        case socketOpened(SocketOpening)
        case frame(FramePiece)
        /// Bytes to record as they are, as indices into the given bytes; the first one stands at `offset`.
        case raw(Range<Int>, offset: UInt64, RawReason)
        /// The sender's direction is raw from `offset` on. The held bytes, of an unfinished head, are its first: no raw
        /// step gives them again.
        case notHTTP(HTTPViolation, heldBytes: [UInt8], offset: UInt64)
        /// The sender's direction is raw (`unframeable`) from behind this head on.
        case unframeable(head: FrameHead, offset: UInt64)
    }

    /// Takes the bytes from `position` on, up to the end of one step. Call it until it needs bytes, before bytes of
    /// the other direction are given.
    /// - Parameters:
    ///   - sender: whose bytes they are.
    ///   - bytes: what arrived.
    ///   - position: the first byte not yet used; moved behind what this step used.
    package mutating func next(from sender: Peer, _ bytes: Span<UInt8>, at position: inout Int) -> Step {
        switch state {
        case .settled(var settled):
            let step = settled.next(from: sender, bytes, at: &position)
            state = .settled(settled)
            return step
        case .opening(let opening, var settled):
            if sender == .server {
                state = .settled(settled)
                return .socketOpened(opening)
            }
            let step = settled.next(from: sender, bytes, at: &position)
            state = .opening(opening, settled)
            return step
        case .http, .taken:
            return nextInHTTP(from: sender, bytes, at: &position)
        }
    }

    /// The sender's stream ended.
    /// - Returns: what was still held, to be recorded raw, and what the end means for the message under way.
    package mutating func end(of sender: Peer) -> ConnectionEnd {
        switch state {
        case .settled(let settled), .opening(_, let settled): return settled.end(of: sender)
        case .http(let conversation): return conversation.end(of: sender)
        case .taken: return ConnectionEnd(.raw, offset: 0)
        }
    }

    private mutating func nextInHTTP(from sender: Peer, _ bytes: Span<UInt8>, at position: inout Int) -> Step {
        guard var conversation = takeConversation() else { return .needsBytes }
        let step = conversation.next(from: sender, bytes, at: &position)
        switch conversation.phase {
        case .http: state = .http(conversation)
        case .opening(let opening, let settled): state = .opening(opening, settled)
        case .settled(let settled): state = .settled(settled)
        }
        return step
    }

    private mutating func takeConversation() -> HTTPConversation? {
        guard case .http(let conversation) = state else { return nil }
        state = .taken
        return conversation
    }
}
