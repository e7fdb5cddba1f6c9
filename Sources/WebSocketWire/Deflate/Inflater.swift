/// Inflates the messages of one direction of a socket (RFC 7692 section 7.2.2).
///
/// Always with a window of 32 KiB, whatever was negotiated: the negotiated size bounds how far back the *sender* may
/// refer (section 7.1.2), so a larger window inflates the same. A smaller one would save memory, but then zlib finds
/// a reference that goes too far back or not, depending on how the bytes were cut.
///
/// A copy is independent of the original. About 40 KiB are taken with the first compressed message.
package struct Inflater: @unchecked Sendable /* the stream is changed only while one value alone holds it */ {
    /// The most bytes that one step makes.
    package static let stepBytes = InflateStream.stepBytes

    private let contextTakeover: Bool
    private var stream: InflateStream?
    private var progress: Progress = .noBytes
    /// Whether messages refer to bytes that are lost: none can be inflated any more.
    package private(set) var isContextLost = false

    private enum Progress {
        case noBytes
        case inBlocks
        /// The message's last block so far was marked as final, and no byte followed it.
        case behindFinalBlock
        case failed(InflateError)
    }

    /// - Parameter contextTakeover: whether a message may refer to earlier ones.
    package init(contextTakeover: Bool) {
        self.contextTakeover = contextTakeover
    }

    package enum OnBytes: Hashable, Sendable {
        /// All bytes are used up, and all output that they make is out.
        case needsBytes
        /// Output was appended; call again for more.
        case madeOutput
        /// This message cannot be inflated further.
        case failed(InflateError)
    }

    /// Inflates a message's bytes from `position` on; moves `position` behind what this step used.
    /// - Parameter room: the most bytes to append in this step: 1 to 16 KiB, others are brought into that.
    package mutating func next(
        _ bytes: Span<UInt8>, at position: inout Int, into output: inout [UInt8], room: Int = stepBytes
    ) -> OnBytes {
        if case .failed(let error) = progress { return .failed(error) }
        guard let stream = ownStream() else { return fail(.outOfMemory) }
        while true {
            let isBehindFinalBlock = if case .behindFinalBlock = progress { true } else { false }
            if position == bytes.count, isBehindFinalBlock { return .needsBytes }
            if isBehindFinalBlock { stream.restartKeepingWindow() }
            if position < bytes.count { progress = .inBlocks }
            let before = output.count
            switch stream.next(bytes, at: &position, into: &output, room: room) {
            case .needsInput: return .needsBytes
            case .madeOutput: return .madeOutput
            case .failed(let error): return fail(error)
            case .ended:
                progress = .behindFinalBlock
                if output.count > before { return .madeOutput }
            }
        }
    }

    package enum OnEnd: Hashable, Sendable {
        case whole
        case failed(InflateError)
    }

    /// The message is over: all its bytes were given and taken.
    ///
    /// Puts back the 00 00 FF FF that the sender took off, unless the message ends right behind a final block: its
    /// sender left out the empty block that section 7.2.3.4 shows, and nothing more is missing.
    package mutating func endMessage(into output: inout [UInt8]) -> OnEnd {
        let ending = finishMessage(into: &output)
        progress = .noBytes
        switch ending {
        case .whole, .failed(.empty): if !contextTakeover { reset() }
        case .failed: loseContext()
        }
        return ending
    }

    private mutating func finishMessage(into output: inout [UInt8]) -> OnEnd {
        switch progress {
        case .failed(let error): return .failed(error)
        case .noBytes: return .failed(.empty)
        case .behindFinalBlock:
            ownStream()?.restartKeepingWindow()
            return .whole
        case .inBlocks:
            let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]
            var position = 0
            guard let stream = ownStream() else { return .failed(.outOfMemory) }
            switch stream.next(tail.span, at: &position, into: &output) {
            case .needsInput where stream.isBetweenBlocks: return .whole
            case .needsInput, .madeOutput, .ended: return .failed(.unfinished)
            case .failed(let error): return .failed(error)
            }
        }
    }

    /// Bytes of this direction are missing, or a message was given up in its midst: without context takeover the next
    /// message can be inflated, with it none.
    package mutating func loseContext() {
        progress = .noBytes
        if contextTakeover {
            isContextLost = true
            stream = nil
        } else {
            reset()
        }
    }

    /// The last bytes inflated, at most 32 KiB, which the next message may refer to; to be used between messages.
    package var window: [UInt8] {
        get { stream?.window ?? [] }
        set {
            guard let stream = ownStream() else { return }
            stream.reset()
            stream.setWindow(newValue)
            progress = .noBytes
            isContextLost = false
        }
    }

    private mutating func reset() {
        guard stream != nil else { return }
        ownStream()?.reset()
    }

    private mutating func fail(_ error: InflateError) -> OnBytes {
        progress = .failed(error)
        return .failed(error)
    }

    /// The stream to change: made when first needed, copied when another value holds it as well.
    private mutating func ownStream() -> InflateStream? {
        if stream == nil {
            stream = InflateStream(.raw)
        } else if !isKnownUniquelyReferenced(&stream) {
            stream = stream?.copy()
        }
        return stream
    }
}
