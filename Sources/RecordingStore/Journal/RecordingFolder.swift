internal import Glibc

/// Where recordings go, and how their files are named.
package enum RecordingFolder {
    /// Used when no folder is named: below the current folder, kept out of git by a .gitignore of its own.
    package static let defaultPath = "Recordings/local"

    /// Makes the folder, its parents, and a .gitignore that keeps recordings (they hold secrets) out of any repository.
    ///
    /// Only a folder that it makes itself gets the .gitignore, and the default one always.
    package static func prepare(_ path: String) throws(JournalError) {
        let existed = access(path, F_OK) == 0
        var made = ""
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && component.isEmpty ? "/" : (made.isEmpty || made == "/" ? "" : "/") + component
            guard !component.isEmpty, access(made, F_OK) != 0 else { continue }
            guard mkdir(made, 0o755) == 0 || errno == EEXIST else {
                throw JournalError(.folder, path: made, errno: errno)
            }
        }
        guard access(path, W_OK | X_OK) == 0 else { throw JournalError(.folder, path: path, errno: errno) }
        guard !existed || path == defaultPath else { return }
        let descriptor = open(path + "/.gitignore", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        let text: StaticString = "# Recordings hold cookies, tokens and form input: they stay on this machine.\n*\n"
        // Unsafe: write(2) takes a pointer; the text is static.
        _ = write(descriptor, text.utf8Start, text.utf8CodeUnitCount)
        _ = close(descriptor)
    }

    /// `<start time>-<target>-<run>-<number>.mcap`: sorts by time, and the files of a run stand together.
    package static func fileName(startedSeconds: Int, target: String, run: String, number: Int) -> String {
        var time = time_t(startedSeconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func digits(_ value: Int32, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let day = digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
        let clock = digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2)
        // A host name can be as long as a file name may be (255 bytes): its beginning tells it apart.
        let place = String(target.unicodeScalars.prefix(100).map { isPlain($0) ? Character($0) : "-" })
        return "\(day)T\(clock)Z-\(place)-\(run)-\(number).mcap"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == ".")
    }

    /// A new run id: six letters and digits, enough to tell the runs of a folder apart.
    package static func newRunIdentifier() -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return String((0..<6).map { _ in alphabet.randomElement() ?? "0" })
    }
}
