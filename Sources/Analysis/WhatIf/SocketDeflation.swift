internal import Sessions
internal import WebSocketWire

/// One socket's messages, deflated as its ends would do it with permessage-deflate, both with and without context
/// takeover.
struct SocketDeflation {
    private struct Direction {
        private var withContext = Deflater()
        private var withoutContext = Deflater(contextTakeover: false)

        /// - Returns: bytes of the message with and without context; nil if there was not enough memory.
        mutating func deflate(_ payload: Span<UInt8>, _ room: inout [UInt8]) -> (Int, Int)? {
            room.removeAll(keepingCapacity: true)
            guard withContext.append(message: payload, to: &room) else { return nil }
            let first = room.count
            guard withoutContext.append(message: payload, to: &room) else { return nil }
            return (first, room.count - first)
        }
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
        let payload = message.payload
        let size = Self.frameBytes(payload.count, message.facts.sender)
        bytes += size
        guard isMeasured else { return }
        let sizes =
            switch message.facts.sender {
            case .client: client.deflate(payload.span, &room)
            case .server: server.deflate(payload.span, &room)
            }
        guard let (first, second) = sizes else { return }
        plain += size
        withContext += Self.frameBytes(first, message.facts.sender)
        withoutContext += Self.frameBytes(second, message.facts.sender)
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
