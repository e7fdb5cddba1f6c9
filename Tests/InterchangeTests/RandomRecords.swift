import RecordingFormat
import TestSupport
import WebSocketWire

/// Records of all kinds with values that no peer would send: what a twin has to bring back all the same.
struct RandomRecords {
    private var random: SeededGenerator
    private var sequences: [UInt64: UInt64] = [:]
    private var wall: UInt64 = 1_790_000_000_000_000_000
    private var monotonic: UInt64 = 5_000_000_000

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next(_ count: Int) -> [JournalRecord] { (0..<count).map { _ in next() } }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func number() -> UInt64 {
        let shift = UInt64.random(in: 0...63, using: &random)
        let extremes: [UInt64] = [0, 1, .max, 1 << 63, (1 << 63) - 1, 1 << 53]
        return chance(20) ? extremes.randomElement(using: &random) ?? 0 : random.next() >> shift
    }

    private mutating func small() -> UInt64 { chance(10) ? number() : UInt64.random(in: 0...3, using: &random) }

    private mutating func direction() -> Direction { chance(50) ? .client : .server }

    private mutating func stamp() -> RecordStamp {
        let connection = chance(3) ? number() : UInt64.random(in: 0...4, using: &random)
        monotonic &+= chance(3) ? number() : random.next() % 10_000_000
        wall = chance(90) ? 1_790_000_000_000_000_000 &+ monotonic : number()
        let sequence = chance(90) ? sequences[connection, default: 0] : number()
        sequences[connection] = sequence &+ 1
        return RecordStamp(
            connection: connection, sequence: sequence, wallNanoseconds: wall, monotonicNanoseconds: monotonic)
    }

    mutating func next() -> JournalRecord {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<60: frame()
        case 60..<78: http()
        case 78..<90: socket()
        case 90..<95:
            .gap(
                GapRecord(
                    stamp: stamp(), cause: text(), fromWallNanoseconds: number(), toWallNanoseconds: number(),
                    records: number(), bytes: number()))
        default:
            .note(
                NoteRecord(
                    stamp: stamp(), kind: NoteRecord.Kind.allCases.randomElement(using: &random) ?? .warning,
                    text: text(), nextFile: UInt32(truncatingIfNeeded: number())))
        }
    }

    // MARK: Frames

    private mutating func frame() -> JournalRecord {
        let direction = direction()
        let payload = payload()
        var frame = FrameRecord(
            stamp: stamp(), direction: direction, kind: chance(85) ? .frame : .raw, offset: number(), number: small(),
            part: chance(70) ? 0 : UInt32(truncatingIfNeeded: small()), isLast: chance(80))
        if chance(frame.kind == .raw ? 80 : 3) {
            frame.rawReason = FrameRecord.RawReason.allCases.randomElement(using: &random)
        }
        if chance(10) { frame.form = .plain(wireByteCount: number()) }
        if chance(10) { frame.form = .unmasked(key: UInt32(truncatingIfNeeded: random.next())) }
        let bytes: [UInt8] =
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<7: head(payload.count)
            case 7, 8: []
            default: random.bytes(Int.random(in: 0...14, using: &random))
            }
        if frame.kind == .frame || chance(10) { frame.head = WireHead(bytes: bytes.span) ?? WireHead() }
        return .frame(frame, payload: payload)
    }

    private mutating func head(_ count: Int) -> [UInt8] {
        var head: [UInt8] = [UInt8.random(in: 0...255, using: &random)]
        let masked: UInt8 = chance(50) ? 0x80 : 0
        let length = chance(80) ? UInt64(count) : number()
        let shortest = length <= 125 ? 0 : length <= 0xffff ? 2 : 8
        switch chance(90) ? shortest : 8 {
        case 0: head.append(masked | UInt8(length))
        case 2: head += [masked | 126, UInt8(length >> 8), UInt8(length & 0xff)]
        default: head += [masked | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        }
        guard masked != 0 else { return head }
        return head + (chance(20) ? [0, 0, 0, 0] : random.bytes(4))
    }

    /// JSON in and out of the canonical form, text, hostile characters, bytes that are no text.
    private mutating func payload() -> [UInt8] {
        let samples = [
            "", "[]", "{}", #"["4","4","lv:x","event",{"value":{"a":-0.5,"b":[1e5]}}]"#, #"{"a":1,"b":"ü😀\n"}"#,
            #"{"a":1,"a":2}"#, #"{"a": 1}"#, "[1.0]", "[-0]", "[0.000001,123456789012345]", "[1234567890123456]",
            #"["\u001f","\u001F","\/"]"#, #"["\u007f"]"#, "[\"\u{7f}\u{85}\u{202e}\"]", "heartbeat", "\"a\"", "7",
            "\u{0}\u{1f}\"\\\u{2028}\r\n\t\u{8}\u{c}", "{\"a\":[[[[[[]]]]]]}", "[null,true,false]", "[1,]", "[}", "{\"",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{3}\u{e8}bye", "# comment", "null",
        ]
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: return Array((samples.randomElement(using: &random) ?? "").utf8)
        case 6:
            var bytes = Array((samples.randomElement(using: &random) ?? "").utf8)
            if let index = bytes.indices.randomElement(using: &random) {
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            return bytes
        case 7 where chance(30):
            return Array(String(repeating: "long ", count: Int.random(in: 20...14_000, using: &random)).utf8)
        default: return random.bytes(Int.random(in: 0...300, using: &random))
        }
    }

    // MARK: Others

    private mutating func http() -> JournalRecord {
        let kind = HTTPRecord.Kind.allCases.randomElement(using: &random) ?? .head
        let record = HTTPRecord(
            stamp: stamp(), direction: direction(), kind: kind, exchange: small(), offset: chance(50) ? 0 : number(),
            isMadeByProxy: chance(10), bodySize: chance(60) ? 0 : number(), bodyRecorded: chance(60) ? 0 : number())
        return .http(record, bytes: kind == .end && chance(80) ? [] : payload())
    }

    private mutating func socket() -> JournalRecord {
        var record = SocketRecord(
            stamp: stamp(), kind: SocketRecord.Kind.allCases.randomElement(using: &random) ?? .tls,
            by: chance(20) ? nil : SocketRecord.Actor.allCases.randomElement(using: &random))
        record.exchange = small()
        record.isRecorded = chance(50)
        for field in [
            \SocketRecord.target, \.subprotocol, \.extensions, \.clientAddress, \.serverAddress, \.cause, \.tls.version,
            \.tls.cipher, \.tls.alpn, \.tls.serverName,
        ] where chance(30) {
            record[keyPath: field] = text()
        }
        if chance(30) { record.closeCode = UInt32(truncatingIfNeeded: number()) }
        if chance(30) { record.earlyClientBytes = number() }
        if chance(30) { record.direction = direction() }
        return .socket(record)
    }

    private mutating func text() -> String { String(decoding: payload().prefix(100), as: UTF8.self) }
}
