/// How a sealed file is made.
package struct SealingSettings: Hashable, Sendable {
    /// A chunk is ended when its records have so many bytes, not compressed. Default: 1 MiB.
    package var chunkByteCount = 1 << 20
    /// Of zstd. Default: 3.
    package var compressionLevel: Int32 = 3
    /// A socket gets a checkpoint when so many bytes of records, of all connections, came since its last one. Default: 16 MiB.
    package var checkpointDistance: UInt64 = 16 << 20
    /// And when so many bytes of its own payload came since. Default: 128 KiB.
    package var checkpointPayload: UInt64 = 128 << 10
    /// Or, of a quiet one, when its records are in so many chunks since, all of which a reader would have to inflate to
    /// decode it. Default: 64.
    package var checkpointChunkCount: UInt64 = 64
    /// Sealing stops when the disk would have less free space than this: a live recording needs it more. Default: 0.
    package var keptFreeByteCount: UInt64 = 0
    /// Chunks are compressed on a second thread, while the next one is filled. Default: true.
    package var usesTwoThreads = true
    /// Connections that are followed at the same time. Default: 100 000; beyond that, those with the lowest numbers are
    /// forgotten: a frame of theirs that spans reads stays masked, and they get no checkpoint.
    package var connectionLimit = 100_000

    package init() {}
}

/// What became of a file that was sealed.
package struct SealedFile: Hashable, Sendable {
    package var path: String
    /// Bytes before and after.
    package var originalByteCount: UInt64 = 0
    package var byteCount: UInt64 = 0
    /// Records of the recording, without checkpoints.
    package var recordCount: UInt64 = 0
    package var checkpointCount: UInt64 = 0
    package var chunkCount: UInt64 = 0
}
