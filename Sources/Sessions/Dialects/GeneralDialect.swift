internal import LiveViewWire
internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// Any other traffic: text, JSON, HTML and binary messages, by their sizes and by how much of them was there before.
final class GeneralDialect: Dialect {
    private let info: SocketInfo
    private var client = GeneralStream()
    private var server = GeneralStream()

    init(_ info: SocketInfo) { self.info = info }

    func receive(_ message: SocketMessage, _ registry: inout SessionRegistry) {
        let facts = MessageFacts(message)
        let payload = message.payload
        var general = GeneralMessage(facts: facts, form: Self.form(of: message, &registry))
        switch message.sender {
        case .client: client.take(payload, registry.walk.tape, &general)
        case .server: server.take(payload, registry.walk.tape, &general)
        }
        let kind: MessageKind =
            switch general.form {
            case .text, .html: .text
            case .json: .json
            case .binary: .binary
            }
        registry.steps.append(
            .message(MessageStep(facts: facts, kind: kind, session: nil, view: nil, payload: payload)))
        registry.steps.append(.general(general))
    }

    func lostMessages(_ stamp: RecordStamp, _ registry: inout SessionRegistry) {}
    func end(_ stamp: RecordStamp, isSocketClosed: Bool, _ registry: inout SessionRegistry) {}

    private static func form(of message: SocketMessage, _ registry: inout SessionRegistry) -> GeneralMessage.Form {
        guard message.opcode == .text else { return .binary }
        let payload = message.payload
        switch payload.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isJSON = (try? registry.walk.tape.read(payload.span, limits: registry.settings.tapeLimits)) != nil
            return isJSON ? .json : .text
        case UInt8(ascii: "<"): return .html
        default: return .text
        }
    }
}

/// What one side of a socket sent lately.
private struct GeneralStream {
    /// Messages whose bytes are remembered, by hash; shapes; and leaves of one shape's last message.
    private static let messageLimit = 256
    private static let shapeLimit = 64
    private static let leafLimit = 20_000

    private var messages: [UInt64] = []
    private var known: Set<UInt64> = []
    /// By shape: the last message's leaves, by the hash of their place.
    private var shapes: [String: [UInt64: UInt64]] = [:]

    mutating func take(_ payload: [UInt8], _ tape: JSONTape, _ message: inout GeneralMessage) {
        let hash = ContentHash.of(payload.span, 0..<payload.count)
        message.isRepeated = !known.insert(hash).inserted
        if !message.isRepeated {
            messages.append(hash)
            if messages.count > Self.messageLimit { known.remove(messages.removeFirst()) }
        }
        switch message.form {
        case .json: compare(payload, tape, &message)
        case .html: message.htmlBytes = payload.count
        case .text, .binary: break
        }
    }

    private mutating func compare(_ payload: [UInt8], _ tape: JSONTape, _ message: inout GeneralMessage) {
        message.shape = Self.shape(tape, payload)
        let old = shapes[message.shape] ?? [:]
        if shapes.count >= Self.shapeLimit, old.isEmpty, let any = shapes.first { shapes[any.key] = nil }
        shapes[message.shape] = nil
        var leaves: [UInt64: UInt64] = [:]
        leaves.reserveCapacity(min(max(old.count, tape.count / 2), Self.leafLimit))
        var open: [(end: Int, place: UInt64, count: UInt64)] = []
        var largest = (bytes: 0, index: 0)
        for index in 0..<tape.count {
            let token = tape[index]
            while let last = open.last, last.end <= index { open.removeLast() }
            var place = ContentHash(seed: open.last?.place ?? 0)
            place.add(open.last?.count ?? 0)
            if token.keyByteCount > 0 { place = ContentHash(seed: open.last?.place ?? 0) }
            if token.keyByteCount > 0 { place.add(ContentHash.of(payload.span, token.keyRange)) }
            if !open.isEmpty { open[open.count - 1].count += 1 }
            guard token.kind != .object, token.kind != .array else {
                open.append((Int(token.next), place.value, 0))
                continue
            }
            let hash = ContentHash.of(payload.span, token.range)
            message.leafBytes += token.byteCount
            if token.kind == .string, token.byteCount > 2, payload[Int(token.start) + 1] == UInt8(ascii: "<") {
                message.htmlBytes += token.byteCount
            }
            if old[place.value] == hash {
                message.redundantBytes += token.byteCount
                if token.byteCount > largest.bytes { largest = (token.byteCount, index) }
            }
            if leaves.count < Self.leafLimit { leaves[place.value] = hash }
        }
        shapes[message.shape] = leaves
        if largest.bytes > 0 { message.redundantPath = Self.path(to: largest.index, tape, payload) }
    }

    private static func shape(_ tape: JSONTape, _ payload: [UInt8]) -> String {
        guard tape[0].kind == .object else { return "array" }
        for name in ["type", "event", "op", "action", "method"] as [StaticString] {
            if let value = tape.member(named: name, of: 0, payload.span), let text = tape.string(value, payload.span),
                text.utf8.count <= 64
            {
                return "\(name)=\(text)"
            }
        }
        var keys: [String] = []
        var member = 1
        while member < tape.count, keys.count < 8 {
            keys.append(String(decoding: payload[tape[member].keyRange].prefix(32), as: UTF8.self))
            member = Int(tape[member].next)
        }
        return keys.sorted().joined(separator: ",")
    }

    /// The keys and indices down to a value.
    private static func path(to target: Int, _ tape: JSONTape, _ payload: [UInt8]) -> String {
        var parts: [String] = []
        var index = 0
        while index < target {
            var member = index + 1
            var number = 0
            while Int(tape[member].next) <= target {
                member = Int(tape[member].next)
                number += 1
            }
            let key = payload[tape[member].keyRange]
            parts.append(tape[index].kind == .object ? String(decoding: key.prefix(64), as: UTF8.self) : "\(number)")
            index = member
        }
        return parts.joined(separator: "/")
    }
}
