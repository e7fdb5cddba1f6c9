import RecordingFormat
import RecordingStore
import WebSocketWire

/// What `info` says of a run: counts, and the few largest messages.
struct RunSummary {
    struct Traffic {
        var messages: UInt64 = 0
        var controlFrames: UInt64 = 0
        var wire: UInt64 = 0
        var inflated: UInt64 = 0
    }

    struct LargeMessage {
        var size: UInt64
        var wire: UInt64
        var connection: UInt64
        var sender: Peer
        var opcode: Opcode
        var elapsed: Int64
        var number: UInt64
    }

    private(set) var sockets: UInt64 = 0
    private(set) var openSockets: Set<UInt64> = []
    private(set) var unrecordedSockets: UInt64 = 0
    private(set) var connections: UInt64 = 0
    private(set) var client = Traffic()
    private(set) var server = Traffic()
    private(set) var exchanges: UInt64 = 0
    private(set) var rawBytes: UInt64 = 0
    private(set) var gaps: [GapRecord] = []
    private(set) var undecodable: UInt64 = 0
    private(set) var violations: UInt64 = 0
    private(set) var largest: [LargeMessage] = []
    private(set) var skippedPlaces: UInt64 = 0
    private(set) var skippedBytes: UInt64 = 0
    private(set) var missingRecords: UInt64 = 0
    private(set) var firstWall: UInt64?
    private(set) var lastWall: UInt64 = 0
    private(set) var lastElapsed: Int64 = 0
    var ending = RunEnding.cutOff
    private var timeline: Timeline

    private static let largestCount = 5
    /// A run can have any number of gaps: the first are told.
    private static let gapLimit = 100

    init(start: UInt64?) {
        timeline = Timeline(start: start)
        firstWall = start
    }

    mutating func add(_ skipped: SkippedBytes) {
        skippedPlaces += 1
        skippedBytes &+= skipped.byteCount
    }

    mutating func add(_ missing: MissingRecords) { missingRecords &+= missing.count }

    mutating func add(_ event: ConversationEvent) {
        switch event {
        case .socketOpened(let socket):
            note(socket.stamp)
            sockets += 1
            if !socket.isRecorded { unrecordedSockets += 1 }
            openSockets.insert(socket.connection)
        case .socketClosed(let closing):
            note(closing.stamp)
            openSockets.remove(closing.stamp.connection)
        case .message(let message): add(message)
        case .violation(let violation):
            note(violation.stamp)
            violations += 1
        case .exchange(let exchange):
            note(exchange.stamp)
            exchanges += 1
        case .raw(let raw):
            note(raw.stamp)
            rawBytes &+= raw.byteCount
        case .gap(let gap):
            note(gap.stamp)
            if gaps.count < Self.gapLimit { gaps.append(gap) }
        case .connection(let record):
            note(record.stamp)
            if record.kind == .connectionOpened, record.by == .client { connections += 1 }
            if record.kind == .connectionClosed { openSockets.remove(record.stamp.connection) }
        case .note(let record): note(record.stamp)
        }
    }

    private mutating func note(_ stamp: RecordStamp) {
        firstWall = firstWall ?? stamp.wallNanoseconds
        lastWall = max(lastWall, stamp.wallNanoseconds)
        lastElapsed = max(lastElapsed, timeline.elapsed(stamp))
    }

    private mutating func add(_ message: SocketMessage) {
        note(message.stamp)
        violations &+= UInt64(message.violations.count)
        if message.isUndecodable { undecodable += 1 }
        switch message.sender {
        case .client: Self.count(message, &client)
        case .server: Self.count(message, &server)
        }
        guard !message.opcode.isControl, message.size > largest.last?.size ?? 0 || largest.count < Self.largestCount
        else { return }
        largest.append(
            LargeMessage(
                size: message.size, wire: message.wireSize, connection: message.connection, sender: message.sender,
                opcode: message.opcode, elapsed: timeline.elapsed(message.stamp), number: message.firstFrame))
        // Stable for equal sizes: the earlier message first.
        largest.sort { ($1.size, $0.elapsed) < ($0.size, $1.elapsed) }
        largest = Array(largest.prefix(Self.largestCount))
    }

    private static func count(_ message: SocketMessage, _ traffic: inout Traffic) {
        if message.opcode.isControl { traffic.controlFrames += 1 } else { traffic.messages += 1 }
        traffic.wire &+= message.wireSize
        traffic.inflated &+= message.size
    }
}
