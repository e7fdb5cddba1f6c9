internal import WebSocketWire

/// What a recorder remembers of an open socket: enough to count messages and to say who closed it.
struct SocketNotes {
    let exchange: UInt64
    /// False for a socket that `--only` or `--ignore` leaves out.
    let isRecorded: Bool
    /// The first close frame of either side.
    private var close: CloseFrame?
    /// Payload bytes so far of the message that is under way, by sender.
    private var open: (client: UInt64, server: UInt64) = (0, 0)
    /// Whether the frame under way ends a message, by sender.
    private var endsMessage: (client: Bool, server: Bool) = (false, false)
    /// Whether the frame under way is a control frame, which may stand inside a message, by sender.
    private var isControl: (client: Bool, server: Bool) = (false, false)

    private struct CloseFrame {
        let sender: Peer
        let mask: MaskKey?
        /// Whether the frame has passed: bytes of a later one are not its code.
        var isWhole = false
        /// The payload's first two bytes at most, unmasked.
        var code: (count: Int, value: UInt16) = (0, 0)
    }

    /// The first close frame of either side; no code if it has none.
    var firstClose: (sender: Peer, code: UInt16?)? {
        close.map { ($0.sender, $0.code.count == 2 ? $0.code.value : nil) }
    }

    init(exchange: UInt64, isRecorded: Bool) {
        self.exchange = exchange
        self.isRecorded = isRecorded
    }

    /// What a piece of a frame amounts to.
    struct Taken {
        var isRecorded: Bool
        /// The payload bytes of the message that ends with the piece, if one does.
        var messageSize: UInt64?
    }

    mutating func take(
        _ piece: FramePiece,
        _ payload: UnsafeRawBufferPointer,  // Unsafe: looked at and not kept.
        from sender: Peer
    ) -> Taken {
        if let head = piece.head { began(head, from: sender) }
        if let close, close.sender == sender, !close.isWhole { readCloseCode(payload, isLast: piece.isLast) }
        let count = payload.count
        let size =
            switch sender {
            case .client: Self.received(count, piece.isLast, isControl.client, endsMessage.client, &open.client)
            case .server: Self.received(count, piece.isLast, isControl.server, endsMessage.server, &open.server)
            }
        return Taken(isRecorded: isRecorded, messageSize: size)
    }

    private mutating func began(_ head: FrameHead, from sender: Peer) {
        let isControl = head.opcode.isControl
        switch sender {
        case .client:
            self.isControl.client = isControl
            endsMessage.client = head.isFinal && !isControl
        case .server:
            self.isControl.server = isControl
            endsMessage.server = head.isFinal && !isControl
        }
        if head.opcode == .close, close == nil { close = CloseFrame(sender: sender, mask: head.maskKey) }
    }

    /// The two bytes of the code may arrive one by one.
    private mutating func readCloseCode(
        _ payload: UnsafeRawBufferPointer,  // Unsafe: see take.
        isLast: Bool
    ) {
        guard var close else { return }
        let mask = close.mask?.bytes ?? [0, 0]
        for byte in payload.prefix(2 - close.code.count) {
            close.code.value = close.code.value << 8 | UInt16(byte ^ mask[close.code.count])
            close.code.count += 1
        }
        close.isWhole = isLast
        self.close = close
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
