import Foundation
import LiveServer

/// What the tokens of a server are signed with.
enum SigningSecret {
    /// The environment variable that names it.
    static let variable = "LIVETAPE_SECRET"
    static let minimumBytes = 32

    /// From the environment; without one, a random one for this start.
    static func current() throws -> String {
        guard let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty else {
            return LiveConfiguration.randomSecret()
        }
        guard given.utf8.count >= minimumBytes else {
            throw Failure("\(variable) is to have at least \(minimumBytes) bytes; 'openssl rand -hex 32' makes one")
        }
        return given
    }
}
