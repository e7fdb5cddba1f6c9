import RecordingFormat
import RecordingStore
import WebSocketWire

/// Says in a comment what a deflated message holds, before the line that its last byte is in.
struct TwinComments {
    private let byteLimit: Int
    private var decoder: ConversationDecoder
    private var events: [ConversationEvent] = []

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
        var limits = ConversationLimits()
        limits.messages.messageBytes = byteLimit
        limits.bodyBytes = 0
        decoder = ConversationDecoder(limits: limits)
    }

    mutating func append(_ record: JournalRecord, hasLostRecords: Bool, to bytes: inout [UInt8]) {
        if hasLostRecords { decoder.lostRecords(of: record.stamp.connection, record.stamp, into: &events) }
        decoder.receive(record, into: &events)
        for event in events {
            guard case .message(let message) = event, message.isCompressed, message.opcode == .text else { continue }
            append(message, to: &bytes)
        }
        events.removeAll(keepingCapacity: true)
    }

    private func append(_ message: SocketMessage, to bytes: inout [UInt8]) {
        // A character that the limit cut in two is left out.
        let text = message.payload.span
        var end = text.count
        if message.completeness == .cut {
            while end > 0, text.count - end < 4, !TwinText.isUTF8(text.extracting(0..<end)) { end -= 1 }
        }
        let shown = text.extracting(0..<end)
        guard end > 0, TwinText.isUTF8(shown) else { return }
        bytes += [UInt8(ascii: "#"), UInt8(ascii: " ")]
        TwinText.append(escaped: shown, isQuoted: false, to: &bytes)
        if UInt64(end) < message.size { bytes.append(contentsOf: "… (\(message.size) bytes)".utf8) }
        bytes.append(UInt8(ascii: "\n"))
    }
}
