import TestSupport
import WebSocketWire

/// A conversation over one connection as a test tells it, and what the parser said of it: one line an event, with the
/// pieces of a body, a frame and raw bytes joined, so that it does not depend on how the bytes were split.
struct Talk {
    private(set) var events: [String] = []
    private var parser: ConnectionParser
    private var open: (line: String, bytes: [UInt8])?
    /// All bytes that raw steps and held bytes gave, and where they said those stand, by sender.
    private(set) var raw: [Peer: [(offset: UInt64, bytes: [UInt8])]] = [:]

    init(limits: HTTPLimits = HTTPLimits()) { parser = ConnectionParser(limits: limits) }

    mutating func client(_ text: String) { send(Array(text.utf8), from: .client) }
    mutating func server(_ text: String) { send(Array(text.utf8), from: .server) }

    mutating func send(_ bytes: [UInt8], from sender: Peer) {
        var position = 0
        while true {
            let before = position
            let step = parser.next(from: sender, bytes.span, at: &position)
            if step == .needsBytes {
                precondition(position == bytes.count, "bytes left unused")
                return
            }
            precondition(position >= before && position <= bytes.count)
            note(step, from: sender, bytes)
        }
    }

    mutating func end(_ sender: Peer) {
        let end = parser.end(of: sender)
        finish()
        events.append("\(sender) end \(end.outcome) @\(end.offset) \(shown(end.heldBytes))")
    }

    /// All events so far.
    mutating func told() -> [String] {
        finish()
        return events
    }

    private mutating func note(_ step: ConnectionParser.Step, from sender: Peer, _ bytes: [UInt8]) {
        switch step {
        case .needsBytes: break
        case .request(let head, let exchange, let offset):
            line("\(sender) request \(exchange) @\(offset) \(head.method) \(head.target)")
        case .response(let head, let exchange, let offset):
            line("\(sender) response \(exchange) @\(offset) \(head.status)")
        case .body(let range, let exchange): join("\(sender) body \(exchange)", bytes[range])
        case .messageEnd(let exchange): line("\(sender) end of \(exchange)")
        case .socketOpened(let opening):
            line(
                "socket \(opening.exchange) \(opening.target) protocol \(opening.subprotocol ?? "-")"
                    + " extensions \(opening.extensions ?? "-") early \(opening.earlyByteCount)")
        case .frame(let piece):
            join(
                "\(sender) frame \(piece.number) @\(piece.offset)",
                (piece.head?.bytes ?? [])[...] + bytes[piece.payload])
            if piece.isLast { finish() }
        case .raw(let range, let offset, let reason):
            raw[sender, default: []].append((offset, Array(bytes[range])))
            join("\(sender) raw \(reason)", bytes[range])
        case .notHTTP(let violation, let held, let offset):
            raw[sender, default: []].append((offset, held))
            line("\(sender) not HTTP @\(offset): \(violation)")
            if !held.isEmpty { join("\(sender) raw notHTTP", held[...]) }
        case .unframeable(let head, let offset): line("\(sender) unframeable @\(offset) \(head.byteCount)")
        }
    }

    private mutating func line(_ line: String) {
        finish()
        events.append(line)
    }

    private mutating func join(_ line: String, _ bytes: ArraySlice<UInt8>) {
        if open?.line != line { finish() }
        open = (line, (open?.bytes ?? []) + bytes)
    }

    private mutating func finish() {
        if let open { events.append("\(open.line) \(shown(open.bytes))") }
        open = nil
    }
}

/// Printable bytes as text, others in hexadecimal.
func shown(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        switch byte {
        case 0x0d: "⏎"
        case 0x0a: "↓"
        case 0x20...0x7e: String(UnicodeScalar(byte))
        default: "<" + (byte < 16 ? "0" : "") + String(byte, radix: 16) + ">"
        }
    }.joined()
}

typealias Turn = (sender: Peer, bytes: [UInt8])

func client(_ text: String) -> Turn { (.client, Array(text.utf8)) }
func server(_ text: String) -> Turn { (.server, Array(text.utf8)) }

/// What the parser says of the turns.
func told(_ turns: [Turn], limits: HTTPLimits = HTTPLimits()) -> [String] {
    var talk = Talk(limits: limits)
    for turn in turns { talk.send(turn.bytes, from: turn.sender) }
    return talk.told()
}

/// What the parser says when each turn arrives in pieces: all distinct answers, so one if it does not matter.
func toldInAnySplit(_ turns: [Turn], limits: HTTPLimits = HTTPLimits()) -> Set<[String]> {
    var answers: Set<[String]> = []
    for index in turns.indices {
        for pieces in splits(of: turns[index].bytes, random: 10) {
            let split = turns[..<index] + pieces.map { (turns[index].sender, $0) } + turns[(index + 1)...]
            answers.insert(told(Array(split), limits: limits))
        }
    }
    let byteByByte = turns.flatMap { turn in turn.bytes.map { (turn.sender, [$0]) } }
    answers.insert(told(byteByByte, limits: limits))
    return answers
}

let upgradeRequest = """
    GET /live/websocket?vsn=2.0.0 HTTP/1.1\r
    Host: localhost:4000\r
    Connection: keep-alive, Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r
    \r

    """
let upgradeAnswer = """
    HTTP/1.1 101 Switching Protocols\r
    Upgrade: WebSocket\r
    Connection: upgrade\r
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
    Sec-WebSocket-Extensions: permessage-deflate\r
    \r

    """
