import Foundation
import LiveServer
import Transport

/// The socket that a supervisor's children listen with, one after the other.
///
/// It is bound once, so that a port that the system chose stays the same, and nobody else can have it between two
/// children. Who connects meanwhile waits in the kernel's queue, and the next child answers.
struct SharedListener {
    /// The environment variable that tells a child its descriptor.
    static let variable = "LIVETAPE_LISTEN_SOCKET"
    /// Connections that wait for a child; Linux allows 4096 (net.core.somaxconn).
    private static let backlog: Int32 = 16_384

    let descriptor: Int32

    /// Binds it, and begins to listen. Children inherit it.
    init(at endpoint: Endpoint) throws(Failure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        // Unsafe: getaddrinfo(3) makes a list, which is freed below.
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(endpoint.host, "\(endpoint.port)", &hints, &found)
        guard result == 0, let address = found?.pointee else {
            throw Self.failure(endpoint, String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.ai_family, address.ai_socktype, 0)
        var isOn: Int32 = 1
        guard descriptor >= 0,
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size)) == 0,
            bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, Foundation.listen(descriptor, Self.backlog) == 0
        else {
            throw Self.failure(endpoint, String(cString: strerror(errno)).lowercased())
        }
    }

    /// The supervisor's side is done with it.
    func close() { _ = Foundation.close(descriptor) }

    /// The child's side: the descriptor that its supervisor gave it, if it has one.
    static func inherited() -> Int32? {
        guard let text = ProcessInfo.processInfo.environment[variable], let descriptor = Int32(text) else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func failure(_ endpoint: Endpoint, _ reason: String) -> Failure {
        Failure("\(ServerError.cannotListen(host: endpoint.host, port: endpoint.port, reason: reason))")
    }
}
