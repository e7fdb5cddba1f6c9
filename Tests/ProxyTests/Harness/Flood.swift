import NIOCore
import Synchronization

/// Sends without end, as fast as the kernel takes it, and counts.
final class Flood: Sendable {
    private let peer: RawPeer
    private let piece: ByteBuffer
    private let limit: Int
    private let isStopped = Mutex(false)
    /// Bytes that the kernel has taken.
    let accepted: Watched<Int>

    private init(_ peer: RawPeer, limit: Int) {
        self.peer = peer
        self.limit = limit
        piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 10)
        accepted = Watched(0) { "\($0) bytes taken" }
    }

    /// - Parameter limit: how many bytes to send; the default has no end.
    static func start(_ peer: RawPeer, limit: Int = .max) async throws -> Flood {
        let flood = Flood(peer, limit: limit)
        flood.sendOn()
        return flood
    }

    func stop() { isStopped.withLock { $0 = true } }

    private func sendOn() {
        let rest = limit - accepted.now
        guard rest > 0, !isStopped.withLock({ $0 }) else { return }
        let piece = piece.getSlice(at: 0, length: min(rest, piece.readableBytes)) ?? piece
        peer.channel.writeAndFlush(piece).whenSuccess {
            self.accepted.change { $0 += piece.readableBytes }
            // Not from here: what the kernel takes at once would nest without end.
            self.peer.channel.eventLoop.execute { self.sendOn() }
        }
    }

    /// Waits until nothing more was taken for a while.
    /// - Returns: the bytes taken so far.
    func waitForStandstill() async throws -> Int {
        var before = -1
        while accepted.now != before {
            before = accepted.now
            try await peer.channel.eventLoop.scheduleTask(in: .milliseconds(400)) {}.futureResult.get()
        }
        return before
    }
}
