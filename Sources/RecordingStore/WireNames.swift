package import RecordingFormat
package import WebSocketWire

// The words of the wire and of the format for the same things, both ways.

extension Direction {
    package init(_ sender: Peer) {
        switch sender {
        case .client: self = .client
        case .server: self = .server
        }
    }
}

extension SocketRecord.Actor {
    package init(_ peer: Peer) {
        switch peer {
        case .client: self = .client
        case .server: self = .server
        }
    }
}

extension FrameRecord.RawReason {
    init(_ reason: RawReason) {
        switch reason {
        case .unansweredUpgrade: self = .unansweredUpgrade
        case .notHTTP: self = .notHTTP
        case .unframeable: self = .unframeable
        case .otherProtocol: self = .otherProtocol
        }
    }
}

extension Peer {
    package init(_ direction: Direction) {
        switch direction {
        case .client: self = .client
        case .server: self = .server
        }
    }

    /// - Returns: nil for the proxy.
    package init?(_ actor: SocketRecord.Actor) {
        switch actor {
        case .client: self = .client
        case .server: self = .server
        case .proxy: return nil
        }
    }
}

extension FramePiece.Form {
    package init(_ form: FrameRecord.PayloadForm) {
        switch form {
        case .wire: self = .wire
        case .unmasked: self = .unmasked
        case .plain(let wireByteCount): self = .plain(wireByteCount: wireByteCount)
        }
    }
}
