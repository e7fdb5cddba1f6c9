/// Finds the frames in one direction of a socket (RFC 6455 section 5.2), in whatever pieces its bytes arrive.
///
/// It only passes over payloads: a step says which of the given bytes belong to the frame, and keeps none of them. What
/// it remembers between two reads is at most an unfinished head and a number of bytes to go. It judges nothing: a frame
/// that breaks a rule of the protocol is still a frame (see ``MessageAssembler`` for the rules).
package struct FrameParser: Hashable, Sendable {
    private enum State: Hashable, Sendable {
        case head(FrameHead)
        case payload(remaining: UInt64, nextPart: UInt32)
        case unframeable
    }

    /// What became of the bytes.
    package enum Step: Hashable, Sendable {
        /// All bytes are used up. Bytes of an unfinished head, if any, are in ``FrameParser/unfinishedHead``.
        case needsBytes
        case piece(FramePiece)
        /// The head at `offset` states a length of more than 2^63 - 1: where the next frame begins cannot be known.
        /// Nothing of this direction can be framed from there on; the unused bytes begin with this head.
        case unframeable(head: FrameHead, offset: UInt64)
    }

    private var state: State = .head(FrameHead())
    /// The number of the frame that the next byte belongs to, from 0.
    private var number: UInt64 = 0
    /// Where in the stream the current frame began.
    private var frameOffset: UInt64
    /// Where in the stream the next unused byte is.
    package private(set) var offset: UInt64

    /// - Parameters:
    ///   - offset: where in its direction of the connection the first byte stands; offsets in steps count from there.
    package init(offset: UInt64 = 0) {
        self.offset = offset
        self.frameOffset = offset
    }

    /// Bytes of a head that has begun and is not whole; empty between frames.
    package var unfinishedHead: [UInt8] {
        switch state {
        case .head(let head): head.bytes
        case .payload, .unframeable: []
        }
    }

    /// Whether the next byte begins a frame.
    package var isBetweenFrames: Bool {
        switch state {
        case .head(let head): head.byteCount == 0
        case .payload, .unframeable: false
        }
    }

    /// Takes the bytes from `position` on, up to the end of one frame or the end of the bytes, whichever is first.
    /// - Parameters:
    ///   - bytes: what arrived.
    ///   - position: the first byte not yet used; moved behind what this step used.
    package mutating func next(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        switch state {
        case .head(var head):
            while !head.isComplete {
                guard position < bytes.count else {
                    state = .head(head)
                    return .needsBytes
                }
                head.append(bytes[position])
                position += 1
                offset &+= 1
            }
            return beginFrame(head, bytes, at: &position)
        case .payload(let remaining, let nextPart):
            guard position < bytes.count else { return .needsBytes }
            return continueFrame(nil, remaining: remaining, part: nextPart, bytes, at: &position)
        case .unframeable:
            offset &+= UInt64(bytes.count - position)
            position = bytes.count
            return .needsBytes
        }
    }

    private mutating func beginFrame(_ head: FrameHead, _ bytes: Span<UInt8>, at position: inout Int) -> Step {
        let length = head.payloadLength
        guard length <= UInt64(Int64.max) else {
            state = .unframeable
            return .unframeable(head: head, offset: frameOffset)
        }
        return continueFrame(head, remaining: length, part: 0, bytes, at: &position)
    }

    private mutating func continueFrame(
        _ head: FrameHead?, remaining: UInt64, part: UInt32, _ bytes: Span<UInt8>, at position: inout Int
    ) -> Step {
        let available = UInt64(bytes.count - position)
        let taken = min(remaining, available)
        let payload = position..<(position + Int(taken))
        position = payload.upperBound
        offset &+= taken
        let piece = FramePiece(
            number: number, offset: frameOffset, part: part, isLast: taken == remaining, head: head, payload: payload)
        if piece.isLast {
            number += 1
            frameOffset = offset
            state = .head(FrameHead())
        } else {
            // A frame of 2^63 bytes in parts of one byte would need more: the last number then stays.
            state = .payload(remaining: remaining - taken, nextPart: part == .max ? part : part + 1)
        }
        return .piece(piece)
    }
}

/// One frame, or as much of it as one read held.
package struct FramePiece: Hashable, Sendable {
    /// What was done to the payload since it was on the wire.
    package enum Form: Hashable, Sendable {
        /// Nothing: it is masked and deflated, if it was.
        case wire
        case unmasked
        /// It is unmasked, inflated, and stands for so many bytes on the wire.
        case plain(wireByteCount: UInt64)
    }

    /// The frame's number in its direction of the socket, from 0.
    package var number: UInt64
    /// Where in its direction of the connection the frame's head begins, in bytes.
    package var offset: UInt64
    /// Which piece of the frame this is, from 0.
    package var part: UInt32
    /// Whether the frame ends with this piece.
    package var isLast: Bool
    /// The head, with piece 0 only.
    package var head: FrameHead?
    /// The payload's bytes as indices into what the parser was given.
    package var payload: Range<Int>
    package var form: Form

    package init(
        number: UInt64, offset: UInt64, part: UInt32, isLast: Bool, head: FrameHead?, payload: Range<Int>,
        form: Form = .wire
    ) {
        self.number = number
        self.offset = offset
        self.part = part
        self.isLast = isLast
        self.head = head
        self.payload = payload
        self.form = form
    }
}
