/// Gathers the bytes of one head until its empty line, reading each line as it ends (RFC 9112 section 2.2).
///
/// A line ends with LF, with or without a CR before it. What is held is bounded by the limits, and a head that cannot
/// be one is known as soon as its line ends, often by its first byte.
struct HTTPHeadCollector<StartLine: HTTPStartLine>: Sendable {
    struct Collected {
        var startLine: StartLine
        var fields: HTTPFields
        var bytes: [UInt8]
    }

    private let limits: HTTPLimits
    /// What has arrived of the head; empty before its first byte.
    private(set) var bytes: [UInt8] = []
    private var lineStart = 0
    private var lineHasSpace = false
    private var startLine: StartLine?
    private var fields = HTTPFields()

    init(limits: HTTPLimits) { self.limits = limits }

    enum OnBytes {
        case needsBytes
        case collected(Collected)
        /// The bytes held so far are those before the one that shows the violation.
        case violation(HTTPViolation)
    }

    mutating func next(_ input: Span<UInt8>, at position: inout Int) -> OnBytes {
        do throws(HTTPViolation) {
            while position < input.count {
                appendRun(input, at: &position)
                guard position < input.count else { break }
                try append(input[position])
                position += 1
                if let collected = try endLine() { return .collected(collected) }
            }
            return .needsBytes
        } catch {
            return .violation(error)
        }
    }

    /// Gives up what is held, for a head that will not be finished.
    mutating func takeBytes() -> [UInt8] {
        let taken = bytes
        self = HTTPHeadCollector(limits: limits)
        return taken
    }

    /// - Returns: nil if `input` is not exactly one head.
    mutating func collectAll(_ input: [UInt8]) -> Collected? {
        var position = 0
        switch next(input.span, at: &position) {
        case .collected(let collected): return position == input.count ? collected : nil
        case .needsBytes, .violation: return nil
        }
    }

    /// Takes what is before the next CR or LF of a field line: nothing in it ends or breaks the line.
    private mutating func appendRun(_ input: Span<UInt8>, at position: inout Int) {
        guard startLine != nil, bytes.last != HTTPText.carriageReturn else { return }
        let limit = min(input.count, position &+ max(0, limits.headByteCount - bytes.count))
        var end = position
        while end < limit, input[end] != HTTPText.carriageReturn, input[end] != HTTPText.lineFeed { end &+= 1 }
        bytes.append(input.extracting(position..<end))
        position = end
    }

    private mutating func append(_ byte: UInt8) throws(HTTPViolation) {
        guard bytes.count < limits.headByteCount else { throw .headTooLong(limit: limits.headByteCount) }
        if byte != HTTPText.lineFeed {
            // A CR that ends no line is read in two ways by two readers (RFC 9112 section 2.2).
            let followsReturn = bytes.count > lineStart && bytes.last == HTTPText.carriageReturn
            if startLine == nil {
                let index = bytes.count - lineStart
                guard !followsReturn, StartLine.accepts(byte, at: index, afterSpace: lineHasSpace) else {
                    throw .startLine
                }
                lineHasSpace = lineHasSpace || byte == HTTPText.space
            } else if followsReturn {
                throw .fieldLine(number: fields.all.count + 1)
            }
        }
        bytes.append(byte)
    }

    /// Reads the line that the last byte ends, if it does.
    private mutating func endLine() throws(HTTPViolation) -> Collected? {
        guard bytes.last == HTTPText.lineFeed else { return nil }
        var lineEnd = bytes.count - 1
        if lineEnd > lineStart, bytes[lineEnd - 1] == HTTPText.carriageReturn { lineEnd -= 1 }
        let line = bytes[lineStart..<lineEnd]
        lineStart = bytes.count
        guard let startLine else {
            if line.isEmpty, StartLine.mayFollowEmptyLines { return nil }
            self.startLine = try StartLine(line: line)
            return nil
        }
        guard line.isEmpty else {
            guard fields.all.count < limits.fieldCount else { throw .tooManyFields(limit: limits.fieldCount) }
            try fields.append(line: line)
            return nil
        }
        let fields = fields
        return Collected(startLine: startLine, fields: fields, bytes: takeBytes())
    }
}
