internal import CFileSpace
internal import Dispatch
internal import Glibc

/// Brings a growing file onto the disk piece by piece, and takes what is there from the system's memory.
///
/// Without it a long recording would fill the memory with pages that nobody reads, and each append would need fresh
/// ones: on a virtual machine a fresh page costs several times the copy into it. The newest pieces stay in memory, for
/// whoever follows the recording. Nothing is promised by it: `--durability` does that.
struct WriteBehind {
    /// How much is written out at a time. 4 MB.
    static let pieceByteCount: Int64 = 4 << 20
    /// How many pieces stay in memory behind the one that is written: 16 MB.
    static let keptPieces: Int64 = 4

    private var begun: Int64 = 0
    /// One thread at most works for a file: a slow disk makes the work late, and never an append.
    private let queue = DispatchQueue(label: "journal write-behind", qos: .default)

    /// - Parameters:
    ///   - descriptor: the file; a duplicate of it is used, so that it may be closed at any time.
    ///   - end: how many bytes are in the file. Every byte before stays as it is.
    mutating func advance(_ descriptor: Int32, to end: Int64) {
        guard end - begun >= Self.pieceByteCount else { return }
        let start = begun
        begun = end - end % Self.pieceByteCount
        let count = begun - start
        let kept = Self.keptPieces * Self.pieceByteCount
        let duplicate = dup(descriptor)
        guard duplicate >= 0 else { return }
        queue.async {
            livetape_begin_writing_out(duplicate, start, count)
            if start >= kept { livetape_take_from_memory(duplicate, start - kept, count) }
            close(duplicate)
        }
    }
}
