internal import ConversationSupport
internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// Recorded conversations as input of the targets that analyse.
enum FuzzTalkSeeds {
    /// The fuzzer cuts longer input off.
    private static let byteLimit = 8_000
    private static let names = [
        "gallery-light", "gallery-chat", "gallery-form", "gallery-components", "gallery-crash", "gallery-nested",
        "gallery-navigation", "gallery-pitfalls-keys", "gallery-pitfalls-tracking", "gallery-upload", "gallery-async",
    ]
    private static let phoenixPages = [
        "light", "stream", "table-keyed", "components", "nav", "form-debounced", "crash",
    ]

    static var talks: [[UInt8]] {
        let recorded = names.compactMap { try? events(of: RecordedFrames.recording($0)) }
        let phoenix = phoenixPages.compactMap { try? RecordedFrames.phoenix($0) }
        return (recorded + phoenix).enumerated().map { number, events in
            // All choices are taken by some.
            let limits: UInt8 = number % 4 == 3 ? UInt8(number) << 4 | 4 : 0
            return input(of: events, choices: UInt8(number % 4) | (number % 3 == 0 ? 8 : 0) | limits)
        }
    }

    private static func events(of run: RecordingRun) throws -> [ConversationEvent] {
        var reader = try ConversationReader(run: run)
        var events: [ConversationEvent] = []
        while true {
            switch try reader.next() {
            case .event(let event): events.append(event)
            case .ended: return events
            case .skipped, .missing, .caughtUp: continue
            }
        }
    }

    /// As ``FuzzTalk`` reads it, as far as it fits. A message that is too long by itself is left out.
    private static func input(of events: [ConversationEvent], choices: UInt8) -> [UInt8] {
        var input = [choices]
        var connections: [UInt64: UInt8] = [:]
        var last: UInt64?
        func put(_ kind: FuzzTalk.Kind, _ length: Int, _ connection: UInt64, _ text: [UInt8] = []) {
            guard length <= FuzzTalk.lengthLimit, input.count + 3 + text.count <= byteLimit else { return }
            let number = connections[connection] ?? UInt8(connections.count % 3)
            connections[connection] = number
            input += [UInt8(length & 0xff), UInt8(length >> 8), kind.rawValue | number << 3] + text
        }
        for event in events {
            switch event {
            case .message(let message):
                guard case .message(let content) = message.content else { continue }
                let time = message.stamp.monotonicNanoseconds
                let waited = last.map { time < $0 ? 0 : Int((time - $0) / 10_000_000) } ?? 0
                if waited > 0 { put(.time, min(waited, FuzzTalk.lengthLimit), message.connection) }
                last = time
                let isText = content.opcode == .text
                let kind: FuzzTalk.Kind =
                    message.sender == .client
                    ? (isText ? .client : .clientBinary) : (isText ? .server : .serverBinary)
                put(kind, content.payload.count, message.connection, content.payload)
            case .socketClosed(let closing): put(.closed, 0, closing.stamp.connection)
            case .exchange(let exchange):
                let isPage = exchange.response?.fields["Content-Type"]?.contains("html") ?? false
                let body = exchange.responseBody.bytes
                if isPage, body.count <= byteLimit / 4 { put(.page, body.count, exchange.connection, body) }
            case .socketOpened, .violation, .raw, .connection, .gap, .note: continue
            }
        }
        return input
    }

    /// A conversation's sockets as a journal, whole.
    static var journals: [[UInt8]] {
        ["light-plain", "gallery-light", "gallery-chat", "gallery-async", "echo"].compactMap { name in
            guard let run = try? RecordedFrames.recording(name) else { return nil }
            return try? FuzzSeeds.journal(of: records(of: run))
        }
    }

    private static func records(of run: RecordingRun) throws -> [JournalRecord] {
        var reader = try RecordingReader(run: run)
        var (records, byteCount): ([JournalRecord], Int) = ([], 0)
        var sequences: [UInt64: UInt64] = [:]
        while true {
            switch try reader.next() {
            case .record(let record, _):
                guard let record = renumbered(record, &sequences) else { continue }
                byteCount += record.encoded().count
                if byteCount > byteLimit - 500 { return records }
                records.append(record)
            case .ended: return records
            case .skipped, .missing, .caughtUp: continue
            }
        }
    }

    /// Without HTTP, but for its heads, as if it had never been there.
    private static func renumbered(_ record: JournalRecord, _ sequences: inout [UInt64: UInt64]) -> JournalRecord? {
        var stamp = record.stamp
        let sequence = sequences[stamp.connection, default: 0]
        stamp.sequence = sequence
        sequences[stamp.connection] = sequence + 1
        switch record {
        case .frame(var frame, let payload):
            frame.stamp = stamp
            return .frame(frame, payload: payload)
        case .socket(var socket):
            socket.stamp = stamp
            return .socket(socket)
        case .http(var http, let bytes) where http.kind == .head:
            http.stamp = stamp
            return .http(http, bytes: bytes)
        case .http, .gap, .note, .checkpoint:
            sequences[stamp.connection] = sequence
            return nil
        }
    }
}
