/// A message whose final frame has not ended yet: what is known of it so far.
struct OpenMessage: Sendable {
    /// What becomes of its payload.
    enum Decoding: Hashable, Sendable {
        /// It is kept as it is, unmasked.
        case plain
        case inflating
        /// It is counted only.
        case givenUp(Message.UndecodableReason)
    }

    /// What the payload's bytes showed, each at most once a message.
    enum Flaw: Hashable, Sendable {
        case invalidUTF8(messageOffset: UInt64)
        case deflateError(InflateError)
        case inflateLimit
    }

    private(set) var message: Message
    private(set) var decoding: Decoding
    private let limits: MessageLimits
    /// nil if the payload is no text, or is not known to be.
    private var text: UTF8Validator?

    /// The most bytes that are unmasked, or passed over beyond the limit, at a time.
    private static let chunkBytes = 16 << 10

    init(_ message: Message, decoding: Decoding, limits: MessageLimits) {
        self.message = message
        self.decoding = decoding
        self.limits = limits
        let isText = message.opcode == .text && (decoding == .plain || decoding == .inflating)
        // What RSV1 made of the payload is unknown without an extension: it is kept, but judged by no rule.
        let isKnown = message.completeness == .whole
        text = isText && isKnown && limits.checksText ? UTF8Validator() : nil
    }

    /// A frame of it begins.
    mutating func beginFrame(headBytes: Int) {
        message.frameCount &+= 1
        message.wireSize &+= UInt64(headBytes)
    }

    /// Takes payload bytes as they are on the wire.
    /// - Parameter phase: how many bytes of the frame's payload came before.
    mutating func receive(
        _ bytes: Span<UInt8>, maskKey: MaskKey?, phase: UInt64, deflate: inout Inflater?
    ) -> [Flaw] {
        message.wirePayloadSize &+= UInt64(bytes.count)
        message.wireSize &+= UInt64(bytes.count)
        switch decoding {
        case .givenUp: return []
        case .plain: return receivePlain(bytes, maskKey: maskKey, phase: phase)
        case .inflating:
            guard let maskKey else { return inflate(bytes, by: &deflate) }
            var flaws: [Flaw] = []
            forEachUnmaskedChunk(of: bytes, maskKey, phase: phase) { message, chunk in
                flaws += message.inflate(chunk, by: &deflate)
            }
            return flaws
        }
    }

    /// Takes payload bytes that are not as they were on the wire.
    mutating func receivePlain(_ bytes: Span<UInt8>, wireByteCount: UInt64) -> [Flaw] {
        message.wirePayloadSize &+= wireByteCount
        message.wireSize &+= wireByteCount
        if case .givenUp = decoding { return [] }
        return receivePlain(bytes, maskKey: nil, phase: 0)
    }

    /// The final frame is over.
    mutating func finish(deflate: inout Inflater?) -> [Flaw] {
        var flaws: [Flaw] = []
        switch decoding {
        case .givenUp: return []
        case .plain: break
        case .inflating:
            var rest: [UInt8] = []
            let ending = deflate?.endMessage(into: &rest)
            if case .failed(let error) = ending {
                flaws.append(.deflateError(error))
                // No bytes at all are an empty message, clearly enough.
                if error != .empty { decoding = .givenUp(.deflateError) }
            } else {
                flaws += keep(rest.span)
            }
        }
        if let offset = text?.end() { flaws.append(.invalidUTF8(messageOffset: offset)) }
        return flaws
    }

    /// The message as it comes out.
    func closed(hasEnded: Bool) -> Message {
        var message = message
        switch decoding {
        case .givenUp(let reason): message.completeness = .undecodable(reason)
        case .plain, .inflating:
            guard message.completeness == .whole else { break }
            if !hasEnded {
                message.completeness = .endedEarly
            } else if message.size > UInt64(message.payload.count) {
                message.completeness = .cut
            }
        }
        return message
    }

    // MARK: - Plain payload

    private mutating func receivePlain(_ bytes: Span<UInt8>, maskKey: MaskKey?, phase: UInt64) -> [Flaw] {
        if bytes.count <= limits.messageBytes - message.payload.count {
            let start = message.payload.count
            if let maskKey {
                maskKey.append(bytes, phase: Int(phase & 3), to: &message.payload)
            } else {
                message.payload.append(bytes)
            }
            return count(message.payload.count - start)
        }
        guard let maskKey else { return keep(bytes) }
        var flaws: [Flaw] = []
        forEachUnmaskedChunk(of: bytes, maskKey, phase: phase) { message, chunk in
            flaws += message.keep(chunk)
        }
        return flaws
    }

    private mutating func forEachUnmaskedChunk(
        of bytes: Span<UInt8>, _ maskKey: MaskKey, phase: UInt64,
        _ body: (inout OpenMessage, Span<UInt8>) -> Void
    ) {
        var chunk: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let end = position + min(bytes.count - position, Self.chunkBytes)
            chunk.removeAll(keepingCapacity: true)
            let chunkPhase = Int(phase & 3) &+ position
            maskKey.append(bytes.extracting(position..<end), phase: chunkPhase, to: &chunk)
            body(&self, chunk.span)
            position = end
        }
    }

    /// Keeps decoded bytes as far as the limit allows, and counts and checks them all.
    private mutating func keep(_ bytes: Span<UInt8>) -> [Flaw] {
        let room = limits.messageBytes - message.payload.count
        if room > 0 { message.payload.append(bytes.extracting(..<min(room, bytes.count))) }
        message.size &+= UInt64(bytes.count)
        guard let offset = text?.receive(bytes) else { return [] }
        return [.invalidUTF8(messageOffset: offset)]
    }

    /// Counts and checks the last `added` bytes of the payload.
    private mutating func count(_ added: Int) -> [Flaw] {
        message.size &+= UInt64(added)
        guard var text else { return [] }
        let start = message.payload.count - added
        let offset = text.receive(message.payload.span.extracting(start...))
        self.text = text
        guard let offset else { return [] }
        return [.invalidUTF8(messageOffset: offset)]
    }

    // MARK: - Deflated payload

    private mutating func inflate(_ bytes: Span<UInt8>, by deflate: inout Inflater?) -> [Flaw] {
        var flaws: [Flaw] = []
        var position = 0
        while decoding == .inflating {
            let step = inflateOnce(bytes, at: &position, by: &deflate, &flaws)
            if message.size > limits.inflatedBytes {
                flaws.append(.inflateLimit)
                decoding = .givenUp(.inflateLimit)
            } else {
                switch step {
                case .needsBytes: return flaws
                case .madeOutput: continue
                case .failed(let error):
                    flaws.append(.deflateError(error))
                    decoding = .givenUp(.deflateError)
                }
            }
        }
        deflate?.loseContext()
        return flaws
    }

    /// One step, into the payload while there is room; at most one byte beyond the limit is made.
    private mutating func inflateOnce(
        _ bytes: Span<UInt8>, at position: inout Int, by deflate: inout Inflater?, _ flaws: inout [Flaw]
    ) -> Inflater.OnBytes {
        let step: Inflater.OnBytes?
        let most = 1 + Int(min(limits.inflatedBytes - message.size, UInt64(Inflater.stepBytes - 1)))
        let room = limits.messageBytes - message.payload.count
        if room > 0 {
            let start = message.payload.count
            step = deflate?.next(bytes, at: &position, into: &message.payload, room: min(room, most))
            flaws += count(message.payload.count - start)
        } else {
            var output: [UInt8] = []
            step = deflate?.next(bytes, at: &position, into: &output, room: most)
            flaws += keep(output.span)
        }
        return step ?? .needsBytes
    }
}
