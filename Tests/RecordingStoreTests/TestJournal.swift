import Foundation
import RecordingFormat
import RecordingStore
import WebSocketWire

/// A journal as the recorder writes it, made record by record.
struct TestJournal {
    var records: [JournalRecord] = []
    private var sequences: [UInt64: UInt64] = [:]
    private var offsets: [String: UInt64] = [:]
    private var numbers: [String: UInt64] = [:]
    private var time: UInt64 = 1_000_000

    static let start: UInt64 = 1_790_000_000_000_000_000

    mutating func stamp(_ connection: UInt64) -> RecordStamp {
        time += 1_000_000
        defer { sequences[connection, default: 0] += 1 }
        return RecordStamp(
            connection: connection, sequence: sequences[connection, default: 0], wallNanoseconds: Self.start + time,
            monotonicNanoseconds: time)
    }

    /// Leaves sequence numbers out, as when records are lost.
    mutating func lose(_ count: UInt64, of connection: UInt64) { sequences[connection, default: 0] += count }

    mutating func append(_ record: JournalRecord) { records.append(record) }

    mutating func request(_ connection: UInt64, exchange: UInt64 = 1, _ head: String) {
        http(connection, .client, .head, exchange: exchange, Array(head.utf8))
    }

    mutating func http(
        _ connection: UInt64, _ direction: Direction, _ kind: HTTPRecord.Kind, exchange: UInt64 = 1,
        _ bytes: [UInt8] = [], bodySize: UInt64 = 0, bodyRecorded: UInt64 = 0
    ) {
        let record = HTTPRecord(
            stamp: stamp(connection), direction: direction, kind: kind, exchange: exchange, offset: 0,
            bodySize: bodySize, bodyRecorded: bodyRecorded)
        append(.http(record, bytes: bytes))
    }

    mutating func event(
        _ connection: UInt64, _ kind: SocketRecord.Kind, by actor: SocketRecord.Actor = .client,
        _ fill: (inout SocketRecord) -> Void = { _ in }
    ) {
        var record = SocketRecord(stamp: stamp(connection), kind: kind, by: actor)
        fill(&record)
        append(.socket(record))
    }

    mutating func open(_ connection: UInt64, target: String = "/live", extensions: String = "", early: UInt64 = 0) {
        event(connection, .socketOpened, by: .server) {
            $0.exchange = 1
            $0.target = target
            $0.extensions = extensions
            $0.isRecorded = true
            $0.earlyClientBytes = early
        }
    }

    /// A frame in as many parts as there are payloads.
    mutating func frame(_ connection: UInt64, _ sender: Direction, _ bytes: [UInt8], parts: Int = 1) {
        let key = "\(connection) \(sender)"
        var parser = FrameParser(offset: offsets[key, default: 0])
        let cut = (0...parts).map { bytes.count * $0 / parts }
        var position = 0
        for (begin, end) in zip(cut, cut.dropFirst()) {
            let piece = Array(bytes[begin..<end])
            position = 0
            while case .piece(let found) = parser.next(piece.span, at: &position) {
                let words = found.head?.words ?? (low: 0, high: 0)
                let record = FrameRecord(
                    stamp: stamp(connection), direction: sender, offset: found.offset, number: numbers[key, default: 0],
                    part: found.part, isLast: found.isLast,
                    head: WireHead(low: words.low, high: words.high, byteCount: UInt8(found.head?.byteCount ?? 0)))
                append(.frame(record, payload: Array(piece[found.payload])))
                if found.isLast { numbers[key, default: 0] += 1 }
            }
        }
        offsets[key, default: 0] += UInt64(bytes.count)
    }

    /// Frames of a direction that the recorder counted and that are no records of their own.
    mutating func countFrames(_ count: UInt64, _ connection: UInt64, _ sender: Direction) {
        numbers["\(connection) \(sender)", default: 0] += count
    }

    mutating func text(_ connection: UInt64, _ sender: Direction, _ text: String, parts: Int = 1) {
        frame(connection, sender, wireFrame(.text, Array(text.utf8), from: sender), parts: parts)
    }

