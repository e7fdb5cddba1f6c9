/// Why a file was not sealed. It stays as it was.
package enum SealingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A proxy is writing it.
    case live(path: String)
    case alreadySealed(path: String)
    /// Another process is at it.
    case beingSealed(path: String)
    /// Sealing keeps every byte; what to do with damage is for a person to say.
    case damaged(path: String, what: String)
    case cancelled(path: String)
    case unreadable(RecordingError)
    /// The sealed file cannot be written: `reason` in the system's words.
    case unwritable(path: String, reason: String)

    package var description: String {
        switch self {
        case .live(let path): "\(path) is being recorded: stop its proxy first"
        case .alreadySealed(let path): "\(path) is sealed already"
        case .beingSealed(let path): "\(path) is being sealed by another process"
        case .damaged(let path, let what):
            "\(path) is damaged (\(what)): 'livetape recover' keeps what can be read"
        case .cancelled(let path): "\(path) was not sealed: cancelled"
        case .unreadable(let error): "\(error)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
