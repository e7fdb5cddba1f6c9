import RecordingFormat

/// Records with every field set, so that a field left out by an encoder or a decoder shows.
enum Sample {
    static let runs = [
        FrameRun(stamp: stamp, direction: .client, offset: 200, number: 0, count: 2),
        FrameRun(stamp: stamp, direction: .server, offset: 1 << 62, number: .max, count: 1 << 40),
        FrameRun(
            stamp: RecordStamp(connection: .max, sequence: .max, wallNanoseconds: .max, monotonicNanoseconds: .max),
            direction: .server, offset: .max, number: .max, count: .max),
    ]

    static let stamp = RecordStamp(
        connection: 300, sequence: 0x1_0000_0007, wallNanoseconds: 1_790_000_000_123_456_789,
        monotonicNanoseconds: 987_654_321)

    static let frame = FrameRecord(
        stamp: stamp, direction: .client, kind: .frame, offset: 70_000, number: 129, part: 2, isLast: true,
        rawReason: .unfinishedHead, head: WireHead(low: 0x8877_6655_4433_2211, high: 0xeedd_ccbb_aa99, byteCount: 14))

    static let http = HTTPRecord(
        stamp: stamp, direction: .server, kind: .end, exchange: 3, offset: 4096, isMadeByProxy: true, bodySize: 200,
        bodyRecorded: 128)

    static let socket: SocketRecord = {
        var record = SocketRecord(stamp: stamp, kind: .socketOpened, by: .server)
        record.exchange = 2
        record.target = "/live/websocket?vsn=2.0.0"
        record.subprotocol = "phoenix"
        record.extensions = "permessage-deflate"
        record.clientAddress = "127.0.0.1:50000"
        record.serverAddress = "[::1]:4000"
        record.cause = "größer"
        record.closeCode = 1001
        record.isRecorded = true
        record.earlyClientBytes = 17
        record.tls = .init(version: "1.3", cipher: "AES", alpn: "http/1.1", serverName: "example.org")
        record.direction = .server
        return record
    }()

    static let gap = GapRecord(
        stamp: stamp, cause: "disk full", fromWallNanoseconds: 5, toWallNanoseconds: 9, records: 12, bytes: 1 << 40)

    static let checkpoint: CheckpointRecord = {
        var record = CheckpointRecord(stamp: stamp, opened: stamp)
        record.opened.sequence = 3
        record.isOpeningRecorded = true
        record.target = "/live/websocket"
        record.subprotocol = "phoenix"
        record.extensions = "permessage-deflate"
        record.request = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        record.response = Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8)
        for stream in [\CheckpointRecord.client, \.server] {
            record[keyPath: stream].nextFrame = 7
            record[keyPath: stream].nextMessage = 6
            record[keyPath: stream].hasClosed = true
            record[keyPath: stream].isBehindGap = true
            record[keyPath: stream].isContextLost = true
            record[keyPath: stream].window = [1, 2, 3]
        }
        return record
    }()

    static let note = NoteRecord(stamp: stamp, kind: .rotated, text: "file 2", nextFile: 2)

    static let all: [JournalRecord] = [
        .frame(frame, payload: [1, 2, 3, 250]), .http(http, bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8)),
        .socket(socket), .gap(gap), .note(note), .checkpoint(checkpoint),
        .frame(formed(.unmasked(key: 0x0403_0201)), payload: Array("plain".utf8)),
        .frame(formed(.plain(wireByteCount: 300)), payload: Array("redacted".utf8)),
        .http(plainBody, bytes: Array("redacted".utf8)),
    ]

    private static let plainBody: HTTPRecord = {
        var record = http
        record.form = .plain(wireByteCount: 1 << 50)
        return record
    }()

    private static func formed(_ form: FrameRecord.PayloadForm) -> FrameRecord {
        var record = frame
        record.form = form
        return record
    }

    /// The same with as little set as there can be.
    static let bare: [JournalRecord] = {
        let stamp = RecordStamp(connection: 0, sequence: 0, wallNanoseconds: 0, monotonicNanoseconds: 0)
        return [
            .frame(
                FrameRecord(stamp: stamp, direction: .server, kind: .raw, offset: 0, number: 0, isLast: false),
                payload: []),
            .http(HTTPRecord(stamp: stamp, direction: .client, kind: .body, exchange: 0, offset: 0), bytes: []),
            .socket(SocketRecord(stamp: stamp, kind: .connectionOpened)),
            .gap(
                GapRecord(
                    stamp: stamp, cause: "", fromWallNanoseconds: 0, toWallNanoseconds: 0, records: 0, bytes: 0)),
            .note(NoteRecord(stamp: stamp, kind: .runEnded)),
            .checkpoint(CheckpointRecord(stamp: stamp, opened: stamp)),
        ]
    }()

    static let preamble = JournalPreamble(
        runID: "0197-run", fileNumber: 1,
        details: [
            JournalPreamble.DetailKey.command: "livetape record", JournalPreamble.DetailKey.target: "localhost:4000",
            JournalPreamble.DetailKey.startedWallNanoseconds: "1790000000000000000",
            JournalPreamble.DetailKey.hostOS: "Linux",
        ])

    /// A whole, closed journal.
    static let journal: [UInt8] =
        preamble.encoded(release: "1.2.3") + (all + bare).flatMap { $0.encoded() } + MCAPDataEnd().encoded()
        + MCAPFooter().encoded() + MCAP.magic
}

/// What a file says, as one list: for "the same whichever way it is cut", and to see damage.
enum Seen: Hashable {
    case magic(isClosing: Bool)
    case other(MCAPOpcode, offset: UInt64, body: [UInt8])
    case record(JournalRecord)
    case damaged(FormatError)
    case rest(Int)
}

/// Reads a journal in pieces, as a file reader does: what a step did not use is given again.
func read(_ pieces: [[UInt8]], recordByteLimit: Int = MCAPRecordReader.defaultRecordByteLimit) -> [Seen] {
    var reader = MCAPRecordReader(recordByteLimit: recordByteLimit)
    var seen: [Seen] = []
    var held: [UInt8] = []
    for piece in pieces {
        held += piece
        var position = 0
        steps: while true {
            switch reader.next(held.span, at: &position) {
            case .needsBytes: break steps
            case .magic(let isClosing): seen.append(.magic(isClosing: isClosing))
            case .record(.message, let offset, let body):
                do throws(FormatError) {
                    seen.append(.record(try JournalRecord(messageBody: held.span.extracting(body), offset: offset)))
                } catch {
                    seen.append(.damaged(error))
                }
            case .record(let opcode, let offset, let body):
                seen.append(.other(opcode, offset: offset, body: Array(held[body])))
            case .damaged(let error): return seen + [.damaged(error)]
            }
        }
        held.removeFirst(position)
    }
    return held.isEmpty ? seen : seen + [.rest(held.count)]
}
