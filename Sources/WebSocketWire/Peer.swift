/// One of the two ends of a connection; with bytes it names the end that sent them.
package enum Peer: UInt8, Hashable, Sendable, CaseIterable {
    case client = 1
    case server = 2

    package var other: Peer {
        switch self {
        case .client: .server
        case .server: .client
        }
    }
}
