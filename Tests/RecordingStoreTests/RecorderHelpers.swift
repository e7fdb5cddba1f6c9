import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// A conversation over one connection as a test tells it, recorded into a real journal; and what the journal says of it.
final class RecorderTalk {
    let folder = JournalFolder()
    let journal: Journal
    let writer: JournalWriter
    let recorder: ConnectionRecorder
    private var clock: UInt64 = 0

    init(_ settings: RecorderSettings = RecorderSettings()) throws {
        journal = try Journal(folder.settings())
        writer = JournalWriter(journal: journal)
        recorder = ConnectionRecorder(
            connection: 7, settings: settings, writer: writer, clientAddress: "127.0.0.1:50000", now: time(0))
    }

    func tick() -> RecordingTime {
        clock += 1
        return time(clock)
    }

    func client(_ text: String) { send(Array(text.utf8), from: .client) }
    func server(_ text: String) { send(Array(text.utf8), from: .server) }

    func send(_ bytes: [UInt8], from sender: Peer) {
        let now = tick()
        recorder.receive(from: sender, bytes.span, now: now)
        writer.commit(now: now)
    }

    /// Opens a socket at a path.
    func openSocket(_ target: String = "/live/websocket?vsn=2.0.0") {
        client(upgradeRequest(target))
        server(upgradeAnswer)
    }

    var statistics: RunStatistics {
        writer.commit(now: tick())
        return journal.statistics
    }

    /// Everything that was recorded of the connection, in order.
    func records() -> [JournalRecord] {
        writer.commit(now: tick())
        let contents = JournalContents(of: journal.paths[0])
        #expect(contents.trouble == nil)
        let records = contents.records.filter { $0.stamp.connection == 7 }
        #expect(records.map(\.stamp.sequence) == Array(0..<UInt64(records.count)), "a hole in the sequence")
        return records
    }

    /// The same as lines, with the pieces of a frame, a body and raw bytes joined.
    func told() -> [String] {
        var lines = RecorderLines()
        for record in records() { lines.take(record) }
        return lines.all
    }

    /// The lines behind the one that says that the socket is open.
    func toldOfSocket() -> [String] { Array(told().drop { !$0.hasPrefix("socketOpened") }.dropFirst()) }
}

/// Records as lines.
struct RecorderLines {
    private struct Line {
        var text: String
        var bytes: [UInt8] = []
        var isOpen = false
        /// The next part of a frame; of other bytes, where they go on.
        var next: UInt64 = 0
    }

    private var lines: [Line] = []
    var all: [String] { lines.map { $0.bytes.isEmpty ? $0.text : "\($0.text) \(visible($0.bytes))" } }

    mutating func take(_ record: JournalRecord) {
        switch record {
        case .frame(let frame, let payload): take(frame, payload)
        case .http(let http, let bytes): take(http, bytes)
        case .socket(let socket): lines.append(Line(text: text(socket)))
        case .gap, .note, .checkpoint: break
        }
    }

    private mutating func take(_ frame: FrameRecord, _ payload: [UInt8]) {
        guard frame.kind == .frame else {
            let reason = frame.rawReason.map { "\($0)" } ?? "-"
            return join("\(frame.direction) raw \(reason)", payload, offset: frame.offset)
        }
        let text = "\(frame.direction) frame \(frame.number) @\(frame.offset)"
        if frame.part == 0 {
            lines.append(Line(text: text, bytes: frame.head.bytes + payload, isOpen: !frame.isLast, next: 1))
        } else if let index = lines.lastIndex(where: { $0.isOpen && $0.text == text }) {
            #expect(lines[index].next == UInt64(frame.part))
            #expect(frame.head.byteCount == 0)
            lines[index].bytes += payload
            lines[index].next += 1
            lines[index].isOpen = !frame.isLast
        } else {
            Issue.record("part \(frame.part) without part 0: \(text)")
        }
    }

    private mutating func take(_ http: HTTPRecord, _ bytes: [UInt8]) {
        let place = "\(http.direction) \(http.kind) \(http.exchange)"
        switch http.kind {
        case .head:
            let line = String(decoding: bytes.prefix { $0 != 0x0d }, as: UTF8.self)
            lines.append(Line(text: "\(place) @\(http.offset) \(line)" + (http.isMadeByProxy ? " (by the proxy)" : "")))
        case .body: join(place, bytes, offset: http.offset)
        case .end: lines.append(Line(text: "\(place) \(http.bodyRecorded) of \(http.bodySize)"))
        }
    }

    private mutating func join(_ text: String, _ bytes: [UInt8], offset: UInt64) {
        let end = offset + UInt64(bytes.count)
        if let index = lines.indices.last, lines[index].isOpen, lines[index].text.hasPrefix(text + " @"),
            lines[index].next == offset
        {
            lines[index].bytes += bytes
            lines[index].next = end
        } else {
            lines.append(Line(text: "\(text) @\(offset)", bytes: bytes, isOpen: true, next: end))
        }
    }

    private func text(_ socket: SocketRecord) -> String {
        var words = ["\(socket.kind)"]
        if let actor = socket.by { words.append("by \(actor)") }
        if socket.exchange != 0 { words.append("exchange \(socket.exchange)") }
        let texts = [
            socket.target, socket.subprotocol, socket.extensions, socket.clientAddress, socket.serverAddress,
            socket.cause,
        ]
        words += texts.filter { !$0.isEmpty }
        if socket.closeCode != 0 { words.append("code \(socket.closeCode)") }
        if socket.kind == .socketOpened { words.append(socket.isRecorded ? "recorded" : "not recorded") }
        if socket.earlyClientBytes != 0 { words.append("early \(socket.earlyClientBytes)") }
        return words.joined(separator: " ")
    }
}

/// Printable bytes as text, others in hexadecimal.
func visible(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        (0x20...0x7e).contains(byte)
            ? String(UnicodeScalar(byte)) : "<" + (byte < 16 ? "0" : "") + String(byte, radix: 16) + ">"
    }.joined()
}

func upgradeRequest(_ target: String) -> String {
    "GET \(target) HTTP/1.1\r\nHost: localhost:4000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
}

let upgradeAnswer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: phoenix\r\n"
    + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"

/// The bytes of one frame: masked if the client sends it.
func wire(
    _ opcode: Opcode, _ payload: [UInt8], from sender: Peer, isFinal: Bool = true
) -> [UInt8] {
    var bytes: [UInt8] = []
    let key = sender == .client ? MaskKey(0x37, 0xfa, 0x21, 0x3d) : nil
    FrameEncoder.append(opcode: opcode, isFinal: isFinal, maskKey: key, payload: payload.span, to: &bytes)
    return bytes
}

func wire(_ opcode: Opcode, _ text: String, from sender: Peer, isFinal: Bool = true) -> [UInt8] {
    wire(opcode, Array(text.utf8), from: sender, isFinal: isFinal)
}
