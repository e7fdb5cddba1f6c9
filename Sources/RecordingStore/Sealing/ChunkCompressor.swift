internal import CZstd
internal import Dispatch
internal import RecordingFormat

/// Compresses chunks, one after the other, with the same memory; on a thread of its own the next one is filled meanwhile.
final class ChunkCompressor: @unchecked Sendable {  // Between `start` and `finish` the queue alone touches its state.
    /// What became of a chunk.
    struct Compressed {
        /// Valid until the next ``ChunkCompressor/start(_:)``.
        var bytes: UnsafeRawBufferPointer  // C's output, written to the file from where it is
        /// CRC32 of the records before.
        var recordsCRC: UInt32
    }

    private let context: OpaquePointer?
    /// nil: on the caller's thread.
    private let queue: DispatchQueue?
    private let isDone = DispatchSemaphore(value: 0)
    private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)  // C's output; freed in deinit
    private var result: Compressed?

    /// - Parameters:
    ///   - level: of zstd; others are brought into its range.
    ///   - hasOwnThread: whether the caller can do something else meanwhile.
    init(level: Int32, hasOwnThread: Bool) {
        queue = hasOwnThread ? DispatchQueue(label: "livetape.compress") : nil
        context = ZSTD_createCCtx()
        guard let context else { return }
        let level = min(max(level, ZSTD_minCLevel()), ZSTD_maxCLevel())
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    /// Begins with a chunk, which must stay as it is until ``finish()``. Never two at a time.
    func start(_ chunk: ChunkBuilder) {
        nonisolated(unsafe) let records = chunk.records  // only read, and not changed before `finish` has returned
        guard let queue else {
            result = compress(records)
            isDone.signal()
            return
        }
        queue.async { [self] in
            result = compress(records)
            isDone.signal()
        }
    }

    /// Waits for the chunk that was begun.
    /// - Returns: nil without memory.
    func finish() -> Compressed? {
        isDone.wait()
        return result
    }

    private func compress(_ input: UnsafeRawBufferPointer) -> Compressed? {  // unsafe: C takes pointers
        guard let context else { return nil }
        let bound = ZSTD_compressBound(input.count)
        if output.count < bound {
            output.deallocate()
            output = .allocate(byteCount: bound, alignment: 16)
        }
        let count = ZSTD_compress2(context, output.baseAddress, output.count, input.baseAddress, input.count)
        guard ZSTD_isError(count) == 0 else { return nil }
        var checksum = CRC32()
        checksum.update(input)
        return Compressed(bytes: UnsafeRawBufferPointer(rebasing: output[..<count]), recordsCRC: checksum.value)
    }
}
