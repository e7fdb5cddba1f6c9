import RecordingFormat
import WebSocketWire

/// What the next record of each connection says of itself if nothing odd happens. Writer and reader both keep it, so that
/// a line holds only what differs, and a line changed by hand leaves the others right.
struct TwinExpectations {
    /// A frame that parts of are still to come.
    struct OpenFrame {
        var number: UInt64
        var offset: UInt64
        var headByteCount: UInt64
        /// The part that comes next.
        var part: UInt32
        var mask: MaskKey?
        /// Payload bytes on the wire so far.
        var position: UInt64
    }

    /// One direction of a connection.
    struct Stream {
        /// Where in the direction's stream the next byte stands.
        var offset: UInt64 = 0
        /// The next frame's number.
        var number: UInt64 = 0
        var open: OpenFrame?
        /// The number of the newest request, or of the newest answer.
        var exchange: UInt64 = 0
        /// Bytes of the body under way that are recorded.
        var bodyRecorded: UInt64 = 0
    }

    struct Connection {
        var sequence: UInt64 = 0
        var client = Stream()
        var server = Stream()
        /// The upgrade of the open socket.
        var socketExchange: UInt64 = 0

        subscript(direction: Direction) -> Stream {
            get {
                switch direction {
                case .client: client
                case .server: server
                }
            }
            _modify {
                switch direction {
                case .client: yield &client
                case .server: yield &server
                }
            }
        }
    }

    /// The newest record's times.
    private(set) var wall: UInt64
    private(set) var monotonic: UInt64
    private var connections: [UInt64: Connection] = [:]
    /// Connections that are remembered at a time; beyond it all are forgotten at once. Writer and reader must agree.
    private static let connectionLimit = 100_000

    init(_ header: TextTwinHeader) {
        wall = header.startWallNanoseconds
        monotonic = header.startMonotonicNanoseconds
    }

    func connection(_ number: UInt64) -> Connection { connections[number] ?? Connection() }

    /// Takes over what a record said.
    mutating func passed(_ record: JournalRecord) {
        let stamp = record.stamp
        wall = stamp.wallNanoseconds
        monotonic = stamp.monotonicNanoseconds
        if case .socket(let socket) = record, socket.kind == .connectionClosed {
            connections[stamp.connection] = nil
            return
        }
        if connections.count >= Self.connectionLimit, connections[stamp.connection] == nil { connections.removeAll() }
        connections[stamp.connection, default: Connection()].passed(record)
    }
}

extension TwinExpectations.Connection {
    fileprivate mutating func passed(_ record: JournalRecord) {
        sequence = record.stamp.sequence &+ 1
        switch record {
        case .frame(let frame, let payload): self[frame.direction].passed(frame, payloadByteCount: payload.count)
        case .http(let http, let bytes): self[http.direction].passed(http, byteCount: bytes.count)
        case .socket(let socket): if socket.kind == .socketOpened { socketExchange = socket.exchange }
        case .gap, .note, .checkpoint: break
        }
    }

    /// The exchange that an HTTP record belongs to.
    func exchange(_ kind: HTTPRecord.Kind, _ direction: Direction, isMadeByProxy: Bool) -> UInt64 {
        switch (kind, direction) {
        case (.head, .client): client.exchange &+ 1
        case (.head, .server): isMadeByProxy ? max(client.exchange, 1) : server.exchange &+ 1
        case (.body, _), (.end, _): self[direction].exchange
        }
    }

    /// The exchange that a record of the connection names.
    func exchange(_ kind: SocketRecord.Kind) -> UInt64 {
        switch kind {
        case .socketOpened: client.exchange
        case .socketClosed: socketExchange
        case .connectionOpened, .connectFailed, .tls, .connectionClosed, .notHTTP, .unframeable: 0
        }
    }
}

extension TwinExpectations.Stream {
    /// Where a frame, a part or raw bytes are expected.
    func place(_ kind: TwinKind) -> (offset: UInt64, number: UInt64, part: UInt32) {
        switch kind {
        case .part: open.map { ($0.offset, $0.number, $0.part) } ?? (offset, number, 1)
        case .raw: (offset, 0, 0)
        case .opcode, .frame, .http, .socket, .gap, .note: (offset, number, 0)
        }
    }

    /// What a part without a head is masked with, as far as that is known.
    func mask(ofPart part: UInt32, number: UInt64) -> (key: MaskKey, phase: Int)? {
        guard let open, open.number == number, open.part == part, let mask = open.mask else { return nil }
        return (mask, Int(open.position & 3))
    }

    fileprivate mutating func passed(_ frame: FrameRecord, payloadByteCount: Int) {
        let wireByteCount = frame.wirePayloadByteCount(payloadByteCount)
        let head = UInt64(frame.head.byteCount)
        guard frame.kind == .frame else {
            offset = frame.offset &+ head &+ wireByteCount
            open = nil
            return
        }
        var now: TwinExpectations.OpenFrame
        if head == 0, let open, open.number == frame.number, open.part == frame.part {
            now = open
        } else {
            now = TwinExpectations.OpenFrame(
                number: frame.number, offset: frame.offset, headByteCount: head, part: frame.part,
                mask: FrameHead(bytes: frame.head.bytes)?.maskKey, position: 0)
        }
        now.part = frame.part &+ 1
        now.position &+= wireByteCount
        offset = frame.offset &+ now.headByteCount &+ now.position
        number = frame.number &+ 1
        open = frame.isLast ? nil : now
    }

    fileprivate mutating func passed(_ http: HTTPRecord, byteCount: Int) {
        exchange = http.exchange
        switch http.kind {
        case .head: bodyRecorded = 0
        case .body: bodyRecorded &+= UInt64(byteCount)
        case .end:
            // What of the body is not recorded has passed all the same.
            offset &+= http.bodySize &- http.bodyRecorded
            bodyRecorded = 0
            return
        }
        if !http.isMadeByProxy { offset = http.offset &+ UInt64(byteCount) }
    }

    /// Where an HTTP record is expected.
    func offset(_ kind: HTTPRecord.Kind, isMadeByProxy: Bool) -> UInt64 {
        kind == .end || isMadeByProxy ? 0 : offset
    }
}

extension FrameRecord {
    /// Bytes of the payload as it was on the wire.
    func wirePayloadByteCount(_ recorded: Int) -> UInt64 {
        switch form {
        case .wire, .unmasked: UInt64(recorded)
        case .plain(let wireByteCount): wireByteCount
        }
    }
}
