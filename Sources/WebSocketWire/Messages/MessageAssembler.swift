/// What came of the frames.
package enum MessageEvent: Hashable, Sendable {
    case message(Message)
    case control(ControlFrame)
    case violation(ProtocolViolation)
}

/// Puts the messages of one direction of a socket together from its frames (RFC 6455 section 5.4, RFC 7692).
///
/// It never refuses: a broken rule is an event, and assembling goes on in the most useful way. What an endpoint must
/// do about it is up to the endpoint; see ``ProtocolViolation/Kind/closeCode``. Violations come before the message or
/// control frame that they belong to, and whatever the pieces, the events are the same.
///
/// Memory is bounded by ``MessageLimits``: one open message, one control frame, and about 40 KiB for inflating.
/// A copy is independent of the original.
package struct MessageAssembler: Sendable {
    /// What the next piece belongs to.
    private enum Frame: Sendable {
        /// No frame: the next piece begins one.
        case none
        case data(DataFrame)
        case control(ControlFrame, maskKey: MaskKey?)
        /// One whose head is lost.
        case headless
    }

    private struct DataFrame: Sendable {
        var number: UInt64
        var offset: UInt64
        var maskKey: MaskKey?
        var isFinal: Bool
        /// Payload bytes so far.
        var received: UInt64 = 0
    }

    private let sender: Peer
    private let limits: MessageLimits
    /// nil if permessage-deflate was not negotiated.
    private var inflater: Inflater?
    private var frame: Frame = .none
    private var open: OpenMessage?
    private var nextFrame: UInt64 = 0
    private var nextMessage: UInt64 = 0
    private var hasClosed = false
    /// Bytes were lost and no data frame came since: a continuation may belong to a message that began in the gap.
    private var isBehindGap = false

    /// - Parameters:
    ///   - sender: who sends the frames.
    ///   - deflate: what was negotiated, nil if nothing was.
    package init(sender: Peer, deflate: PermessageDeflate?, limits: MessageLimits = MessageLimits()) {
        self.sender = sender
        self.limits = limits
        inflater = deflate?.inflater(for: sender)
    }

    /// Bytes of the message that is not finished, as ``Message/size``: an endpoint can close the socket before it is.
    package var openMessageSize: UInt64 { open?.message.size ?? 0 }

    /// Whether no frame and no message is begun. Without context takeover, a new assembler then does as well.
    package var isBetweenMessages: Bool {
        guard case .none = frame else { return false }
        return open == nil
    }

    /// Takes a frame or a part of one, in the order of the stream.
    /// - Parameter bytes: what the piece's payload range points into.
    package mutating func receive(_ piece: FramePiece, _ bytes: Span<UInt8>) -> [MessageEvent] {
        var events: [MessageEvent] = []
        if let head = piece.head {
            if case .none = frame {} else { events += lostBytes() }
            begin(head, piece, &events)
        } else if case .none = frame {
            events += lostBytes()
            frame = .headless
        }
        let payload = bytes.extracting(piece.payload.clamped(to: 0..<bytes.count))
        switch frame {
        case .none: break
        case .headless: if piece.isLast { frame = .none }
        case .data(let data): receive(payload, piece.form, of: data, isLast: piece.isLast, &events)
        case .control(let control, let maskKey):
            receive(payload, piece.form, of: control, maskKey, isLast: piece.isLast, &events)
        }
        return events
    }

    /// Takes a frame of which nothing need be said, if it is a message by itself that no other depends on: whole, not
    /// compressed, and between messages. For whoever only wants to know where messages end; it costs next to nothing.
    /// - Returns: false, and nothing is changed, if the frame is any other.
    package mutating func pass(_ piece: FramePiece) -> Bool {
        guard case .none = frame, open == nil, piece.isLast, let head = piece.head, head.isFinal else { return false }
        switch head.opcode {
        case .text, .binary: break
        default: return false
        }
        guard inflater == nil || !head.rsv1 else { return false }
        nextFrame = piece.number &+ 1
        nextMessage &+= 1
        isBehindGap = false
        return true
    }

    /// Bytes of this direction are missing here. What is open ends, and what refers to the lost bytes is said to be
    /// undecodable: a message whose start is lost, and with context takeover every later compressed one.
    package mutating func lostBytes() -> [MessageEvent] {
        let events = end()
        inflater?.loseContext()
        isBehindGap = true
        return events
    }

    /// The stream is over: what is open comes out as it is.
    package mutating func end() -> [MessageEvent] {
        var events: [MessageEvent] = []
        if case .control(var control, _) = frame {
            control.isWhole = false
            events.append(.control(control))
        }
        frame = .none
        closeMessage(hasEnded: false, &events)
        return events
    }

    /// The stream cannot be framed any further: see ``FrameParser/Step/unframeable(head:offset:)``.
    package mutating func unframeable(_ head: FrameHead, offset: UInt64) -> [MessageEvent] {
        let violation = ProtocolViolation(.lengthTooLarge(head.payloadLength), frame: nextFrame, offset: offset)
        return [.violation(violation)] + end()
    }
}

