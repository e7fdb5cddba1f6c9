import Glibc

/// An open file that is read at any place, while others may append to it.
final class InputFile: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws(RecordingError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw RecordingError.unreadable(path: path, reason: lastSystemError()) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            // The descriptor is closed by deinit, which runs since all properties have their values.
            throw RecordingError.unreadable(path: path, reason: "not a file")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Bytes in the file at this moment.
    func byteCount() throws(RecordingError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw RecordingError.unreadable(path: path, reason: lastSystemError())
        }
        return UInt64(clamping: status.st_size)
    }

    /// Whether a writer has the file open: it holds an exclusive lock until it closes the file or dies.
    func isBeingWritten() -> Bool {
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
            flock(descriptor, LOCK_UN)
            return false
        }
        return errno == EWOULDBLOCK
    }

    /// Appends up to `count` bytes of the file, from `offset` on, to `buffer`; fewer at the end of the file.
    func read(_ count: Int, at offset: UInt64, appendingTo buffer: inout [UInt8]) throws(RecordingError) {
        let end = try byteCount()
        guard count > 0, offset < end, let start = off_t(exactly: offset) else { return }
        let wanted = Int(min(UInt64(count), end - offset))
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { room, filled in
            // Unsafe: pread(2) takes a pointer; it writes at most `wanted - filled` bytes behind the filled ones.
            while filled < wanted, let base = room.baseAddress {
                let got = pread(descriptor, base + filled, wanted - filled, start + off_t(filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = lastSystemError() }
                guard got > 0 else { break }
                filled += got
            }
        }
        if let failure { throw RecordingError.unreadable(path: path, reason: failure) }
        if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    }
}

func lastSystemError() -> String { String(cString: strerror(errno)) }
