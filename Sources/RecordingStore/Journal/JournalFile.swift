internal import CFileSpace
internal import Glibc

/// One file of a journal: appended by `writev`, with disk space taken ahead, so that a full disk is met before a record
/// is torn and there is always room left to say so.
final class JournalFile: @unchecked Sendable {  // Reached under its journal's lock only.
    /// What became of an append.
    enum Outcome: Equatable {
        case appended
        /// Nothing of the batch stands in the file.
        case full(errno: Int32)
    }

    /// Kept free for the gap record that a full disk asks for.
    static let reservedByteCount: Int64 = 4096
    /// Space is taken ahead in pieces of this size, and given back at the end.
    static let extentByteCount: Int64 = 4 << 20

    let path: String
    private let descriptor: Int32
    /// Bytes of whole records.
    private(set) var byteCount: Int64 = 0
    private var preambleByteCount: Int64 = 0
    /// Up to where the file system has promised space; nil where it cannot promise any.
    private var allocated: Int64? = 0
    private let limit: Int64
    private var writeBehind = WriteBehind()

    /// - Parameter limit: the file may not grow beyond this many bytes; the process's RLIMIT_FSIZE counts too.
    init(creating path: String, limit: Int64) throws(JournalError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(.file, path: path, errno: errno) }
        self.path = path
        // Held as long as the file is written: a reader tells by it that the writer lives.
        flock(descriptor, LOCK_EX | LOCK_NB)
        var system = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &system)
        self.limit = min(limit, Int64(clamping: system.rlim_cur))
    }

    deinit {
        // Said, not left to the close: what is still written behind has a duplicate, which would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// What was appended so far is no record yet.
    func endPreamble() { preambleByteCount = byteCount }

    var hasRecords: Bool { byteCount > preambleByteCount }

    /// Appends all the bytes or none.
    /// - Parameter isLast: the record that closes the file may use the reserved space.
    func append(
        _ vectors: UnsafeBufferPointer<iovec>,  // Unsafe: what writev(2) takes; the caller keeps the memory alive.
        byteCount count: Int, isLast: Bool = false
    ) -> Outcome {
        let end = byteCount + Int64(count)
        let needed = isLast ? end : end + Self.reservedByteCount
        guard needed <= limit else { return .full(errno: EFBIG) }
        if let failure = allocate(upTo: needed) { return .full(errno: failure) }
        guard let failure = writeAll(vectors, byteCount: count) else {
            byteCount = end
            writeBehind.advance(descriptor, to: end)
            return .appended
        }
        // What was written of the batch goes again: a reader must find whole records only.
        ftruncate(descriptor, off_t(byteCount))
        allocated = allocated.map { _ in byteCount }
        return .full(errno: failure)
    }

    /// - Returns: the error number when there is no space.
    private func allocate(upTo end: Int64) -> Int32? {
        guard let promised = allocated, end > promised else { return nil }
        let wanted = min(max(Self.extentByteCount, end - promised), max(end, limit) - promised)
        let failure = livetape_reserve_space(descriptor, promised, wanted)
        if failure == 0 {
            allocated = promised + wanted
            return nil
        }
        if failure == ENOSPC, livetape_reserve_space(descriptor, promised, end - promised) == 0 {
            allocated = end
            return nil
        }
        switch failure {
        case ENOSPC, EDQUOT, EFBIG, EIO: return failure
        default:
            // No promises on this file system: a short write is then the first to tell.
            allocated = nil
            return nil
        }
    }

    /// - Returns: nil when all is written, else the error number.
    private func writeAll(
        _ vectors: UnsafeBufferPointer<iovec>, byteCount count: Int  // Unsafe: what writev(2) takes.
    ) -> Int32? {
        var written = 0
        while true {
            let result = writev(descriptor, vectors.baseAddress, Int32(vectors.count))
            if result == count { return nil }
            if result >= 0 {
                written = result
                break
            }
            if errno != EINTR { return errno }
        }
        return writeRest(vectors, from: written, byteCount: count)
    }

    /// After a short write: the rest, one vector at a time, until the end or an error that says why.
    private func writeRest(
        _ vectors: UnsafeBufferPointer<iovec>, from start: Int, byteCount count: Int  // Unsafe: see writeAll.
    ) -> Int32? {
        var skip = start
        for vector in vectors {
            var place = min(skip, vector.iov_len)
            skip -= place
            while place < vector.iov_len, let base = vector.iov_base {
                let result = write(descriptor, base + place, vector.iov_len - place)
                if result > 0 {
                    place += result
                } else if result == 0 || errno != EINTR {
                    return result == 0 ? ENOSPC : errno
                }
            }
        }
        return nil
    }

    /// Gives back the space taken ahead.
    func trim() {
        ftruncate(descriptor, off_t(byteCount))
    }

    /// A descriptor of its own for a thread that flushes to the disk.
    func duplicateDescriptor() -> Int32 { dup(descriptor) }
}

extension JournalFile {
    /// Appends bytes that are in one array.
    func append(_ bytes: [UInt8], isLast: Bool = false) -> Outcome {
        // Unsafe: writev(2) does not write through the pointer, and the array outlives the call.
        bytes.withUnsafeBytes { buffer in
            var vector = iovec(iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress), iov_len: buffer.count)
            return withUnsafePointer(to: &vector) {
                append(UnsafeBufferPointer(start: $0, count: 1), byteCount: buffer.count, isLast: isLast)
            }
        }
    }
}
