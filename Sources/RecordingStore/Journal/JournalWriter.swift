internal import Glibc
package import RecordingFormat

/// Collects the records of one event loop and appends them to the journal in one piece.
///
/// Used on one thread only. Small payloads are copied behind their record's head; large ones are written from where
/// they are, so their memory must stay as it is until ``commit(now:)`` returns.
package final class JournalWriter {
    /// Room for records of one batch; a fuller batch is appended early. 256 kB.
    static let arenaByteCount = 256 << 10
    /// Payloads of at least this many bytes are not copied.
    static let copiedBelow = 1024
    /// What one `writev` takes at most (IOV_MAX on Linux).
    static let vectorCount = 1024

    package let journal: Journal
    /// Counts since the last commit.
    package var statistics = RunStatistics()
    /// Knows the largest messages of all commits: others are not worth a list in each commit's counts.
    private var overall = RunStatistics()
    /// Unsafe: writev(2) needs addresses that stay; the memory is this object's own.
    private let arena = UnsafeMutableRawPointer.allocate(byteCount: arenaByteCount, alignment: 16)
    private let vectors = UnsafeMutablePointer<iovec>.allocate(capacity: vectorCount)  // Unsafe: as above.
    private var arenaUsed = 0
    private var vectorsUsed = 0
    private var byteCount = 0
    private var recordCount: UInt64 = 0

    package init(journal: Journal) { self.journal = journal }

    deinit {
        arena.deallocate()
        vectors.deallocate()
    }

    /// Whether there is anything to append.
    package var isEmpty: Bool { recordCount == 0 }

    /// Adds a frame, or a part of one, or raw bytes.
    package func append(
        _ record: FrameRecord,
        payload: UnsafeRawBufferPointer,  // Unsafe: the bytes as they were received; see the type's comment.
        now: RecordingTime
    ) {
        reserve(FrameRecord.maximumHeadByteCount, payload, now: now)
        let count = record.writeHead(payload: payload, to: room)
        finishRecord(headByteCount: count, payload)
    }

    /// Adds frames that stand one behind the other.
    package func append(
        _ run: FrameRun,
        frames: UnsafeRawBufferPointer,  // Unsafe: as above.
        now: RecordingTime
    ) {
        reserve(FrameRun.maximumHeadByteCount, frames, now: now)
        let count = run.writeHead(frames: frames, to: room)
        finishRecord(headByteCount: count, frames)
        // One for each of them: what a gap says to be lost.
        recordCount += run.count - 1
    }

    /// Adds a piece of an HTTP body.
    package func append(
        _ record: HTTPRecord,
        body: UnsafeRawBufferPointer,  // Unsafe: as above.
        now: RecordingTime
    ) {
        reserve(HTTPRecord.maximumHeadByteCount, body, now: now)
        let count = record.writeHead(bytes: body, to: room)
        finishRecord(headByteCount: count, body)
    }

    /// Adds a record that is already encoded: one of the rare kinds.
    package func append(encoded bytes: [UInt8], now: RecordingTime) {
        bytes.withUnsafeBytes { buffer in  // Unsafe: a record that does not fit the arena is written at once.
            if buffer.count > Self.arenaByteCount {
                commit(now: now)
                add(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
                recordCount += 1
                commit(now: now)
                return
            }
            reserve(buffer.count, UnsafeRawBufferPointer(start: nil, count: 0), now: now)
            (arena + arenaUsed).copyMemory(from: buffer.baseAddress ?? UnsafeRawPointer(arena), byteCount: buffer.count)
            addFromArena(buffer.count)
            recordCount += 1
        }
    }

    /// A message must be larger than this to be one of the largest; nil: any is.
    package var smallestNoted: UInt64? { overall.smallestNoted }

    /// Counts a message in ``RunStatistics/largest``, if it is one of them.
    package func note(_ message: RunStatistics.LargeMessage) {
        if overall.note(message) { statistics.note(message) }
    }

    /// Appends what was collected. When this returns, all of it is in the journal, or in its gap.
    package func commit(now: RecordingTime) {
        guard recordCount > 0 || statistics != RunStatistics() else { return }
        journal.append(
            UnsafeBufferPointer(start: vectors, count: vectorsUsed), byteCount: byteCount, recordCount: recordCount,
            statistics: statistics, now: now)
        statistics = RunStatistics()
        arenaUsed = 0
        vectorsUsed = 0
        byteCount = 0
        recordCount = 0
    }

    /// The arena's unused rest.
    private var room: UnsafeMutableRawBufferPointer {  // Unsafe: record heads are encoded in place.
        UnsafeMutableRawBufferPointer(start: arena + arenaUsed, count: Self.arenaByteCount - arenaUsed)
    }

    private func reserve(
        _ headByteCount: Int, _ payload: UnsafeRawBufferPointer,  // Unsafe: only its size is looked at.
        now: RecordingTime
    ) {
        let copied = payload.count < Self.copiedBelow ? payload.count : 0
        if arenaUsed + headByteCount + copied > Self.arenaByteCount || vectorsUsed + 2 > Self.vectorCount {
            commit(now: now)
        }
    }

    private func finishRecord(
        headByteCount: Int, _ payload: UnsafeRawBufferPointer  // Unsafe: see append.
    ) {
        addFromArena(headByteCount)
        if payload.count >= Self.copiedBelow {
            add(UnsafeMutableRawPointer(mutating: payload.baseAddress), payload.count)
        } else if let base = payload.baseAddress, payload.count > 0 {
            (arena + arenaUsed).copyMemory(from: base, byteCount: payload.count)
            addFromArena(payload.count)
        }
        recordCount += 1
    }

    private func addFromArena(_ count: Int) {
        let start = arena + arenaUsed
        arenaUsed += count
        if vectorsUsed > 0, let base = vectors[vectorsUsed - 1].iov_base,
            base + vectors[vectorsUsed - 1].iov_len == start
        {
            vectors[vectorsUsed - 1].iov_len += count
            byteCount += count
        } else {
            add(start, count)
        }
    }

    private func add(_ base: UnsafeMutableRawPointer?, _ count: Int) {  // Unsafe: writev(2) only reads through it.
        vectors[vectorsUsed] = iovec(iov_base: base, iov_len: count)
        vectorsUsed += 1
        byteCount += count
    }
}
