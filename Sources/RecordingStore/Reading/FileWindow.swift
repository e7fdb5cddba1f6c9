/// The part of a file that is in memory: it moves forward only, and holds no more than one buffer or one record.
struct FileWindow {
    let file: InputFile
    private let bufferByteCount: Int
    private(set) var bytes: [UInt8] = []
    /// The first byte in `bytes` that is not used yet.
    var position = 0
    /// Where in the file `bytes` begins.
    private var start: UInt64 = 0

    init(file: InputFile, bufferByteCount: Int) {
        self.file = file
        self.bufferByteCount = max(bufferByteCount, 64)
    }

    /// Where in the file the next unused byte is.
    var offset: UInt64 { start &+ UInt64(position) }
    var available: Int { bytes.count - position }

    /// Reads on until at least `count` unused bytes are here, if the file has them.
    /// - Returns: whether it has. If not, nothing was read, however large the count.
    mutating func require(_ count: Int) throws(RecordingError) -> Bool {
        if available >= count { return true }
        let end = try file.byteCount()
        guard end > offset, end - offset >= UInt64(count) else { return false }
        dropUsed()
        try file.read(max(count, bufferByteCount) - bytes.count, at: start &+ UInt64(bytes.count), appendingTo: &bytes)
        return available >= count
    }

    /// Reads on by up to one buffer.
    /// - Returns: whether there was anything.
    mutating func readMore() throws(RecordingError) -> Bool {
        dropUsed()
        let before = bytes.count
        try file.read(bufferByteCount, at: start &+ UInt64(before), appendingTo: &bytes)
        return bytes.count > before
    }

    /// Forgets what was read and not used, so that it is read anew: the end of a live file can be taken back.
    mutating func forgetUnused() {
        start = offset
        bytes.removeAll(keepingCapacity: true)
        position = 0
    }

    private mutating func dropUsed() {
        guard position > 0 else { return }
        if bytes.capacity > 8 * bufferByteCount, available < bufferByteCount {
            bytes = Array(bytes[position...])
        } else {
            bytes.removeFirst(position)
        }
        start &+= UInt64(position)
        position = 0
    }
}
