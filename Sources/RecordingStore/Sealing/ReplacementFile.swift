internal import Glibc

/// A file that is written beside the one whose place it takes when it is whole: `<name>.tmp`, fsync, rename. Until then
/// nothing changes; if it is given up, or the process dies, the other file is still there.
final class ReplacementFile {
    let path: String
    let temporaryPath: String
    private(set) var byteCount: UInt64 = 0
    private let descriptor: Int32
    private var isOver = false

    /// - Parameter path: of the file that will be replaced, or made. Its permissions are kept; a new one has 0600.
    init(replacing path: String) throws(SealingError) {
        self.path = path
        temporaryPath = path + ".tmp"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            isOver = true
            throw SealingError.unwritable(path: temporaryPath, reason: lastSystemError())
        }
        // What a killed process left is used again, what a living one writes is not touched. It may have come to its
        // end between our open and our lock: then the descriptor is that of the finished file.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isStillThere else {
            isOver = true
            throw SealingError.beingSealed(path: path)
        }
        var original = stat()
        if stat(path, &original) == 0 { fchmod(descriptor, original.st_mode & 0o777) }
        guard ftruncate(descriptor, 0) == 0 else {
            throw SealingError.unwritable(path: temporaryPath, reason: lastSystemError())
        }
    }

    deinit {
        discard()
        if descriptor >= 0 { close(descriptor) }
    }

    private var isStillThere: Bool {
        var (ours, named) = (stat(), stat())
        return fstat(descriptor, &ours) == 0 && stat(temporaryPath, &named) == 0 && ours.st_ino == named.st_ino
            && ours.st_dev == named.st_dev
    }

    /// - Parameter bytes: read during the call only. A pointer, since they are in buffers of C.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SealingError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.write(descriptor, base, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw SealingError.unwritable(path: temporaryPath, reason: lastSystemError())
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            byteCount &+= UInt64(count)
        }
    }

    /// Bytes that the file system still has for us; nil if it does not say.
    var freeByteCount: UInt64? {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) &* UInt64(status.f_frsize)
    }

    /// Puts the file, brought onto the disk, in the other's place.
    /// - Parameter keepsOriginal: leaves the other one beside it, as `<name>.damaged`.
    func commit(keepingOriginalAs kept: String? = nil) throws(SealingError) {
        func fail() -> SealingError { .unwritable(path: temporaryPath, reason: lastSystemError()) }
        guard fsync(descriptor) == 0 else { throw fail() }
        if let kept {
            // A second name first, so that at no moment there is no file of the name.
            unlink(kept)
            guard link(path, kept) == 0 else { throw fail() }
        }
        guard rename(temporaryPath, path) == 0 else { throw fail() }
        isOver = true
        let folder = open(RecordingPaths.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Takes the file away again, unless it has its place.
    func discard() {
        guard !isOver else { return }
        isOver = true
        unlink(temporaryPath)
    }
}
