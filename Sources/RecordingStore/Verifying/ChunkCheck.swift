internal import RecordingFormat

/// One chunk and the Message Index records behind it.
struct ChunkCheck {
    private let head: MCAPChunk
    private let offset: UInt64
    private let byteCount: UInt64
    /// What the indexes should say, by channel.
    private var entries: [UInt16: [MCAPMessageIndex.Entry]] = [:]
    private var indexOffsets: [UInt16: UInt64] = [:]
    private var indexByteCount: UInt64 = 0
    /// Whether not all of its records could be read.
    var isDamaged = false

    init(_ head: MCAPChunk, offset: UInt64, byteCount: UInt64) {
        self.head = head
        self.offset = offset
        self.byteCount = byteCount
    }

    mutating func add(_ record: JournalRecord, position: Int) {
        entries[record.channel.rawValue, default: []].append(
            MCAPMessageIndex.Entry(time: record.stamp.wallNanoseconds, offset: UInt64(position)))
    }

    mutating func take(
        _ index: MCAPMessageIndex, offset: UInt64, byteCount: UInt64, _ problems: inout [FormatError]
    ) {
        let isFirst = indexOffsets.updateValue(offset, forKey: index.channelID) == nil
        indexByteCount &+= byteCount
        guard !isDamaged else { return }
        func problem(_ expected: String, _ actual: String) {
            problems.append(SealedPass.error("Message Index", offset, expected, actual))
        }
        guard isFirst else { return problem("one for each channel", "a second for channel \(index.channelID)") }
        // The order is not laid down: ours is that of the chunk, that of others may be that of the times.
        let expected = Set(entries[index.channelID] ?? [])
        let actual = Set(index.entries)
        for entry in index.entries where !expected.contains(entry) {
            return problem(
                "a message of channel \(index.channelID) at \(entry.offset) with time \(entry.time)", "none")
        }
        if let missing = expected.subtracting(actual).min(by: { $0.offset < $1.offset }) {
            return problem("an entry for the message at \(missing.offset)", "none")
        }
        if index.entries.count != expected.count { problem("\(expected.count) entries", "\(index.entries.count)") }
    }

    /// No more of its indexes follow.
    /// - Returns: what its Chunk Index should say.
    func end(_ problems: inout [FormatError]) -> MCAPChunkIndex {
        if !isDamaged {
            func compare(_ name: String, _ expected: UInt64, _ actual: UInt64) {
                guard expected != actual else { return }
                problems.append(SealedPass.error("Chunk", offset, "\(name): \(expected)", "\(actual)"))
            }
            let times = entries.values.joined().map(\.time)
            compare("message_start_time", times.min() ?? 0, head.messageStartTime)
            compare("message_end_time", times.max() ?? 0, head.messageEndTime)
            if head.uncompressedCRC == 0 {
                problems.append(SealedPass.error("Chunk", offset, "uncompressed_crc", "0 (not available)"))
            }
            for channel in entries.keys.sorted() where indexOffsets[channel] == nil {
                problems.append(SealedPass.error("Chunk", offset, "a Message Index for channel \(channel)", "none"))
            }
        }
        return MCAPChunkIndex(
            messageStartTime: head.messageStartTime, messageEndTime: head.messageEndTime, chunkStartOffset: offset,
            chunkByteCount: byteCount, messageIndexOffsets: indexOffsets, messageIndexByteCount: indexByteCount,
            compression: head.compression, compressedByteCount: UInt64(head.records.count),
            uncompressedByteCount: head.uncompressedByteCount)
    }
}
