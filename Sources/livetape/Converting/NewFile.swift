import Foundation
import RecordingStore

/// A file that a command makes: it has its name only once it is whole, and is readable by its owner alone.
final class NewFile {
    let path: String
    let descriptor: Int32
    private let temporaryPath: String
    private let replaces: Bool
    private var isWhole = false

    /// - Parameter replaces: whether a file of that name may be there.
    init(_ path: String, replaces: Bool) throws {
        self.path = path
        self.replaces = replaces
        temporaryPath = path + ".tmp"
        guard replaces || access(path, F_OK) != 0 else { throw Self.exists(path) }
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let advice = errno == EEXIST ? " (left by a run that was killed? then remove it)" : ""
            throw Failure("\(temporaryPath) cannot be made: \(String(cString: strerror(errno)))\(advice)", code: 2)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if descriptor >= 0, !isWhole { unlink(temporaryPath) }
    }

    /// The file is a closed journal: it becomes a sealed one.
    func seal() throws {
        var sealer = Sealer(release: LiveTape.release)
        try sealer.seal(fileAt: temporaryPath)
    }

    /// The file is whole: it gets its name.
    func finish() throws {
        // A link never takes the place of a file that appeared in the meantime, a rename does.
        let failed =
            replaces
            ? rename(temporaryPath, path) != 0 : link(temporaryPath, path) != 0 || unlink(temporaryPath) != 0
        guard !failed else {
            if errno == EEXIST { throw Self.exists(path) }
            throw Failure("\(path) cannot be made: \(String(cString: strerror(errno)))", code: 2)
        }
        isWhole = true
    }

    private static func exists(_ path: String) -> Failure {
        Failure("\(path) is there already; --force replaces it", code: 2)
    }
}
