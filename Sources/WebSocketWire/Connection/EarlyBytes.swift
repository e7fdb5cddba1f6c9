/// A request for another protocol that waits for its answer.
struct ProtocolSwitch: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case webSocket
        case tunnel
        case other
    }

    var kind: Kind
    var exchange: UInt64
    var target: String

    /// - Returns: nil if the request asks for no other protocol.
    init?(_ head: HTTPRequestHead, exchange: UInt64) {
        if head.method == "CONNECT" {
            kind = .tunnel
        } else if head.asksForWebSocket {
            kind = .webSocket
        } else if head.version >= .http11, head.fields["Upgrade"] != nil,
            head.fields.contains("upgrade", in: "Connection")
        {
            kind = .other
        } else {
            return nil
        }
        self.exchange = exchange
        target = head.target
    }
}

/// What is known of the bytes behind a request for another protocol before its answer: they are followed as frames
/// here, and as requests by the conversation, until the answer tells which they are.
struct EarlyBytes: Sendable {
    enum Requests {
        case following
        /// A second request for another protocol ended; any byte behind it could be read in too many ways.
        case ended
        case lost(HTTPViolation)
    }

    private var frames: FrameParser
    private var isUnframeable = false
    private(set) var byteCount: UInt64 = 0
    var requests: Requests = .following
    /// The first request for another protocol among the early requests.
    var laterSwitch: ProtocolSwitch?

    init(offset: UInt64) { frames = FrameParser(offset: offset) }

    /// Follows the bytes from `position` to the end as frames.
    mutating func follow(_ bytes: Span<UInt8>, from position: Int) {
        byteCount &+= UInt64(bytes.count - position)
        var position = position
        while true {
            switch frames.next(bytes, at: &position) {
            case .needsBytes: return
            case .piece: break
            case .unframeable: isUnframeable = true
            }
        }
    }

    /// The client's direction after a 101 that opens a socket.
    var clientAfterOpening: SettledDirection {
        if isUnframeable { return .raw(.unframeable, offset: frames.offset) }
        return frames.isBetweenFrames ? .frames(frames) : .restOfEarlyFrame(frames)
    }
}
