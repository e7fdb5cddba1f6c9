internal import RecordingFormat
internal import RecordingStore
internal import Sessions

/// Decodes the records of a lane's connections, and works at what they tell, one batch after the other.
actor LaneWorker {
    private var lane: Lane
    private var decoder = ConversationDecoder()
    private var events: [ConversationEvent] = []
    /// By connection: the sequence number that comes next.
    private var nextSequence: [UInt64: UInt64] = [:]
    private static let connectionLimit = 100_000

    init(_ settings: Analyzer.Settings) {
        lane = Lane(settings)
    }

    /// What one batch has for a lane.
    struct Work: Sendable {
        /// All records; a lane's are those in `records`.
        let batch: RecordBatch
        var records: [Int] = []
        var pages: [DeadPage] = []
        /// What happened outside of sockets: for one of the lanes.
        var exchanges: [HTTPExchange] = []
        var skipped: [SkippedBytes] = []
        var missing: [MissingRecords] = []
    }

    func take(_ work: Work) {
        for page in work.pages { lane.keep(page) }
        for exchange in work.exchanges { lane.receive(.exchange(exchange)) }
        for bytes in work.skipped { lane.skipped(bytes) }
        for index in work.records {
            // Without their places: those hold a text that all lanes would count references to.
            guard case .record(let record, _) = work.batch.items[index] else { continue }
            take(record, index, work.batch)
        }
    }

    private func take(_ record: JournalRecord, _ index: Int, _ batch: RecordBatch) {
        if !record.isAddition { follow(record.stamp, index, batch) }
        decoder.receive(record, into: &events)
        for event in events {
            // Those are told by whoever has all connections.
            if case .exchange = event { continue }
            lane.receive(event)
        }
        events.removeAll(keepingCapacity: true)
        if case .socket(let socket) = record, socket.kind == .connectionClosed {
            nextSequence[record.stamp.connection] = nil
        }
    }

    private func follow(_ stamp: RecordStamp, _ index: Int, _ batch: RecordBatch) {
        let expected = nextSequence.updateValue(stamp.sequence &+ 1, forKey: stamp.connection)
        if nextSequence.count > Self.connectionLimit, let any = nextSequence.first { nextSequence[any.key] = nil }
        guard let expected, stamp.sequence != expected, case .record(_, let place) = batch.items[index] else { return }
        decoder.lostRecords(of: stamp.connection, stamp, into: &events)
        for event in events { lane.receive(event) }
        events.removeAll(keepingCapacity: true)
        lane.missing(
            MissingRecords(path: place.path, offset: place.offset, stamp: stamp, expected: expected))
    }

    func end() -> Analysis {
        decoder.end(into: &events)
        for event in events {
            if case .exchange = event { continue }
            lane.receive(event)
        }
        events.removeAll()
        return lane.end()
    }
}
