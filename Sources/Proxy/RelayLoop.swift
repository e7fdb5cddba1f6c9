internal import NIOCore
internal import RecordingStore

/// What the relays of one event loop share: the writer that collects their records, and the list of those whose bytes
/// wait for the journal.
///
/// Bytes that arrive in one turn of the loop are appended to the journal in one piece at its end; only then are they
/// flushed to the other peer. That is the order that keeps the promise "nothing lost".
final class RelayLoop {
    let eventLoop: any EventLoop
    let writer: JournalWriter
    private var waiting: [Relay] = []
    /// The buffers that records point into: kept until the records are in the journal, whatever becomes of a channel.
    private var held: [ByteBuffer] = []
    private var isScheduled = false
    private(set) var relays: [UInt64: Relay] = [:]

    init(eventLoop: any EventLoop, journal: Journal) {
        self.eventLoop = eventLoop
        writer = JournalWriter(journal: journal)
    }

    func add(_ relay: Relay, connection: UInt64) { relays[connection] = relay }

    func remove(connection: UInt64) { relays[connection] = nil }

    /// Keeps a buffer that records point into until they are written.
    func hold(_ buffer: ByteBuffer) { held.append(buffer) }

    /// Has the relay flushed at the end of this turn of the loop, behind the append.
    func flushAfterCommit(_ relay: Relay) {
        waiting.append(relay)
        schedule()
    }

    /// Has records written at the end of this turn.
    func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.endTurn() }
    }

    private func endTurn() {
        isScheduled = false
        writer.commit(now: .now())
        held.removeAll(keepingCapacity: true)
        let flushed = waiting
        waiting.removeAll(keepingCapacity: true)
        for relay in flushed { relay.flush() }
    }
}
