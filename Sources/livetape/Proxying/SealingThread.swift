import Foundation
import RecordingStore
import Synchronization

/// Seals the files of a running proxy as they are closed, on a thread of its own that gives way to all others: relaying
/// comes first. What is left when the proxy has ended is sealed at full speed.
final class SealingThread: Sendable {
    /// A step of the thread, for whoever shows it to a person.
    enum Event: Sendable {
        case sealed(SealedFile)
        case failed(path: String, SealingError)
    }

    private struct State {
        /// Files that were sealed, or could not be.
        var handled: Set<String> = []
        var isLast = false
        /// Nobody seals any more.
        var isOver = false
        var doneBytes: UInt64 = 0
        var currentBytes: UInt64 = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Knows what open sockets carry from the last sealed file into the next.
        var sealer: Sealer?
    }

    private let journal: Journal
    private let state = Mutex(State())
    private let isCancelled = Atomic(false)
    private let wakeUps: WakeUps
    private let onEvent: @Sendable (Event) -> Void

    private struct WakeUps: @unchecked Sendable {  // Dispatch semaphores are made to be shared by threads.
        let semaphore = DispatchSemaphore(value: 0)
        /// The thread beside the recording is over.
        let besideRecordingIsOver = DispatchSemaphore(value: 0)
    }

    /// Linux's policy for what may only use time that nobody else wants (sched(7)). A lower nice value was not enough:
    /// busy sockets carried a third less a second while a file was sealed.
    private static let idlePolicy: Int32 = 5
    /// Bytes of disk that are left to the recording.
    private static let keptFreeByteCount: UInt64 = 256_000_000

    /// - Parameter onEvent: called on the thread.
    init(_ journal: Journal, onEvent: @escaping @Sendable (Event) -> Void) {
        self.journal = journal
        self.onEvent = onEvent
        wakeUps = WakeUps()
        Thread.detachNewThread { [self] in
            // On Linux the process 0 is the calling thread.
            var parameters = sched_param()
            sched_setscheduler(0, Self.idlePolicy, &parameters)
            workBesideRecording()
        }
    }

    /// A file was closed.
    func wake() { wakeUps.semaphore.signal() }

    /// Stops at the next opportunity; the journals that are not sealed stay as they are.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        wake()
    }

    /// The journal is closed: the files that are left are the last. Returns when they are sealed, or it was cancelled.
    func finish() async {
        await withCheckedContinuation { continuation in
            let (isFirst, isOver) = state.withLock { state in
                defer { state.isLast = true }
                if !state.isOver { state.waiting.append(continuation) }
                return (!state.isLast, state.isOver)
            }
            if isOver { continuation.resume() }
            wake()
            // Made here, since a thread begins with the priority of the one that makes it.
            if isFirst { Thread.detachNewThread { [self] in workOff() } }
        }
    }

    /// Bytes of closed files that are sealed, and of all of them.
    var progress: (done: UInt64, total: UInt64) {
        let (done, handled) = state.withLock { ($0.doneBytes &+ $0.currentBytes, $0.handled) }
        let rest = journal.closedPaths.filter { !handled.contains($0) }
        let waiting = rest.compactMap { try? RecordingFile(path: $0).byteCount }.reduce(0, &+)
        return (done, done &+ waiting)
    }

    /// Files that are journals still.
    var leftPaths: [String] { journal.closedPaths.filter { (try? RecordingFile(path: $0))?.isSealed == false } }

    // MARK: - On the thread

    private func workBesideRecording() {
        var settings = SealingSettings()
        settings.keptFreeByteCount = Self.keptFreeByteCount
        settings.usesTwoThreads = false
        var sealer = Sealer(release: LiveTape.release, settings: settings)
        var pace = RecordingPace()
        while !isToEnd {
            guard let path = nextPath() else {
                wakeUps.semaphore.wait()
                continue
            }
            // Not begun while much is recorded: a sealing that waits half-way holds its memory and a file.
            pace = look()
            giveWay(&pace)
            if !isToEnd { seal(path, &sealer) { giveWay(&pace) } }
        }
        state.withLock { $0.sealer = sealer }
        wakeUps.besideRecordingIsOver.signal()
    }

    private var isToEnd: Bool { state.withLock { $0.isLast } || isCancelled.load(ordering: .relaxed) }

    /// The pace of this moment: what was seen before the last sealing says nothing about it.
    private func look() -> RecordingPace {
        var pace = RecordingPace()
        pace.look(bytes: passedByteCount, at: DispatchTime.now().uptimeNanoseconds)
        _ = wakeUps.semaphore.wait(timeout: .now() + .nanoseconds(Int(RecordingPace.interval)))
        return pace
    }

    /// Bytes that the recorded sockets have carried.
    private var passedByteCount: UInt64 {
        let statistics = journal.statistics
        return statistics.client.bytes &+ statistics.server.bytes
    }

    /// Waits while much is being recorded.
    private func giveWay(_ pace: inout RecordingPace) {
        while !isToEnd {
            pace.look(bytes: passedByteCount, at: DispatchTime.now().uptimeNanoseconds)
            guard pace.isBusy else { return }
            _ = wakeUps.semaphore.wait(timeout: .now() + .nanoseconds(Int(RecordingPace.interval)))
        }
    }

    /// Seals what is left.
    private func workOff() {
        wakeUps.besideRecordingIsOver.wait()
        if var sealer = state.withLock({ $0.sealer.take() }) {
            sealer.settings.usesTwoThreads = true
            while let path = nextPath() { seal(path, &sealer) {} }
        }
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func nextPath() -> String? {
        guard !isCancelled.load(ordering: .relaxed) else { return nil }
        let closed = journal.closedPaths
        return state.withLock { state in closed.first { !state.handled.contains($0) } }
    }

    /// - Parameter pause: called now and then; returns when sealing may go on.
    private func seal(_ path: String, _ sealer: inout Sealer, _ pause: () -> Void) {
        let result = Result { () throws -> SealedFile in
            let file = try RecordingFile(path: path)
            let files = journal.paths.compactMap { try? RecordingFile(path: $0) }
            let run = RecordingRun(id: file.runID, files: files, folder: journal.settings.folder)
            return try sealer.seal(file, of: run, isClosed: true) { done in
                state.withLock { $0.currentBytes = done }
                pause()
                return !isCancelled.load(ordering: .relaxed)
            }
        }
        state.withLock { state in
            state.doneBytes &+= state.currentBytes
            state.currentBytes = 0
            state.handled.insert(path)
        }
        switch result {
        case .success(let sealed): onEvent(.sealed(sealed))
        case .failure(let error as SealingError):
            if case .cancelled = error { return }
            onEvent(.failed(path: path, error))
        case .failure(let error as RecordingError): onEvent(.failed(path: path, .unreadable(error)))
        case .failure: return
        }
    }
}

extension SealingThread {
    /// Waits for the last files at the proxy's end, but no longer than `limit`, and until a signal comes.
    func finish(within limit: Duration, signals: SignalStream) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var bar = ProgressBar(total: self.progress.total)
                while !Task.isCancelled {
                    bar.advance(to: self.progress.done)
                    try? await Task.sleep(for: .milliseconds(100))
                }
                bar.clear()
            }
            group.addTask {
                for await event in signals.events {
                    if case .signal(let number) = event, number != SIGUSR1 { return self.cancel() }
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                    self.cancel()
                } catch { return }
            }
            await finish()
            group.cancelAll()
        }
    }
}
