/// Passes over one body, and tells which of the given bytes are content.
struct HTTPBodyParser: Hashable, Sendable {
    private enum State: Hashable {
        case length(remaining: UInt64)
        case untilClose
        case chunkLine(HTTPChunkLine)
        case chunk(remaining: UInt64)
        case chunkEnd(sawReturn: Bool)
        /// Trailers are passed over; `lineByteCount` counts the line's bytes but for its line end.
        case trailers(byteCount: Int, lineByteCount: Int, sawReturn: Bool)
        case ended
    }

    private var state: State
    private let limits: HTTPLimits

    init(_ framing: HTTPBodyFraming, limits: HTTPLimits) {
        self.limits = limits
        switch framing {
        case .length(let length): state = .length(remaining: length)
        case .chunked: state = .chunkLine(HTTPChunkLine())
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the end of the stream ends the body well.
    var endsWithStream: Bool {
        switch state {
        case .untilClose: true
        case .length, .chunkLine, .chunk, .chunkEnd, .trailers, .ended: false
        }
    }

    enum OnBytes: Hashable {
        case needsBytes
        case content(Range<Int>)
        case end
        /// The byte at the position shows it.
        case violation(HTTPViolation)
    }

    mutating func next(_ bytes: Span<UInt8>, at position: inout Int) -> OnBytes {
        while true {
            switch state {
            case .length(let remaining):
                guard remaining > 0 else {
                    state = .ended
                    return .end
                }
                guard let taken = Self.take(remaining, bytes, at: &position) else { return .needsBytes }
                state = .length(remaining: remaining - UInt64(taken.count))
                return .content(taken)
            case .untilClose:
                guard let taken = Self.take(.max, bytes, at: &position) else { return .needsBytes }
                return .content(taken)
            case .chunk(let remaining):
                guard let taken = Self.take(remaining, bytes, at: &position) else { return .needsBytes }
                let left = remaining - UInt64(taken.count)
                state = left == 0 ? .chunkEnd(sawReturn: false) : .chunk(remaining: left)
                return .content(taken)
            case .chunkLine, .chunkEnd, .trailers:
                guard position < bytes.count else { return .needsBytes }
                if let violation = takeFraming(bytes[position]) { return .violation(violation) }
                position += 1
            case .ended:
                return .end
            }
        }
    }

    private static func take(_ wanted: UInt64, _ bytes: Span<UInt8>, at position: inout Int) -> Range<Int>? {
        let available = bytes.count - position
        guard available > 0 else { return nil }
        let taken = position..<(position + Int(min(wanted, UInt64(available))))
        position = taken.upperBound
        return taken
    }

    /// Takes a byte that is chunk framing, not content (RFC 9112 section 7.1).
    private mutating func takeFraming(_ byte: UInt8) -> HTTPViolation? {
        switch state {
        case .chunkLine(var line):
            switch line.take(byte, limit: limits.chunkLineByteCount) {
            case .more: state = .chunkLine(line)
            case .end(size: 0): state = .trailers(byteCount: 0, lineByteCount: 0, sawReturn: false)
            case .end(let size): state = .chunk(remaining: size)
            case .violation(let violation): return violation
            }
        case .chunkEnd(let sawReturn):
            if byte == HTTPText.lineFeed {
                state = .chunkLine(HTTPChunkLine())
            } else if byte == HTTPText.carriageReturn, !sawReturn {
                state = .chunkEnd(sawReturn: true)
            } else {
                return .chunkEnd
            }
        case .trailers(let byteCount, let lineByteCount, let sawReturn):
            guard byteCount < limits.headByteCount else { return .trailersTooLong(limit: limits.headByteCount) }
            if byte == HTTPText.lineFeed {
                state =
                    lineByteCount == 0
                    ? .ended : .trailers(byteCount: byteCount + 1, lineByteCount: 0, sawReturn: false)
            } else {
                let isReturn = byte == HTTPText.carriageReturn
                // A CR before anything but LF is a byte of the line.
                let count = lineByteCount + (sawReturn ? 1 : 0) + (isReturn ? 0 : 1)
                state = .trailers(byteCount: byteCount + 1, lineByteCount: count, sawReturn: isReturn)
            }
        case .length, .untilClose, .chunk, .ended:
            break
        }
        return nil
    }
}

/// The line before a chunk: its size, and extensions that are passed over (RFC 9112 section 7.1.1).
struct HTTPChunkLine: Hashable, Sendable {
    private enum Part: Hashable {
        case size
        /// Blanks after the size, which the RFC bids to read.
        case blanks
        case extensions
        case lineEnd
    }

    private var part: Part = .size
    private var size: UInt64 = 0
    private var hasDigit = false
    private var byteCount = 0

    enum OnByte: Hashable {
        case more
        case end(size: UInt64)
        case violation(HTTPViolation)
    }

    mutating func take(_ byte: UInt8, limit: Int) -> OnByte {
        guard byteCount < limit else { return .violation(.chunkLineTooLong(limit: limit)) }
        byteCount += 1
        if part == .size, let digit = Self.hexadecimalDigit(byte) {
            guard size < 1 << 59 else { return .violation(.chunkSize) }
            size = size << 4 | digit
            hasDigit = true
            return .more
        }
        guard hasDigit else { return .violation(.chunkSize) }
        if byte == HTTPText.lineFeed { return .end(size: size) }
        switch (part, byte) {
        case (.lineEnd, _): return .violation(.chunkSize)
        case (_, HTTPText.carriageReturn): part = .lineEnd
        case (.extensions, _): break
        case (.size, 0x3b), (.blanks, 0x3b): part = .extensions
        case (.size, _), (.blanks, _):
            guard HTTPText.isBlank(byte) else { return .violation(.chunkSize) }
            part = .blanks
        }
        return .more
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
    }
}
