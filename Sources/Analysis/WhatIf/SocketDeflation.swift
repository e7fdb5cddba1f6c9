internal import Sessions
internal import WebSocketWire

/// One socket's messages, deflated as its ends would do it with permessage-deflate, both with and without context
/// takeover.
struct SocketDeflation {
    private struct Direction {
        var withContext = Deflater()
        var withoutContext = Deflater(contextTakeover: false)
    }

    private var client = Direction()
    private var server = Direction()
    /// Bytes on the wire of what was deflated, as it is and as it would be.
    private var plain = 0
    private var withContext = 0
    private var withoutContext = 0
    /// Of all messages.
    private var bytes = 0
    private(set) var measuredBytes = 0

    /// - Parameter isMeasured: whether the message is deflated, not only counted.
    /// - Parameter room: used for the deflated bytes.
    mutating func add(_ message: MessageStep, isMeasured: Bool, room: inout [UInt8]) {
        let size = Self.frameBytes(message.payload.count, message.facts.sender)
        bytes += size
        guard isMeasured else { return }
        switch message.facts.sender {
        case .client: deflate(message, size, &client, &room)
        case .server: deflate(message, size, &server, &room)
        }
    }

    private mutating func deflate(
        _ message: MessageStep, _ size: Int, _ direction: inout Direction, _ room: inout [UInt8]
    ) {
        room.removeAll(keepingCapacity: true)
        guard direction.withContext.append(message: message.payload.span, to: &room) else { return }
        let first = room.count
        guard direction.withoutContext.append(message: message.payload.span, to: &room) else { return }
        plain += size
        withContext += Self.frameBytes(first, message.facts.sender)
        withoutContext += Self.frameBytes(room.count - first, message.facts.sender)
        measuredBytes += message.payload.count
    }

    /// Bytes of a message of one frame (RFC 6455 section 5.2).
    private static func frameBytes(_ payload: Int, _ sender: Peer) -> Int {
        let mask =
            switch sender {
            case .client: 4
            case .server: 0
            }
        return payload + 2 + mask + (payload < 126 ? 0 : payload < 65536 ? 2 : 8)
    }

    /// What it comes to; nil if nothing was deflated.
    var result: WhatIf.Compression? {
        guard plain > 0 else { return nil }
        var result = WhatIf.Compression()
        result.bytes = bytes
        let rest = Double(bytes) / Double(plain)
        result.withContext = Int(Double(withContext) * rest)
        result.withoutContext = Int(Double(withoutContext) * rest)
        result.measuredBytes = measuredBytes
        return result
    }
}
