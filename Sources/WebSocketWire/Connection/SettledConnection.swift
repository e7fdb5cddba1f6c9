/// A connection on which HTTP is over: each direction is frames or raw for good.
struct SettledConnection: Hashable, Sendable {
    var client: SettledDirection
    var server: SettledDirection

    mutating func next(from sender: Peer, _ bytes: Span<UInt8>, at position: inout Int) -> ConnectionParser.Step {
        switch sender {
        case .client: client.next(bytes, at: &position)
        case .server: server.next(bytes, at: &position)
        }
    }

    func end(of sender: Peer) -> ConnectionEnd {
        switch sender {
        case .client: client.end()
        case .server: server.end()
        }
    }
}

enum SettledDirection: Hashable, Sendable {
    case frames(FrameParser)
    /// The 101 came within this frame: its rest is raw like its beginning, and frames begin behind it.
    case restOfEarlyFrame(FrameParser)
    case raw(RawReason, offset: UInt64)

    mutating func next(_ bytes: Span<UInt8>, at position: inout Int) -> ConnectionParser.Step {
        switch self {
        case .frames(var parser):
            let step = parser.next(bytes, at: &position)
            self = .frames(parser)
            switch step {
            case .needsBytes: return .needsBytes
            case .piece(let piece): return .frame(piece)
            case .unframeable(let head, let offset):
                self = .raw(.unframeable, offset: parser.offset)
                return .unframeable(head: head, offset: offset)
            }
        case .restOfEarlyFrame(let parser):
            return nextOfEarlyFrame(parser, bytes, at: &position)
        case .raw(let reason, let offset):
            guard position < bytes.count else { return .needsBytes }
            let rest = position..<bytes.count
            position = bytes.count
            self = .raw(reason, offset: offset &+ UInt64(rest.count))
            return .raw(rest, offset: offset, reason)
        }
    }

    private mutating func nextOfEarlyFrame(
        _ earlier: FrameParser, _ bytes: Span<UInt8>, at position: inout Int
    ) -> ConnectionParser.Step {
        var parser = earlier
        let start = position
        let step = parser.next(bytes, at: &position)
        self = .restOfEarlyFrame(parser)
        switch step {
        case .needsBytes: break
        case .piece(let piece): if piece.isLast { self = .frames(parser) }
        case .unframeable: self = .raw(.unframeable, offset: parser.offset)
        }
        guard position > start else { return .needsBytes }
        return .raw(start..<position, offset: earlier.offset, .unansweredUpgrade)
    }

    func end() -> ConnectionEnd {
        switch self {
        case .frames(let parser):
            guard !parser.isBetweenFrames else { return ConnectionEnd(.clean, offset: parser.offset) }
            let held = parser.unfinishedHead
            return ConnectionEnd(.tearsFrame, heldBytes: held, offset: parser.offset &- UInt64(held.count))
        case .restOfEarlyFrame(let parser):
            return ConnectionEnd(.tearsFrame, offset: parser.offset)
        case .raw(_, let offset):
            return ConnectionEnd(.raw, offset: offset)
        }
    }
}
