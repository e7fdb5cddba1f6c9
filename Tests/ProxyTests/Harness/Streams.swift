import TestSupport
import WebSocketWire

/// The handshake that opens a socket, as both peers send it.
enum Handshake {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    static func request(target: String = "/live/websocket?vsn=2.0.0", extensions: String? = nil) -> [UInt8] {
        let extra = extensions.map { "Sec-WebSocket-Extensions: \($0)\r\n" } ?? ""
        return Array(
            ("GET \(target) HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n\(extra)\r\n").utf8)
    }

    static func response(extensions: String? = nil) -> [UInt8] {
        let extra = extensions.map { "Sec-WebSocket-Extensions: \($0)\r\n" } ?? ""
        return Array(
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\(extra)\r\n").utf8)
    }
}

/// Streams of frames that one peer sends, from well-behaved to broken.
struct FrameStream {
    let sender: Peer
    var generator: SeededGenerator
    var bytes: [UInt8] = []

    init(_ sender: Peer, seed: UInt64) {
        self.sender = sender
        generator = SeededGenerator(seed: seed)
    }

    /// A client masks, a server does not (RFC 6455 section 5.1).
    private mutating func maskKey() -> MaskKey? {
        guard sender == .client else { return nil }
        return MaskKey(littleEndian: UInt32(truncatingIfNeeded: generator.next()))
    }

    mutating func frame(_ opcode: Opcode, isFinal: Bool = true, bits: ReservedBits = [], _ payload: [UInt8]) {
        let key = maskKey()
        FrameEncoder.append(
            opcode: opcode, isFinal: isFinal, reservedBits: bits, maskKey: key, payload: payload.span, to: &bytes)
    }

    /// Text that compresses, of that many bytes.
    mutating func text(_ count: Int) -> [UInt8] {
        let words = ["phx_reply", "diff", "lv:phx-", "<div class=\"row\">", "heartbeat", "{\"0\":", "\u{e9}t\u{e9}"]
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += Array((words.randomElement(using: &generator) ?? "").utf8) }
        return Array(bytes.prefix(count))
    }

    /// Messages of all sizes of length field, in fragments, with pings and pongs between the fragments.
    static func fragmented(_ sender: Peer, seed: UInt64) -> [UInt8] {
        var stream = FrameStream(sender, seed: seed)
        for size in [0, 1, 125, 126, 300, 4_000, 65_535, 65_536].shuffled(using: &stream.generator).prefix(5) {
            var rest = stream.text(size)[...]
            var opcode = Bool.random(using: &stream.generator) ? Opcode.text : .binary
            repeat {
                let count = min(rest.count, Int.random(in: 0...max(1, size / 2), using: &stream.generator))
                let piece = Array(rest.prefix(count))
                rest = rest.dropFirst(count)
                stream.frame(opcode, isFinal: rest.isEmpty, piece)
                opcode = .continuation
                if Bool.random(using: &stream.generator) {
                    stream.frame(Bool.random(using: &stream.generator) ? .ping : .pong, stream.text(9))
                }
            } while !rest.isEmpty
        }
        stream.frame(.close, [0x03, 0xE8] + Array("bye".utf8))
        return stream.bytes
    }

    /// Messages by permessage-deflate, with context takeover, some in fragments.
    static func compressed(_ sender: Peer, seed: UInt64) -> [UInt8] {
        var stream = FrameStream(sender, seed: seed)
        var deflater = PermessageDeflate().deflater(for: sender)
        for _ in 0..<12 {
            let message = stream.text(Int.random(in: 0...3_000, using: &stream.generator))
            var payload: [UInt8] = []
            guard deflater.append(message: message.span, to: &payload) else { continue }
            if Bool.random(using: &stream.generator) { stream.frame(.ping, []) }
            let cut = Int.random(in: 0...payload.count, using: &stream.generator)
            if cut == payload.count {
                stream.frame(.text, bits: .rsv1, payload)
            } else {
                stream.frame(.text, isFinal: false, bits: .rsv1, Array(payload[..<cut]))
                stream.frame(.continuation, Array(payload[cut...]))
            }
        }
        return stream.bytes
    }

    /// Frames and bytes that break each rule of the protocol, seeded.
    static func broken(_ sender: Peer, seed: UInt64) -> [UInt8] {
        var stream = FrameStream(sender, seed: seed)
        let breaks: [(inout FrameStream) -> Void] = [
            { $0.frame(Opcode(rawValue: 0x3), Array("reserved".utf8)) },
            { $0.frame(Opcode(rawValue: 0xF), isFinal: false, bits: .rsv3, $0.generator.bytes(40)) },
            { $0.frame(.continuation, Array("of nothing".utf8)) },
            { $0.frame(.text, isFinal: false, bits: [.rsv1, .rsv2, .rsv3], [0xFF, 0xFE, 0xC0]) },
            { $0.frame(.ping, $0.generator.bytes(700)) },
            { $0.frame(.close, [0x03]) },
            { $0.frame(.close, [0x03, 0xE8]) },
            {  // A length in more bytes than it needs, and masking the wrong way round.
                let head = FrameHead(
                    opcode: .binary, maskKey: $0.sender == .server ? MaskKey(1, 2, 3, 4) : nil, payloadLength: 5,
                    lengthEncoding: .sixtyFourBits)
                FrameEncoder.append(head, to: &$0.bytes)
                $0.bytes += [1, 2, 3, 4, 5]
            },
            { $0.frame(.text, bits: .rsv1, $0.generator.bytes(200)) },
            { $0.bytes += $0.generator.bytes(30) },
        ]
        for change in breaks.shuffled(using: &stream.generator) { change(&stream) }
        return stream.bytes
    }

    /// Frames, then a head that states 2^63 bytes or more, and then anything.
    static func unframeable(_ sender: Peer, seed: UInt64) -> [UInt8] {
        var stream = FrameStream(sender, seed: seed)
        stream.frame(.text, stream.text(200))
        stream.bytes += [0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0] + stream.generator.bytes(500)
        return stream.bytes
    }

    /// A close frame and bytes that nobody should send behind it.
    static func garbageAfterClose(_ sender: Peer, seed: UInt64) -> [UInt8] {
        var stream = FrameStream(sender, seed: seed)
        stream.frame(.text, stream.text(2_000))
        stream.frame(.close, [0x03, 0xE9])
        stream.bytes += Array("GET / HTTP/1.1\r\n\r\n".utf8) + stream.generator.bytes(300) + [0x81]
        return stream.bytes
    }
}
