internal import CZstd
internal import RecordingFormat

/// Takes the records out of chunks, one chunk after the other; it keeps zstd's memory between them.
///
/// Memory: the records, at most the limit, and zstd's own 160 KiB; for a damaged chunk a window of 8 MiB, or as large as
/// its records, besides.
final class ChunkInflater {
    /// The records, and what is wrong with them. Of a damaged chunk, as many of its first bytes as could be had.
    struct Inflated {
        var records: [UInt8] = []
        var damage: FormatError?
    }

    /// The most uncompressed bytes of a chunk that are believed.
    private let byteLimit: Int
    /// nil if there was no memory for it.
    private let context: OpaquePointer?

    /// The largest window that is taken, whatever the chunk: 8 MiB, which RFC 8878 section 3.1.1.1.2 asks for.
    private static let windowLog: Int32 = 23

    init(byteLimit: Int) {
        self.byteLimit = min(max(byteLimit, 0), 1 << 40)
        context = ZSTD_createDCtx()
    }

    deinit { ZSTD_freeDCtx(context) }

    /// - Parameters:
    ///   - body: the Chunk's; of a torn one, as much as there is of it.
    ///   - offset: where in the file the Chunk begins, for the error.
    ///   - isTorn: whether the file ends within it.
    func records(of chunk: MCAPChunk, in body: Span<UInt8>, offset: UInt64, isTorn: Bool = false) -> Inflated {
        func damage(_ expected: String, _ actual: String, advice: String? = nil) -> FormatError {
            FormatError(offset: offset, record: "Chunk", expected: expected, actual: actual, advice: advice)
        }
        let stated = chunk.uncompressedByteCount
        guard stated <= UInt64(byteLimit) else {
            return Inflated(damage: damage("uncompressed_size: at most \(byteLimit) (the limit)", "\(stated)"))
        }
        let compressed = body.extracting(chunk.records.clamped(to: 0..<body.count))
        var inflated: Inflated
        switch chunk.compression {
        case "":
            // unsafe pointer: the one way to copy at once
            let bytes = compressed.extracting(0..<min(compressed.count, Int(stated))).withUnsafeBufferPointer {
                Array($0)
            }
            inflated = Inflated(records: bytes)
            if !isTorn, compressed.count != Int(stated) {
                inflated.damage = damage("\(stated) bytes of records", "\(compressed.count)")
            }
        case "zstd":
            inflated = inflate(compressed, to: Int(stated), isTorn: isTorn, damage)
        case "lz4":
            return Inflated(
                damage: damage(
                    "the compression 'zstd' or none", "'lz4'",
                    advice: "Compress the file anew, for instance by 'mcap compress --compression zstd'."))
        default: return Inflated(damage: damage("the compression 'zstd' or none", "'\(chunk.compression)'"))
        }
        guard inflated.damage == nil, !isTorn, chunk.uncompressedCRC != 0 else { return inflated }
        let actual = CRC32(of: inflated.records.span).value
        if actual != chunk.uncompressedCRC {
            inflated.damage = damage("records with the checksum (CRC32) \(chunk.uncompressedCRC)", "\(actual)")
        }
        return inflated
    }

    private func inflate(
        _ compressed: Span<UInt8>, to count: Int, isTorn: Bool, _ damage: (String, String, String?) -> FormatError
    ) -> Inflated {
        guard let context else { return Inflated(damage: damage("memory for inflating", "none", nil)) }
        if !isTorn {
            var result = 0
            let records = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
                compressed.withUnsafeBufferPointer { bytes in
                    // Unsafe: zstd takes pointers; it writes at most `room.count` bytes, and says how many.
                    result = ZSTD_decompressDCtx(context, room.baseAddress, room.count, bytes.baseAddress, bytes.count)
                }
                filled = ZSTD_isError(result) == 0 ? min(result, room.count) : 0
            }
            if ZSTD_isError(result) == 0 {
                guard records.count != count else { return Inflated(records: records) }
                return Inflated(
                    records: records, damage: damage("records that inflate to \(count) bytes", "\(records.count)", nil))
            }
            let reason = String(cString: ZSTD_getErrorName(result))
            return Inflated(
                records: beginning(of: compressed, upTo: count, context),
                damage: damage("records that inflate to \(count) bytes", "what zstd says '\(reason)' to", nil))
        }
        return Inflated(records: beginning(of: compressed, upTo: count, context))
    }

    /// As much as can be had of damaged or torn compressed bytes.
    private func beginning(of compressed: Span<UInt8>, upTo count: Int, _ context: OpaquePointer) -> [UInt8] {
        let needed = Int32(clamping: Int.bitWidth - max(count - 1, 1).leadingZeroBitCount)
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, max(needed, Self.windowLog))
        return [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            compressed.withUnsafeBufferPointer { bytes in
                // Unsafe: zstd takes pointers; it reads and writes within the sizes that stand beside them.
                var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                while output.pos < output.size {
                    let before = (input.pos, output.pos)
                    let result = ZSTD_decompressStream(context, &output, &input)
                    if ZSTD_isError(result) != 0 || before == (input.pos, output.pos) { break }
                }
                filled = min(output.pos, room.count)
            }
        }
    }
}
