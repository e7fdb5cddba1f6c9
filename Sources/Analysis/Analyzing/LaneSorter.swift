internal import LiveViewWire
internal import RecordingFormat
internal import RecordingStore
internal import Sessions
internal import WebSocketWire

/// Deals the records of a run out to lanes: all sockets of one page to one lane, as far as their handshakes show, and
/// what is no socket's to none.
struct LaneSorter {
    private let laneCount: Int
    /// By connection.
    private var lanes: [UInt64: Int] = [:]
    /// Decodes HTTP on all connections, for the pages.
    private var decoder = ConversationDecoder()
    private var events: [ConversationEvent] = []
    private static let connectionLimit = 100_000

    init(laneCount: Int) { self.laneCount = laneCount }

    mutating func sort(_ batch: RecordBatch) -> [LaneWorker.Work] {
        var work = [LaneWorker.Work](repeating: LaneWorker.Work(batch: batch), count: laneCount)
        for index in batch.items.indices {
            switch batch.items[index] {
            case .skipped(let bytes): work[0].skipped.append(bytes)
            case .record(let record, _): sort(record, index, &work)
            }
        }
        return work
    }

    private mutating func sort(_ record: JournalRecord, _ index: Int, _ work: inout [LaneWorker.Work]) {
        let connection = record.stamp.connection
        switch record {
        case .frame:
            // Most, of connections that are known.
            if let lane = lanes[connection] {
                work[lane].records.append(index)
                return
            }
        case .http(let http, let bytes):
            decodeHTTP(record, &work)
            if lanes[connection] == nil, http.kind == .head, http.direction == .client {
                lanes[connection] = Self.key(ofHead: bytes).map { laneNumber($0) }
            }
            if lanes[connection] == nil { return }
        case .socket(let socket):
            decodeHTTP(record, &work)
            if socket.kind != .socketOpened, lanes[connection] == nil { return }
        case .gap, .note, .checkpoint:
            if connection == 0 {
                work[0].records.append(index)
                return
            }
        }
        let lane = lanes[connection] ?? laneNumber(connection &* 0x9e37_79b9_7f4a_7c15)
        lanes[connection] = lane
        if lanes.count > Self.connectionLimit, let any = lanes.first { lanes[any.key] = nil }
        work[lane].records.append(index)
        if case .socket(let socket) = record, socket.kind == .connectionClosed { lanes[connection] = nil }
    }

    private func laneNumber(_ key: UInt64) -> Int { Int((key >> 33) % UInt64(laneCount)) }

    private mutating func decodeHTTP(_ record: JournalRecord, _ work: inout [LaneWorker.Work]) {
        decoder.receive(record, into: &events)
        for case .exchange(let exchange) in events {
            work[0].exchanges.append(exchange)
            guard laneCount > 1 else { continue }
            // All lanes want to know which version of the client was served.
            let isScript = exchange.response?.fields["Content-Type"]?.contains("javascript") ?? false
            if isScript { for lane in 1..<laneCount { work[lane].exchanges.append(exchange) } }
            guard let page = DeadPage(exchange) else { continue }
            for lane in 1..<laneCount { work[lane].pages.append(page) }
        }
        events.removeAll(keepingCapacity: true)
    }

    /// What the sockets of one page have in common: its CSRF token in the target, else their cookies.
    /// - Returns: nil if the head asks for no socket.
    private static func key(ofHead bytes: [UInt8]) -> UInt64? {
        guard let head = HTTPRequestHead(bytes: bytes), head.fields.contains("websocket", in: "Upgrade") else {
            return nil
        }
        let common = RequestPath.parameter("_csrf_token", of: head.target) ?? head.fields["Cookie"] ?? ""
        guard !common.isEmpty else { return nil }
        let text = Array(common.utf8)
        return ContentHash.of(text.span, 0..<text.count)
    }
}
