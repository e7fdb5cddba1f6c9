internal import RecordingFormat

/// The records of one chunk before they are compressed, in one buffer, and where each of them is.
final class ChunkBuilder {
    /// All records so far. Valid until the next change. A pointer, for the C that compresses it.
    var records: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: buffer.baseAddress, count: count) }
    private(set) var count = 0
    private(set) var messageStartTime = UInt64.max
    private(set) var messageEndTime: UInt64 = 0
    private var buffer: UnsafeMutableRawBufferPointer  // records are encoded in place; freed in deinit
    private var entries: [[MCAPMessageIndex.Entry]]

    init(byteCount: Int) {
        buffer = .allocate(byteCount: max(byteCount, 0) + 4096, alignment: 16)
        entries = JournalChannel.allCases.map { _ in [] }
    }

    deinit { buffer.deallocate() }

    var isEmpty: Bool { count == 0 }

    func append(_ frame: FrameRecord, payload: [UInt8]) {
        begin(frame.stamp, frame.direction == .client ? .client : .server)
        payload.withUnsafeBytes { bytes in  // unsafe: copied during the call
            append(bytes, maximumHead: FrameRecord.maximumHeadByteCount) { frame.writeHead(payload: bytes, to: $0) }
        }
    }

    func append(_ record: HTTPRecord, bytes: [UInt8]) {
        begin(record.stamp, .http)
        bytes.withUnsafeBytes { bytes in  // unsafe: copied during the call
            append(bytes, maximumHead: HTTPRecord.maximumHeadByteCount) { record.writeHead(bytes: bytes, to: $0) }
        }
    }

    /// One of the rare kinds.
    func append(_ record: JournalRecord) {
        begin(record.stamp, record.channel)
        record.encoded().withUnsafeBytes { bytes in  // unsafe: copied during the call
            append(bytes, maximumHead: 0) { _ in 0 }
        }
    }

    private func begin(_ stamp: RecordStamp, _ channel: JournalChannel) {
        messageStartTime = min(messageStartTime, stamp.wallNanoseconds)
        messageEndTime = max(messageEndTime, stamp.wallNanoseconds)
        entries[Int(channel.rawValue) - 1].append(
            MCAPMessageIndex.Entry(time: stamp.wallNanoseconds, offset: UInt64(count)))
    }

    private func append(
        _ rest: UnsafeRawBufferPointer, maximumHead: Int, _ writeHead: (UnsafeMutableRawBufferPointer) -> Int
    ) {
        reserve(maximumHead + rest.count)
        count += writeHead(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: rest)
        count += rest.count
    }

    /// One large record makes the buffer grow: records have a limit, and so has this.
    private func reserve(_ added: Int) {
        guard buffer.count - count < added else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count + added, 2 * buffer.count), alignment: 16)
        larger.copyMemory(from: records)
        buffer.deallocate()
        buffer = larger
    }

    /// The chunk's Message Index records, those of channels without messages left out.
    var messageIndexes: [MCAPMessageIndex] {
        zip(JournalChannel.allCases, entries).compactMap { channel, entries in
            entries.isEmpty ? nil : MCAPMessageIndex(channelID: channel.rawValue, entries: entries)
        }
    }

    func removeAll() {
        count = 0
        messageStartTime = .max
        messageEndTime = 0
        for index in entries.indices { entries[index].removeAll(keepingCapacity: true) }
    }
}
