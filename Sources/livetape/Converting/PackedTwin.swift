import Foundation
import Interchange

/// A text twin that is read in place of a recording: packed into a file without a name, which is gone with the process,
/// however that ends.
enum PackedTwin {
    /// Whether a path that a user gave is a twin: by its name, by its first bytes, or as it is a pipe, which no
    /// recording can be read from.
    static func isTwin(_ path: String) -> Bool {
        if path == "-" || path.hasSuffix(".ndjson") { return true }
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: return true
        case S_IFREG:
            guard let file = FileHandle(forReadingAtPath: path),
                let beginning = try? file.read(upToCount: TextTwin.signature.count)
            else { return false }
            return Array(beginning) == TextTwin.signature
        default: return false
        }
    }

    /// Packs a twin.
    /// - Parameter path: "-" for standard input.
    /// - Returns: a path that the recording can be opened by, as often as need be, until the process ends.
    static func pack(_ path: String) throws -> String {
        let descriptor = try temporaryFile()
        let name = path == "-" ? "standard input" : path
        try withTwin(path, name: name) {
            try TextTwinPacking.pack($0, name: name, to: descriptor, release: LiveTape.release)
        }
        let packed = "/proc/self/fd/\(descriptor)"
        PlaceNames.set(packed, "\(name), packed")
        return packed
    }

    /// Opens a twin for as long as `body` reads it.
    static func withTwin(_ path: String, name: String, _ body: (Int32) throws -> Void) throws {
        guard path != "-" else { return try body(0) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TextTwinPacking.Failure.unreadable(name: name, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        try body(descriptor)
    }

    /// An empty file that no folder has.
    private static func temporaryFile() throws -> Int32 {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((folder + "/livetape-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw TextTwinPacking.Failure.unwritable(
                reason: "no temporary file in \(folder): \(String(cString: strerror(errno)))")
        }
        unlink(&template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }
}

/// What to call files that were opened by another name than the user's.
enum PlaceNames {
    private nonisolated(unsafe) static var names: [(path: String, name: String)] = []  // Commands read on one thread.

    static func set(_ path: String, _ name: String) { names.append((path, name)) }

    /// The line with the names that the user knows.
    static func applied(to line: String) -> String {
        names.reduce(line) { $0.replacingOccurrences(of: $1.path, with: $1.name) }
    }
}
