import RecordingStore
import Synchronization

/// The bar of an analysis: batches are told from other tasks.
final class AnalysisProgress: Sendable {
    /// By path: bytes of the files before it.
    private let before: [String: UInt64]
    private let bar: Mutex<ProgressBar>

    init(_ runs: [RecordingRun]) {
        var before: [String: UInt64] = [:]
        var total: UInt64 = 0
        for file in runs.flatMap(\.files) {
            before[file.path] = total
            total &+= file.byteCount
        }
        self.before = before
        var bar = ProgressBar(total: total)
        bar.advance(to: 0)
        self.bar = Mutex(bar)
    }

    func take(_ batch: RecordBatch) {
        guard let (path, offset) = batch.begin, let before = before[path] else { return }
        bar.withLock { $0.advance(to: before &+ offset) }
    }

    func clear() { bar.withLock { $0.clear() } }
}

extension RecordBatch {
    /// Where its first record is.
    fileprivate var begin: (path: String, offset: UInt64)? {
        switch items.first {
        case .record(_, let place): (place.path, place.offset)
        case .skipped(let skipped): (skipped.path, skipped.offset)
        case nil: nil
        }
    }
}
