import Glibc

/// Waits until something changes in a folder: a file grows, is closed, appears or goes (inotify(7)).
package final class FolderWatch: Sendable {
    /// Readable when something has changed; for those who wait with others in one `poll`.
    package let descriptor: Int32

    package init(folder: String) throws(RecordingError) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw RecordingError.unreadable(path: folder, reason: lastSystemError()) }
        let events = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
        guard inotify_add_watch(descriptor, folder, UInt32(events)) >= 0 else {
            throw RecordingError.unreadable(path: folder, reason: lastSystemError())
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Returns when something has changed since the last call, at once if it has already.
    /// - Parameter milliseconds: the longest wait; nil for no end.
    /// - Returns: whether something changed.
    package func wait(milliseconds: Int32? = nil) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = Glibc.poll(&poll, 1, milliseconds ?? -1)
            if ready < 0, errno == EINTR { continue }
            if ready > 0 { forgetEvents() }
            return ready > 0
        }
    }

    /// What changed does not matter: the reader looks at its files anyway.
    private func forgetEvents() {
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
            // Unsafe: read(2) takes a pointer; the bytes are thrown away.
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}
