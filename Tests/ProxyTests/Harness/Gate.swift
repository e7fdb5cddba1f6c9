import Glibc

/// Holds a thread up until a test lets it go on: a pipe.
final class Gate: Sendable {
    private let ends: (read: Int32, write: Int32)

    init() throws {
        var descriptors: [Int32] = [0, 0]
        guard pipe(&descriptors) == 0 else { throw NothingCame(description: "no pipe: errno \(errno)") }
        ends = (descriptors[0], descriptors[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    func wait() {
        var byte: UInt8 = 0
        _ = read(ends.read, &byte, 1)
    }

    func open() {
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
    }
}
