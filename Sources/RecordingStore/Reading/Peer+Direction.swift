package import RecordingFormat
package import WebSocketWire

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
