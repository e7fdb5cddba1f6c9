package import RecordingFormat
package import WebSocketWire

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
