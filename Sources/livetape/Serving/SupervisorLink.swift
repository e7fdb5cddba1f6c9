import Dispatch
import Foundation

/// A pipe from a supervisor to its child: nobody writes to it, and it ends with the supervisor, however that ends. The
/// child then ends too; else it would hold the port for ever.
struct SupervisorLink {
    /// The environment variable that tells the child its end.
    static let variable = "LIVETAPE_SUPERVISOR_PIPE"

    /// What the child reads from.
    let descriptor: Int32

    /// The supervisor's side: the child inherits one end, and the other stays open as long as this process.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure("cannot make a pipe: \(String(cString: strerror(errno)))") }
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        descriptor = ends[0]
    }

    /// The child's side: stops this process as SIGTERM does when the supervisor is gone.
    /// - Returns: what watches, to be kept; nil in a process without a supervisor.
    static func watch() -> (any DispatchSourceRead)? {
        guard let text = ProcessInfo.processInfo.environment[variable], let descriptor = Int32(text) else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler {
            source.cancel()
            kill(getpid(), SIGTERM)
        }
        source.resume()
        return source
    }
}
