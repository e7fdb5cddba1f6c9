internal import NIOCore
internal import WebSocketWire

/// One WebSocket: the only handler of its channel (but for TLS) once the handshake is done.
///
/// An idle socket keeps this object and what NIO has for a channel: no buffer, no timer, no assembler. Most messages
/// come in one frame within one read; only others have a ``MessageAssembler`` made for as long as they take.
final class WebSocketConnection: ChannelDuplexHandler, Served {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Both may send.
        case open
        /// Our close frame is on its way; the client's is awaited.
        case closing
        /// Nothing is sent any more, and what comes is thrown away until the client ends the connection, so that it
        /// gets the close frame: closing with unread bytes would reset the connection.
        case lingering
        case closed
    }

    let loop: ServingLoop
    var phase = Phase.open
    /// nil before the application has accepted, and once it has been told of the end.
    var socket: (any ClientSocket)?
    var context: ChannelHandlerContext?
    var servedIndex = -1
    private var parser = FrameParser()
    /// Only within a message that did not come in one piece, or with context takeover.
    private var assembly: Assembly?
    /// nil unless messages may be deflated.
    let compression: SocketCompression?
    /// Frames that wait for the end of this turn, or for the client to read.
    var pending = ByteBuffer()
    /// When time is over, on the loop's clock: for the client to say something, or to leave.
    var deadline: UInt32 = 0
    private var secondOfCount: UInt32 = 0
    private var messagesInSecond: UInt32 = 0
    /// Within a read: what is sent leaves at its end.
    var isReading = false
    var isWaitingForTurn = false
    private var readIsWaiting = false
    /// The application must be told of the end, but not while it is calling us.
    var mustTellEnd = false
    /// The client has ended its side of the connection.
    private(set) var inputHasEnded = false
    /// Our side of the connection has ended.
    var hasWrittenLast = false

    /// In an object of its own, since an idle socket has none.
    private final class Assembly {
        var assembler: MessageAssembler
        init(_ assembler: MessageAssembler) { self.assembler = assembler }
    }

    init(loop: ServingLoop, compression: SocketCompression?) {
        self.loop = loop
        self.compression = compression
        deadline = loop.now &+ loop.settings.socket.idleTimeout
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        // For bytes that come right behind the handshake, and for what the application sent while it accepted.
        finishAfterTurn()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        isReading = true
        if case .open = phase { deadline = loop.now &+ loop.settings.socket.idleTimeout }
        var position = 0
        while true {
            switch phase {
            case .open, .closing: break
            case .lingering, .closed: return
            }
            switch parser.next(buffer.readableBytesUInt8Span, at: &position) {
            case .needsBytes: return
            case .piece(let piece): receive(piece, buffer.readableBytesUInt8Span)
            case .unframeable(let head, _): fail(.protocolError, "a length of \(head.payloadLength) bytes")
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { readCompleted() }

    func readCompleted() {
        isReading = false
        finishTurn()
    }

    /// Back-pressure: who does not read what it is sent is not read from.
    func read(context: ChannelHandlerContext) {
        if case .open = phase, !context.channel.isWritable {
            readIsWaiting = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        flush()
        readOn()
    }

    func readOn() {
        guard readIsWaiting, let context else { return }
        readIsWaiting = false
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            inputHasEnded = true
            switch phase {
            case .open, .closing:
                linger()
                finishAfterTurn()
                tellEnd()
            case .lingering: if hasWrittenLast { context.close(promise: nil) }
            case .closed: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    private func leave() {
        if case .closed = phase { return }
        phase = .closed
        pending = ByteBuffer()
        assembly = nil
        context = nil
        tellEnd()
        loop.remove(self)
    }

    func tellEnd() {
        mustTellEnd = false
        let told = socket
        socket = nil
        told?.closed()
    }

    // MARK: Served

    func tick(_ now: UInt32) {
        guard now >= deadline else { return }
        switch phase {
        case .open: fail(.goingAway, "nothing came for \(loop.settings.socket.idleTimeout) s")
        case .closing, .lingering: context?.close(promise: nil)
        case .closed: break
        }
    }

    func drain() {
        guard case .open = phase else { return }
        socket?.drain()
        close(code: CloseCode.serviceRestart.rawValue, reason: "the server is going down")
        tellEnd()
    }

    func abort() { context?.close(promise: nil) }
}

// MARK: - Frames from the client

extension WebSocketConnection {
    private func receive(_ piece: FramePiece, _ bytes: Span<UInt8>) {
        if case .closing = phase {
            // What the client sent before it saw our close frame has nobody to go to.
            if piece.head?.opcode == .close { linger() }
            return
        }
        guard assembly == nil, let head = piece.head, piece.isLast, head.isPlainMessage, let key = head.maskKey else {
            assemble(piece, bytes)
            return
        }
        guard piece.payload.count <= loop.settings.socket.maximumMessageBytes else {
            failTooBig()
            return
        }
        var payload: [UInt8] = []
        key.append(bytes.extracting(piece.payload), to: &payload)
        let isText = head.opcode == .text
        if isText {
            var validator = UTF8Validator()
            let invalid = validator.receive(payload.span) ?? validator.end()
            if let invalid {
                fail(.invalidFramePayloadData, "\(ProtocolViolation.Kind.invalidUTF8(messageOffset: invalid))")
                return
            }
        }
        deliver(payload, isText: isText)
    }

    private func assemble(_ piece: FramePiece, _ bytes: Span<UInt8>) {
        let limit = UInt64(loop.settings.socket.maximumMessageBytes)
        let assembly = self.assembly ?? makeAssembly(limit)
        self.assembly = assembly
        if let head = piece.head, !head.opcode.isControl, head.payloadLength > limit {
            failTooBig()
            return
        }
        for event in assembly.assembler.receive(piece, bytes) {
            guard case .open = phase else { return }
            switch event {
            case .violation(let violation): fail(violation.kind.closeCode, "\(violation.kind)")
            case .control(let frame): receive(frame)
            case .message(let message):
                guard message.size <= limit else {
                    failTooBig()
                    return
                }
                deliver(message.payload, isText: message.opcode == .text)
            }
        }
        if assembly.assembler.openMessageSize > limit { failTooBig() }
        let keepsContext = compression?.agreement.clientNoContextTakeover == false
        if !keepsContext, assembly.assembler.isBetweenMessages { self.assembly = nil }
    }

    private func makeAssembly(_ limit: UInt64) -> Assembly {
        let limits = MessageLimits(messageBytes: Int(limit), controlBytes: 125, inflatedBytes: limit)
        return Assembly(MessageAssembler(sender: .client, deflate: compression?.agreement, limits: limits))
    }

    private func receive(_ frame: ControlFrame) {
        switch frame.opcode {
        case .ping: if isWithinRate() { append(.pong, frame.payload.span) }
        case .close:
            append(.close, CloseStatus(code: frame.closeStatus?.code).payload.span)
            linger()
            tellEnd()
        default: break  // A pong; anything else was a violation.
        }
    }

    private func deliver(_ payload: [UInt8], isText: Bool) {
        guard isWithinRate() else { return }
        if isText {
            socket?.received(text: payload)
        } else {
            socket?.received(binary: payload)
        }
    }

    /// Counts a message or ping, and fails the socket beyond the limit.
    private func isWithinRate() -> Bool {
        guard let limit = loop.settings.socket.maximumMessagesPerSecond else { return true }
        if secondOfCount != loop.now {
            secondOfCount = loop.now
            messagesInSecond = 0
        }
        messagesInSecond &+= 1
        guard Int(messagesInSecond) > limit else { return true }
        fail(.policyViolation, "more than \(limit) messages in a second")
        return false
    }

    private func failTooBig() {
        fail(.messageTooBig, "a message of more than \(loop.settings.socket.maximumMessageBytes) bytes")
    }

    /// Ends a socket whose client broke a rule (RFC 6455 section 7.1.7).
    func fail(_ code: CloseCode, _ reason: String) {
        guard case .open = phase else { return }
        loop.onEvent(.socketFailed(remote: remoteAddress, code: code.rawValue, reason: reason))
        append(.close, CloseStatus(code: code, reason: reason).payload.span)
        linger()
        finishAfterTurn()
        tellEnd()
    }

    var remoteAddress: String { context?.channel.remoteAddress?.ipAddress ?? "" }
}

extension FrameHead {
    /// A whole message in one frame that breaks no rule and is not deflated.
    fileprivate var isPlainMessage: Bool {
        isFinal && isMasked && reservedBits.isEmpty && (opcode == .text || opcode == .binary)
            && lengthEncoding == .shortest(for: payloadLength)
    }
}
