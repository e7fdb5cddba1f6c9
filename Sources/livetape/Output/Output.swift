import Foundation

/// Standard output or standard error, written in large pieces.
///
/// When the reader of a pipe has gone (`livetape show | head`) writing throws ``OutputClosed``, which `LiveTape` turns
/// into a quiet end.
final class Output {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Bytes that are collected before they are written.
    private static let bufferByteCount = 1 << 16

    init(descriptor: Int32) { self.descriptor = descriptor }

    func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        try flushIfFull()
    }

    func writeLine(_ text: String = "") throws {
        buffer.append(contentsOf: text.utf8)
        buffer.append(UInt8(ascii: "\n"))
        try flushIfFull()
    }

    /// Lets `body` append bytes to what will be written.
    func write(_ body: (inout [UInt8]) -> Void) throws {
        body(&buffer)
        try flushIfFull()
    }

    func flush() throws {
        var position = 0
        defer { buffer.removeAll(keepingCapacity: buffer.capacity <= 4 * Self.bufferByteCount) }
        while position < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                // Unsafe: write(2) takes a pointer; it reads the array's own bytes while the closure runs.
                Foundation.write(descriptor, bytes.baseAddress?.advanced(by: position), bytes.count - position)
            }
            if written >= 0 {
                position += written
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno == EAGAIN {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Foundation.poll(&poll, 1, -1)
            } else if errno != EINTR {
                throw OutputFailed(reason: String(cString: strerror(errno)))
            }
        }
    }

    private func flushIfFull() throws {
        if buffer.count >= Self.bufferByteCount { try flush() }
    }
}

/// The reader of the output has gone: not an error of ours.
struct OutputClosed: Error {}

/// The output could not be written, because of a full disk for instance.
struct OutputFailed: Error, CustomStringConvertible {
    let reason: String

    var description: String { "the output could not be written: \(reason)" }
}
