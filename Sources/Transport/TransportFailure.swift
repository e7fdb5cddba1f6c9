internal import Glibc
internal import NIOCore
internal import NIOPosix

#if TLS
    internal import NIOSSL
#endif

/// What went wrong on the network, in words for a person.
package enum TransportFailure {
    package static func describe(_ error: any Error) -> String {
        switch error {
        case let failure as NIOConnectionError: describe(failure)
        case let failure as IOError: String(cString: strerror(failure.errnoCode)).lowercased()
        case ChannelError.connectTimeout(let time): "no answer to the connect in \(time.nanoseconds / 1_000_000_000) s"
        case let failure as SocketAddressError: describe(failure)
        default: describeTLS(error) ?? "\(error)"
        }
    }

    #if TLS
        /// - Returns: nil for an error that is not of TLS.
        private static func describeTLS(_ error: any Error) -> String? {
            let text = "\(error)"
            switch error {
            case is NIOSSLExtraError:
                return "its certificate is for another name (\(text)). --insecure skips the check"
            case NIOSSLError.handshakeFailed where text.contains("CERTIFICATE_VERIFY_FAILED"):
                return "its certificate cannot be trusted: no authority known here vouches for it, or it has expired. "
                    + "--ca-file names an authority, --insecure skips the check"
            case NIOSSLError.handshakeFailed where text.contains("WRONG_VERSION_NUMBER"):
                return "it does not answer in TLS: is its address http:// and not https://?"
            case NIOSSLError.uncleanShutdown: return "end of stream without the close_notify of TLS"
            case is NIOSSLError, is BoringSSLError: return "TLS failed: \(text)"
            default: return nil
            }
        }
    #else
        private static func describeTLS(_ error: any Error) -> String? { nil }
    #endif

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
