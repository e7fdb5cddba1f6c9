import Foundation
import RecordingStore
import Synchronization

/// `proxy --tail`: reads the journal that is being written, on a thread of its own, so that the relay waits for nothing.
final class TailThread: Sendable {
    private let keys: TailKeys?
    private let stopEnds: [Int32]
    private let isOver = Mutex(false)

    init(path: String, options: TailOptions) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure("no pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        stopEnds = ends
        keys = TailKeys()
        let thread = Thread { [self] in
            do {
                try reading { output in
                    guard let run = try RecordingRun.find(at: [path]).last else { return }
                    var tail = Tail(run, options: options, output: output, keys: keys, stop: stopEnds[0])
                    try tail.follow()
                }
            } catch {
                complain("--tail ended: \(error)")
            }
            isOver.withLock { $0 = true }
        }
        thread.start()
    }

    /// Lets it read to the end of the run, and gives the terminal back.
    func finish() async {
        await wait()
        var byte: UInt8 = 1
        _ = write(stopEnds[1], &byte, 1)
        await wait()
        keys?.restore()
    }

    /// A second at most.
    private func wait() async {
        for _ in 0..<100 where !isOver.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(10)) }
    }
}
