internal import CZstd

/// Compresses chunks, one after the other, with the same memory.
final class ChunkCompressor {
    private let context: OpaquePointer?
    private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)  // C's output; freed in deinit

    /// - Parameter level: of zstd; others are brought into its range.
    init(level: Int32) {
        context = ZSTD_createCCtx()
        guard let context else { return }
        let level = min(max(level, ZSTD_minCLevel()), ZSTD_maxCLevel())
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    /// - Returns: the compressed bytes, which stay until the next call; nil without memory.
    func compress(_ input: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {  // unsafe: C takes pointers
        guard let context else { return nil }
        let bound = ZSTD_compressBound(input.count)
        if output.count < bound {
            output.deallocate()
            output = .allocate(byteCount: bound, alignment: 16)
        }
        let count = ZSTD_compress2(context, output.baseAddress, output.count, input.baseAddress, input.count)
        guard ZSTD_isError(count) == 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: output[..<count])
    }
}
