internal import Glibc
internal import RecordingFormat
internal import RecordingStore

/// The file that a redacted run is written to, in the order of the recording: first a journal, sealed when it is whole, and
/// under another name until it is searched.
final class RedactedFile {
    /// Its path until ``publish(replacing:)``.
    let temporaryPath: String
    private let path: String
    private let descriptor: Int32
    private let release: String
    private var buffer: [UInt8] = []
    private static let bufferByteCount = 1 << 20

    /// Makes the file, readable for its owner only, and writes its preamble.
    /// - Parameter replacing: whether a file that an earlier run of the command left unfinished goes.
    init(path: String, preamble: JournalPreamble, release: String, replacing: Bool) throws(RedactionError) {
        self.path = path
        self.release = release
        temporaryPath = path + ".tmp"
        if replacing { unlink(temporaryPath) }
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? .exists(path: temporaryPath) : .unwritable(path: temporaryPath, reason: Self.systemError())
        }
        buffer = preamble.encoded(release: release)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ record: JournalRecord) throws(RedactionError) {
        buffer += record.encoded()
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    /// Ends the journal, and seals it.
    func finish() throws(RedactionError) {
        buffer += MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic
        try flush()
        var sealer = Sealer(release: release)
        do {
            try sealer.seal(fileAt: temporaryPath)
        } catch {
            throw .unwritable(path: temporaryPath, reason: "\(error)")
        }
    }

    /// Gives the file its name.
    /// - Parameter replacing: whether another file of that name goes.
    func publish(replacing: Bool) throws(RedactionError) {
        if replacing {
            guard rename(temporaryPath, path) == 0 else { throw .unwritable(path: path, reason: Self.systemError()) }
            return
        }
        // Unlike rename(2), link(2) refuses if the name is taken.
        guard link(temporaryPath, path) == 0 else {
            throw errno == EEXIST ? .exists(path: path) : .unwritable(path: path, reason: Self.systemError())
        }
        unlink(temporaryPath)
    }

    func remove() { unlink(temporaryPath) }

    private func flush() throws(RedactionError) {
        var position = 0
        while position < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                // Unsafe: write(2) takes a pointer; it reads the array's own bytes while the closure runs.
                write(descriptor, bytes.baseAddress?.advanced(by: position), bytes.count - position)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .unwritable(path: temporaryPath, reason: Self.systemError()) }
            position += written
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func systemError() -> String { String(cString: strerror(errno)) }
}
