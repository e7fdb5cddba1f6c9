internal import NIOCore
internal import WebSocketWire

extension WebSocketConnection: SocketOutput {
    func send(text: [UInt8]) { send(.text, text) }

    func send(binary: [UInt8]) { send(.binary, binary) }

    private func send(_ opcode: Opcode, _ message: [UInt8]) {
        guard case .open = phase else { return }
        if let deflated = compression?.deflate(message, on: loop) {
            append(opcode, bits: .rsv1, deflated.span)
        } else {
            append(opcode, message.span)
        }
        finishAfterTurn()
        let limit = loop.settings.socket.maximumQueuedBytes
        guard pending.readableBytes > min(limit, Self.earlyFlushBytes) else { return }
        flush()
        if pending.readableBytes > limit { giveUpOnReader() }
    }

    /// More than this does not wait for the end of the turn.
    private static var earlyFlushBytes: Int { 256 << 10 }

    func close(code: UInt16, reason: String) {
        guard case .open = phase else { return }
        let code = CloseCode(rawValue: code)
        let status = CloseStatus(code: code.isAllowedInCloseFrame ? code : .internalError, reason: reason)
        append(.close, status.payload.span)
        phase = .closing
        deadline = loop.now &+ loop.settings.socket.closeTimeout
        mustTellEnd = true
        finishAfterTurn()
    }

    /// The client does not read: what waits for it is thrown away, since nothing else bounds the memory.
    private func giveUpOnReader() {
        let limit = loop.settings.socket.maximumQueuedBytes
        let reason = "more than \(limit) bytes waited for a client that does not read"
        loop.onEvent(.socketFailed(remote: remoteAddress, code: CloseCode.tryAgainLater.rawValue, reason: reason))
        pending = ByteBuffer()
        close(code: CloseCode.tryAgainLater.rawValue, reason: reason)
        readOn()
    }

    // MARK: Writing

    /// Appends a frame to what leaves at the end of this turn.
    func append(_ opcode: Opcode, bits: ReservedBits = [], _ payload: Span<UInt8>) {
        let head = FrameHead(opcode: opcode, reservedBits: bits, payloadLength: UInt64(payload.count))
        let count = head.byteCount + payload.count
        if pending.capacity == 0, let context {
            pending = context.channel.allocator.buffer(capacity: max(count, 16))
        } else {
            pending.reserveCapacity(minimumWritableBytes: max(count, 16))
        }
        let start = pending.writerIndex
        let words = head.words
        pending.writeMultipleIntegers(words.low, words.high, endianness: .little)
        pending.moveWriterIndex(to: start + head.byteCount)
        pending.writeBytes(payload.bytes)
    }

    /// Has ``finishTurn()`` called: at the end of the read that we are in, or of the turn.
    func finishAfterTurn() {
        guard !isReading, !isWaitingForTurn else { return }
        isWaitingForTurn = true
        loop.finishLater(self)
    }

    func finishTurn() {
        isWaitingForTurn = false
        flush()
        if mustTellEnd { tellEnd() }
    }

    /// Writes what is pending, in one go, if the client keeps up.
    func flush() {
        guard let context, pending.readableBytes > 0 else { return }
        if case .open = phase, !context.channel.isWritable { return }
        var written = ByteBuffer()
        swap(&written, &pending)
        switch phase {
        case .open, .closing: context.writeAndFlush(NIOAny(written), promise: nil)
        case .lingering: writeLast(written, context)
        case .closed: break
        }
    }

    // MARK: The end

    /// Both close frames are there, or the client broke a rule: ends our side behind what is pending, and waits for the
    /// client to end its own.
    func linger() {
        phase = .lingering
        deadline = loop.now &+ loop.settings.socket.closeTimeout
        if pending.readableBytes == 0, let context { writeLast(ByteBuffer(), context) }
        readOn()
    }

    private func writeLast(_ last: ByteBuffer, _ context: ChannelHandlerContext) {
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.hasWrittenLast = true
            guard !self.inputHasEnded else {
                channel.close(promise: nil)
                return
            }
            channel.close(mode: .output).whenFailure { _ in channel.close(promise: nil) }
        }
        context.writeAndFlush(NIOAny(last), promise: written)
    }
}
