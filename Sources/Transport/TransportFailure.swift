internal import Glibc
internal import NIOCore
internal import NIOPosix

/// What went wrong on the network, in words for a person.
package enum TransportFailure {
    package static func describe(_ error: any Error) -> String {
        switch error {
        case let failure as NIOConnectionError: describe(failure)
        case let failure as IOError: String(cString: strerror(failure.errnoCode)).lowercased()
        case ChannelError.connectTimeout(let time): "no answer to the connect in \(time.nanoseconds / 1_000_000_000) s"
        case let failure as SocketAddressError: describe(failure)
        default: "\(error)"
        }
    }

    private static func describe(_ failure: NIOConnectionError) -> String {
        // One error for each address that was tried; the last one is the most telling.
        if let last = failure.connectionErrors.last { return describe(last.error) }
        return "the name '\(failure.host)' cannot be resolved"
    }

    private static func describe(_ failure: SocketAddressError) -> String {
        if case .unknown(let host, _) = failure { return "the name '\(host)' cannot be resolved" }
        return "\(failure)"
    }
}
