internal import WebSocketWire

/// What a recorder remembers of an open socket: enough to count messages and to say who closed it.
struct SocketNotes {
    let exchange: UInt64
    /// False for a socket that `--only` or `--ignore` leaves out.
    let isRecorded: Bool
    /// The first close frame of either side.
    private(set) var firstClose: (sender: Peer, code: UInt16?)?
    /// Payload bytes so far of the message that is under way, by sender.
    private var open: (client: UInt64, server: UInt64) = (0, 0)
    /// Whether the frame under way ends a message, by sender.
    private var endsMessage: (client: Bool, server: Bool) = (false, false)
    /// Whether the frame under way is a control frame, which may stand inside a message, by sender.
    private var isControl: (client: Bool, server: Bool) = (false, false)

    init(exchange: UInt64, isRecorded: Bool) {
        self.exchange = exchange
        self.isRecorded = isRecorded
    }

    mutating func began(
        _ head: FrameHead,
        _ payload: UnsafeRawBufferPointer,  // Unsafe: the first bytes of the payload, looked at and not kept.
        from sender: Peer
    ) {
        let isControl = head.opcode.isControl
        switch sender {
        case .client:
            self.isControl.client = isControl
            endsMessage.client = head.isFinal && !isControl
        case .server:
            self.isControl.server = isControl
            endsMessage.server = head.isFinal && !isControl
        }
        if head.opcode == .close, firstClose == nil {
            firstClose = (sender, Self.closeCode(payload, head.maskKey))
        }
    }

    private static func closeCode(
        _ payload: UnsafeRawBufferPointer,  // Unsafe: see above.
        _ key: MaskKey?
    ) -> UInt16? {
        guard payload.count >= 2 else { return nil }
        let mask = key?.bytes ?? [0, 0]
        return UInt16(payload[0] ^ mask[0]) << 8 | UInt16(payload[1] ^ mask[1])
    }

    /// - Returns: the payload bytes of the message that ends here, if one does.
    mutating func received(_ count: Int, isLast: Bool, from sender: Peer) -> UInt64? {
        switch sender {
        case .client: Self.received(count, isLast, isControl.client, endsMessage.client, &open.client)
        case .server: Self.received(count, isLast, isControl.server, endsMessage.server, &open.server)
        }
    }

    private static func received(
        _ count: Int, _ isLast: Bool, _ isControl: Bool, _ endsMessage: Bool, _ open: inout UInt64
    ) -> UInt64? {
        guard !isControl else { return nil }
        open &+= UInt64(count)
        guard isLast, endsMessage else { return nil }
        defer { open = 0 }
        return open
    }
}