// MARK: - Going on from a checkpoint

extension MessageAssembler {
    /// What a new assembler needs to go on between two frames where another one stopped.
    package struct Checkpoint: Hashable, Sendable {
        package var nextFrame: UInt64 = 0
        package var nextMessage: UInt64 = 0
        package var hasClosed = false
        package var isBehindGap = false
        package var isContextLost = false
        /// The last inflated bytes that the next message may refer to; at most 32 KiB.
        package var window: [UInt8] = []

        package init() {}
    }

    /// - Returns: nil within a frame or a message.
    package var checkpoint: Checkpoint? {
        guard case .none = frame, open == nil else { return nil }
        var checkpoint = Checkpoint()
        checkpoint.nextFrame = nextFrame
        checkpoint.nextMessage = nextMessage
        checkpoint.hasClosed = hasClosed
        checkpoint.isBehindGap = isBehindGap
        checkpoint.isContextLost = inflater?.isContextLost ?? false
        checkpoint.window = inflater?.window ?? []
        return checkpoint
    }

    /// Goes on where the assembler that made the checkpoint stopped.
    package init(
        sender: Peer, deflate: PermessageDeflate?, limits: MessageLimits = MessageLimits(), from checkpoint: Checkpoint
    ) {
        self.init(sender: sender, deflate: deflate, limits: limits)
        nextFrame = checkpoint.nextFrame
        nextMessage = checkpoint.nextMessage
        hasClosed = checkpoint.hasClosed
        isBehindGap = checkpoint.isBehindGap
        if checkpoint.isContextLost {
            inflater?.loseContext()
        } else if !checkpoint.window.isEmpty {
            inflater?.window = checkpoint.window
        }
    }
}

// MARK: - A frame begins

extension MessageAssembler {
    private mutating func begin(_ head: FrameHead, _ piece: FramePiece, _ events: inout [MessageEvent]) {
        nextFrame = piece.number &+ 1
        func report(_ kind: ProtocolViolation.Kind) {
            events.append(.violation(ProtocolViolation(kind, frame: piece.number, offset: piece.offset)))
        }
        for kind in head.violations(sender: sender, hasDeflate: inflater != nil) { report(kind) }
        guard !head.opcode.isControl else {
            let control = ControlFrame(
                opcode: head.opcode, number: piece.number, offset: piece.offset, wireSize: UInt64(head.byteCount))
            frame = .control(control, maskKey: head.maskKey)
            return
        }
        if hasClosed { report(.dataAfterClose) }
        if head.opcode != .continuation, open != nil {
            report(.newMessageInsideFragmented)
            abandonMessage(&events)
        }
        if open == nil {
            if head.opcode == .continuation, !isBehindGap { report(.continuationWithoutStart) }
            openMessage(head, piece)
        }
        isBehindGap = false
        open?.beginFrame(headBytes: head.byteCount)
        frame = .data(
            DataFrame(
                number: piece.number, offset: piece.offset, maskKey: head.maskKey, isFinal: head.isFinal))
    }

