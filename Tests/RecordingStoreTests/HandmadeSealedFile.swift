import RecordingFormat

/// A sealed file put together by hand, for all that a writer of ours would never write. Without summary or indexes.
struct HandmadeSealedFile {
    enum Packing: CaseIterable {
        case none
        /// zstd's own "raw blocks": compressed by name only, and no library needed.
        case storedZstd
        /// As it is, under a name that is not understood.
        case lz4
    }

    private(set) var bytes: [UInt8]
    /// Where each chunk begins, and the end of the last.
    private(set) var places: [Int] = []

    init(number: UInt32 = 1) { bytes = TestJournal.preamble(number: number) }

    mutating func append(
        _ records: [JournalRecord], _ packing: Packing = .storedZstd, _ change: (inout Chunk) -> Void = { _ in }
    ) {
        var chunk = Chunk(records.flatMap { $0.encoded() }, packing)
        chunk.start = records.map(\.stamp.wallNanoseconds).min() ?? 0
        chunk.end = records.map(\.stamp.wallNanoseconds).max() ?? 0
        change(&chunk)
        if places.isEmpty { places.append(bytes.count) }
        bytes += chunk.encoded()
        places.append(bytes.count)
        bytes += MCAPMessageIndex(channelID: 4, entries: [.init(time: chunk.start, offset: 0)]).encoded()
    }

    /// With what ends a file: Data End, Footer, magic.
    var closed: [UInt8] {
        let attachment = MCAPAttachment(
            logTime: 0, createTime: 0, name: ConnectionIndex.name, mediaType: ConnectionIndex.mediaType, data: [])
        return bytes + attachment.encoded() + MCAPDataEnd().encoded() + MCAPStatistics().encoded()
            + MCAPFooter().encoded() + MCAP.magic
    }

    struct Chunk {
        var start: UInt64 = 0
        var end: UInt64 = 0
        var uncompressedByteCount: UInt64
        var checksum: UInt32
        var compression: String
        var records: [UInt8]

        init(_ records: [UInt8], _ packing: Packing) {
            uncompressedByteCount = UInt64(records.count)
            checksum = CRC32(of: records.span).value
            switch packing {
            case .none: (compression, self.records) = ("", records)
            case .storedZstd: (compression, self.records) = ("zstd", Self.stored(records))
            case .lz4: (compression, self.records) = ("lz4", records)
            }
        }

        func encoded() -> [UInt8] {
            MCAPChunk.encodedHead(
                messageStartTime: start, messageEndTime: end, uncompressedByteCount: uncompressedByteCount,
                uncompressedCRC: checksum, compression: compression, compressedByteCount: UInt64(records.count))
                + records
        }

        /// A zstd frame of raw blocks (RFC 8878 section 3.1.1).
        static func stored(_ content: [UInt8]) -> [UInt8] {
            let pieces = stride(from: 0, to: max(content.count, 1), by: 64 << 10).map {
                Array(content[$0..<min($0 + 64 << 10, content.count)])
            }
            var bytes = frameHead(contentByteCount: content.count)
            for (index, piece) in pieces.enumerated() {
                bytes += blockHead(type: 0, count: piece.count, isLast: index == pieces.count - 1) + piece
            }
            return bytes
        }

        /// A zstd frame of one byte again and again: 4 bytes for each 128 KiB.
        static func bomb(blocks: Int) -> [UInt8] {
            var bytes = frameHead(contentByteCount: blocks << 17)
            for index in 0..<blocks {
                bytes += blockHead(type: 1, count: 1 << 17, isLast: index == blocks - 1) + [0x41]
            }
            return bytes
        }

        private static func frameHead(contentByteCount count: Int) -> [UInt8] {
            [0x28, 0xB5, 0x2F, 0xFD, 0xA0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        }

        private static func blockHead(type: Int, count: Int, isLast: Bool) -> [UInt8] {
            let word = count << 3 | type << 1 | (isLast ? 1 : 0)
            return (0..<3).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }
}
