import RecordingFormat
import RecordingStore

/// The records of a run's files, as any reader of the format finds them.
struct Recorded: Sendable {
    var records: [JournalRecord] = []
    /// The bytes behind the last whole record: space taken ahead by a file that is being written, or a torn record.
    var restByteCount = 0
    var isWhole = true

    init(paths: [String]) throws {
        for path in paths { try read(readFile(path)) }
    }

    init(bytes: [UInt8]) throws { try read(bytes) }

    private mutating func read(_ bytes: [UInt8]) throws {
        var reader = MCAPRecordReader()
        var position = 0
        while true {
            switch reader.next(bytes.span, at: &position) {
            case .needsBytes, .damaged:
                restByteCount += bytes.count - position
                isWhole = isWhole && reader.hasEnded
                return
            case .magic: continue
            case .record(.message, let offset, let body):
                switch try StoredRecord(messageBody: bytes.span.extracting(body), offset: offset) {
                case .record(let record): records.append(record)
                case .run(let run, let frames): records += try OpenRun(run, frames: frames, offset: offset)
                }
            case .record: continue
            }
        }
    }

    /// What of a direction is recorded as frames or raw, in the order of the records.
    func streamBytes(_ direction: Direction, connection: UInt64 = 1) -> [UInt8] {
        var bytes: [UInt8] = []
        for case .frame(let record, let payload) in records
        where record.direction == direction && record.stamp.connection == connection {
            bytes += record.head.bytes + payload
        }
        return bytes
    }

    /// The heads of requests (client) or answers (server), as texts.
    func heads(_ direction: Direction, connection: UInt64 = 1) -> [String] {
        http(direction, .head, connection: connection).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The bytes of bodies, by exchange.
    func bodies(_ direction: Direction, connection: UInt64 = 1) -> [UInt64: [UInt8]] {
        http(direction, .body, connection: connection).reduce(into: [:]) { bodies, piece in
            bodies[piece.record.exchange, default: []] += piece.bytes
        }
    }

    func http(
        _ direction: Direction, _ kind: HTTPRecord.Kind, connection: UInt64 = 1
    ) -> [(record: HTTPRecord, bytes: [UInt8])] {
        records.compactMap { record in
            guard case .http(let http, let bytes) = record, http.direction == direction, http.kind == kind,
                http.stamp.connection == connection
            else { return nil }
            return (http, bytes)
        }
    }

    func rawReasons(_ direction: Direction) -> Set<FrameRecord.RawReason> {
        var reasons: Set<FrameRecord.RawReason> = []
        for case .frame(let record, _) in records where record.direction == direction {
            if let reason = record.rawReason { reasons.insert(reason) }
        }
        return reasons
    }

    func socketRecords(_ kind: SocketRecord.Kind) -> [SocketRecord] {
        records.compactMap { if case .socket(let record) = $0, record.kind == kind { record } else { nil } }
    }

    var gaps: [GapRecord] { records.compactMap { if case .gap(let record) = $0 { record } else { nil } } }

    var notes: [NoteRecord] { records.compactMap { if case .note(let record) = $0 { record } else { nil } } }

    /// Whether the last record says that the run ended.
    var hasRunEnded: Bool {
        guard case .note(let note)? = records.last else { return false }
        return note.kind == .runEnded
    }

    /// Whether each connection's records are numbered without a hole.
    var isNumberedWithoutHoles: Bool {
        var next: [UInt64: UInt64] = [:]
        return records.allSatisfy { record in
            let stamp = record.stamp
            defer { next[stamp.connection] = stamp.sequence + 1 }
            return stamp.sequence == next[stamp.connection, default: 0]
        }
    }
}
