internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// The input as a conversation: a byte of choices, then events. Each has two bytes of length, one that tells what it is,
/// and, if it is a message or a page, as much text.
struct FuzzTalk {
    let choices: UInt8
    private(set) var events: [ConversationEvent] = []
    private var now: UInt64 = 1_000_000_000
    private var sequence: UInt64 = 0
    /// By connection and sender: how many messages.
    private var numbers: [UInt64: UInt64] = [:]
    private var open: Set<UInt64> = []

    /// What an event is; in the lowest three bits of its third byte. In the next two is the connection, in those above
    /// how the message was sent.
    enum Kind: UInt8 {
        case client, server, clientBinary, serverBinary
        /// As many tens of milliseconds pass as its length says.
        case time
        case closed
        /// Records are lost.
        case gap
        /// A page of HTML comes.
        case page
    }

    /// The longest text of an event.
    static let lengthLimit = 0xffff
    private static let target = "/live/websocket?_csrf_token=CSRF&_mounts=0&vsn=2.0.0"

    init(_ input: [UInt8]) {
        choices = input.first ?? 0
        var position = 1
        while position + 3 <= input.count {
            let length = Int(input[position]) | Int(input[position + 1]) << 8
            let head = input[position + 2]
            position += 3
            let kind = Kind(rawValue: head & 7) ?? .page
            let end = kind.hasText ? min(position + length, input.count) : position
            take(kind, connection: UInt64(head >> 3 & 3), sent: head >> 5, length, Array(input[position..<end]))
            position = end
        }
    }

    private var stamp: RecordStamp {
        RecordStamp(
            connection: 1, sequence: sequence, wallNanoseconds: 1_795_000_000_000_000_000 + now,
            monotonicNanoseconds: now)
    }

    private mutating func take(_ kind: Kind, connection: UInt64, sent: UInt8, _ length: Int, _ text: [UInt8]) {
        now += 2_000_000
        sequence += 1
        var stamp = stamp
        stamp.connection += connection
        switch kind {
        case .client: message(stamp, .client, .text, text, sent)
        case .server: message(stamp, .server, .text, text, sent)
        case .clientBinary: message(stamp, .client, .binary, text, sent)
        case .serverBinary: message(stamp, .server, .binary, text, sent)
        case .time: now += UInt64(length) * 10_000_000
        case .closed:
            open.remove(stamp.connection)
            events.append(.socketClosed(SocketClosing(stamp: stamp, target: Self.target)))
        case .gap:
            events.append(
                .gap(
                    GapRecord(
                        stamp: stamp, cause: "fuzz", fromWallNanoseconds: 0, toWallNanoseconds: now, records: 1,
                        bytes: 0)))
        case .page:
            let response = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            events.append(
                .exchange(
                    HTTPExchange(
                        stamp: stamp, number: sequence,
                        request: HTTPRequestHead(bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8)),
                        response: HTTPResponseHead(bytes: Array(response.utf8)), body: text)))
        }
    }

    private mutating func beginSocket(_ stamp: RecordStamp) {
        guard open.insert(stamp.connection).inserted else { return }
        var facts = SocketFacts(stamp: stamp, target: stamp.connection == 4 ? "/chat" : Self.target)
        if stamp.connection == 3 {
            facts.extensions = "permessage-deflate"
            facts.deflate = PermessageDeflate()
        }
        events.append(.socketOpened(facts))
    }

    private mutating func nextNumber(_ stamp: RecordStamp, _ sender: Peer) -> UInt64 {
        let key = stamp.connection * 2 + (sender == .client ? 1 : 0)
        defer { numbers[key, default: 0] += 1 }
        return numbers[key, default: 0]
    }

    private mutating func message(
        _ stamp: RecordStamp, _ sender: Peer, _ opcode: Opcode, _ text: [UInt8], _ sent: UInt8
    ) {
        beginSocket(stamp)
        let number = nextNumber(stamp, sender)
        var message = Message(number: number, opcode: opcode, payload: text, headByteCount: 6)
        if sent & 1 != 0 {
            message.isCompressed = true
            message.wireSize = UInt64(text.count / 3 + 6)
        }
        if sent & 2 != 0 { message.completeness = sent & 4 != 0 ? .undecodable(.deflateError) : .endedEarly }
        events.append(
            .message(SocketMessage(stamp: stamp, sender: sender, target: Self.target, content: .message(message))))
    }
}

extension FuzzTalk.Kind {
    var hasText: Bool {
        switch self {
        case .client, .server, .clientBinary, .serverBinary, .page: true
        case .time, .closed, .gap: false
        }
    }
}