    private mutating func openMessage(_ head: FrameHead, _ piece: FramePiece) {
        var message = Message(
            number: nextMessage, firstFrame: piece.number, offset: piece.offset, opcode: head.opcode)
        nextMessage &+= 1
        let decoding: OpenMessage.Decoding
        if case .plain = piece.form {
            message.isCompressed = head.rsv1 && inflater != nil
            decoding = head.opcode == .continuation && isBehindGap ? .givenUp(.startLost) : .plain
        } else if head.opcode == .continuation {
            decoding = isBehindGap ? .givenUp(.startLost) : .plain
        } else if !head.rsv1 {
            decoding = .plain
        } else if let inflater {
            message.isCompressed = true
            decoding = inflater.isContextLost ? .givenUp(.compressionContextLost) : .inflating
        } else {
            message.completeness = .undecodable(.unknownExtension)
            decoding = .plain
        }
        open = OpenMessage(message, decoding: decoding, limits: limits)
    }

    /// The open message ends without its final frame, and so does its deflated data, at no end of a block.
    private mutating func abandonMessage(_ events: inout [MessageEvent]) {
        if open?.decoding == .inflating { inflater?.loseContext() }
        closeMessage(hasEnded: false, &events)
    }

    private mutating func closeMessage(hasEnded: Bool, _ events: inout [MessageEvent]) {
        guard let open else { return }
        events.append(.message(open.closed(hasEnded: hasEnded)))
        self.open = nil
    }
}

// MARK: - Payload

extension MessageAssembler {
    private mutating func receive(
        _ payload: Span<UInt8>, _ form: FramePiece.Form, of data: DataFrame, isLast: Bool,
        _ events: inout [MessageEvent]
    ) {
        var data = data
        let flaws: [OpenMessage.Flaw]? =
            switch form {
            case .wire: open?.receive(payload, maskKey: data.maskKey, phase: data.received, deflate: &inflater)
            case .unmasked: open?.receive(payload, maskKey: nil, phase: 0, deflate: &inflater)
            case .plain(let count): open?.receivePlain(payload, wireByteCount: count)
            }
        if let flaws, !flaws.isEmpty { report(flaws, in: data, &events) }
        data.received &+= UInt64(payload.count)
        frame = isLast ? .none : .data(data)
        guard isLast, data.isFinal else { return }
        let lateFlaws = open?.finish(deflate: &inflater) ?? []
        if !lateFlaws.isEmpty { report(lateFlaws, in: data, &events) }
        closeMessage(hasEnded: true, &events)
    }

    private func report(_ flaws: [OpenMessage.Flaw], in data: DataFrame, _ events: inout [MessageEvent]) {
        for flaw in flaws {
            let kind: ProtocolViolation.Kind =
                switch flaw {
                case .invalidUTF8(let offset): .invalidUTF8(messageOffset: offset)
                case .deflateError(let error): .deflateError(error)
                case .inflateLimit: .inflateLimit(limits.inflatedBytes)
                }
            events.append(.violation(ProtocolViolation(kind, frame: data.number, offset: data.offset)))
        }
    }

    private mutating func receive(
        _ payload: Span<UInt8>, _ form: FramePiece.Form, of control: ControlFrame, _ maskKey: MaskKey?, isLast: Bool,
        _ events: inout [MessageEvent]
    ) {
        var control = control
        frame = .none  // so that `control` alone holds its payload, and appending copies nothing
        let kept = payload.extracting(..<min(payload.count, max(limits.controlBytes - control.payload.count, 0)))
        let phase = Int(control.wirePayloadSize & 3)
        if let maskKey, form == .wire {
            maskKey.append(kept, phase: phase, to: &control.payload)
        } else {
            control.payload.append(kept)
        }
        let wireByteCount = if case .plain(let count) = form { count } else { UInt64(payload.count) }
        control.wirePayloadSize &+= wireByteCount
        control.wireSize &+= wireByteCount
        guard isLast else {
            frame = .control(control, maskKey: maskKey)
            return
        }
        for kind in control.closeViolations {
            events.append(.violation(ProtocolViolation(kind, frame: control.number, offset: control.offset)))
        }
        if control.opcode == .close { hasClosed = true }
        events.append(.control(control))
    }
}