    mutating func raw(_ connection: UInt64, _ reason: FrameRecord.RawReason, _ bytes: [UInt8], offset: UInt64) {
        let record = FrameRecord(
            stamp: stamp(connection), direction: .client, kind: .raw, offset: offset, number: 0, isLast: true,
            rawReason: reason)
        append(.frame(record, payload: bytes))
    }

    mutating func note(_ kind: NoteRecord.Kind) { append(.note(NoteRecord(stamp: stamp(0), kind: kind))) }

    /// The file's bytes.
    func bytes(number: UInt32 = 1, run: String = "k3f9x2", isClosed: Bool = true) -> [UInt8] {
        var bytes = Self.preamble(number: number, run: run)
        for record in records { bytes += record.encoded() }
        return isClosed ? bytes + Self.ending : bytes
    }

    static func preamble(number: UInt32 = 1, run: String = "k3f9x2") -> [UInt8] {
        JournalPreamble(
            runID: run, fileNumber: number,
            details: [
                JournalPreamble.DetailKey.startedWallNanoseconds: "\(start)",
                JournalPreamble.DetailKey.target: "http://127.0.0.1:4000",
            ]
        ).encoded(release: "0")
    }

    static let ending = MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic
}

func wireFrame(_ opcode: Opcode, _ payload: [UInt8], from sender: Direction, deflated: Bool = false) -> [UInt8] {
    var bytes = [0x80 | (deflated ? 0x40 : 0) | opcode.rawValue]
    let mask: UInt8 = sender == .client ? 0x80 : 0
    if payload.count < 126 {
        bytes.append(mask | UInt8(payload.count))
    } else {
        bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    }
    guard sender == .client else { return bytes + payload }
    let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
    return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/livetape-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func name(_ number: UInt32 = 1, run: String = "k3f9x2") -> String {
        "\(path)/20261123T101500Z-127.0.0.1-4000-\(run)-\(number).mcap"
    }

    func remove(_ number: UInt32, run: String = "k3f9x2") throws {
        try FileManager.default.removeItem(atPath: name(number, run: run))
    }

    /// The names of all files, sorted.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    @discardableResult
    func write(_ bytes: [UInt8], number: UInt32 = 1, run: String = "k3f9x2") throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: name(number, run: run)))
        return name(number, run: run)
    }
}

/// What a reader said of a run, as one list.
struct Reading {
    var records: [JournalRecord] = []
    var skipped: [SkippedBytes] = []
    var missing: [MissingRecords] = []
    var ending: RunEnding?
}

func readAll(_ path: String, buffer: Int = 4096, recordByteLimit: Int? = nil) throws -> Reading {
    var settings = RecordingReader.Settings()
    settings.bufferByteCount = buffer
    if let recordByteLimit { settings.recordByteLimit = recordByteLimit }
    return try readAll(path, settings)
}

func readAll(_ path: String, _ settings: RecordingReader.Settings) throws -> Reading {
    let runs = try RecordingRun.find(at: [path])
    var reading = Reading()
    guard let run = runs.last else { return reading }
    var reader = try RecordingReader(run: run, settings: settings)
    while true {
        switch try reader.next() {
        case .record(let record, _): reading.records.append(record)
        case .skipped(let skipped): reading.skipped.append(skipped)
        case .missing(let missing): reading.missing.append(missing)
        case .caughtUp: return reading
        case .ended(let ending):
            reading.ending = ending
            return reading
        }
    }
}

/// The events of records, with what is unfinished at the end.
func decode(_ records: [JournalRecord], limits: ConversationLimits = .init()) -> [ConversationEvent] {
    var decoder = ConversationDecoder(limits: limits)
    var events: [ConversationEvent] = []
    for record in records { decoder.receive(record, into: &events) }
    decoder.end(into: &events)
    return events
}

extension [ConversationEvent] {
    var messages: [SocketMessage] {
        compactMap { event in
            switch event {
            case .message(let message): message
            default: nil
            }
        }
    }

    var texts: [String] { messages.map { String(decoding: $0.payload, as: UTF8.self) } }
}
