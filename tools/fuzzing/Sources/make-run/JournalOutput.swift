import Glibc

/// A file that is written from its beginning to its end. What fails ends the program: it is a tool.
struct JournalOutput {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var byteCount: UInt64 = 0

    init(_ path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        if descriptor < 0 { perror(path) }
    }

    mutating func write(_ bytes: [UInt8]) {
        buffer += bytes
        byteCount += UInt64(bytes.count)
        if buffer.count >= 1 << 20 { flush() }
    }

    private mutating func flush() {
        // Unsafe: read during the call only.
        let written = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == buffer.count else { fatalError("the disk is full") }
        buffer.removeAll(keepingCapacity: true)
    }

    mutating func close() {
        flush()
        Glibc.close(descriptor)
    }
}
