internal import Glibc

/// Why a journal could not be begun: what was tried, on which path, and what the system said.
package struct JournalError: Error, CustomStringConvertible, Sendable {
    package enum Code: Sendable {
        /// The folder cannot be made or written to.
        case folder
        /// The file cannot be made.
        case file
    }

    package let code: Code
    package let path: String
    /// The system's error number.
    package let errno: Int32

    init(_ code: Code, path: String, errno: Int32) {
        self.code = code
        self.path = path
        self.errno = errno
    }

    package var description: String {
        let reason = String(cString: strerror(errno))
        return switch code {
        case .folder: "cannot record into the folder '\(path)': \(reason). Name another one with --out."
        case .file: "cannot make the recording '\(path)': \(reason)."
        }
    }
}
