/// Finds the requests in a client's direction of an HTTP/1.1 connection, in whatever pieces its bytes arrive (RFC 9112).
///
/// It stands beside the stream: it keeps nothing but an unfinished head, within ``HTTPLimits``, and only says where
/// each message ends. Pipelined requests come one after another.
package struct HTTPRequestParser: Sendable {
    private enum State {
        case head
        case body(HTTPBodyParser)
        case notHTTP
    }

    private let limits: HTTPLimits
    private var state: State = .head
    private var collector: HTTPHeadCollector<HTTPRequestLine>
    /// Where in the stream the next unused byte is.
    package private(set) var offset: UInt64

    /// - Parameter offset: where in its direction of the connection the first byte stands.
    package init(limits: HTTPLimits = HTTPLimits(), offset: UInt64 = 0) {
        self.limits = limits
        self.offset = offset
        collector = HTTPHeadCollector(limits: limits)
    }

    /// Bytes of a head that has begun and is not whole.
    package var unfinishedHead: [UInt8] { collector.bytes }

    /// Whether the next byte begins a message.
    package var isBetweenMessages: Bool {
        switch state {
        case .head: collector.bytes.isEmpty
        case .body, .notHTTP: false
        }
    }

    /// Whether a message's head is whole and the message is not.
    package var isInBody: Bool {
        switch state {
        case .body: true
        case .head, .notHTTP: false
        }
    }

    /// What became of the bytes.
    package enum Step: Hashable, Sendable {
        /// All bytes are used up.
        case needsBytes
        /// A head that began at `offset`.
        case head(HTTPRequestHead, offset: UInt64)
        /// Content, as indices into the given bytes; chunk framing is taken out. Never empty.
        case body(Range<Int>)
        /// The message is whole. Trailers are passed over.
        case messageEnd
        /// Nothing is parsed from `offset` on. The held bytes stand there: a head that was begun, none within a body.
        case notHTTP(HTTPViolation, heldBytes: [UInt8], offset: UInt64)
    }

    /// Takes the bytes from `position` on, up to the end of one step. Call it until it needs bytes.
    /// - Parameters:
    ///   - bytes: what arrived.
    ///   - position: the first byte not yet used; moved behind what this step used.
    package mutating func next(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        let start = position
        let headOffset = offset &- UInt64(collector.bytes.count)
        defer { offset &+= UInt64(position - start) }
        switch state {
        case .head:
            switch collector.next(bytes, at: &position) {
            case .needsBytes: return .needsBytes
            case .collected(let collected): return beginBody(of: HTTPRequestHead(collected), offset: headOffset)
            case .violation(let violation): return stop(violation, held: collector.takeBytes(), offset: headOffset)
            }
        case .body(var body):
            let onBytes = body.next(bytes, at: &position)
            state = .body(body)
            switch onBytes {
            case .needsBytes: return .needsBytes
            case .content(let range): return .body(range)
            case .end:
                state = .head
                return .messageEnd
            case .violation(let violation):
                return stop(violation, held: [], offset: offset &+ UInt64(position - start))
            }
        case .notHTTP:
            position = bytes.count
            return .needsBytes
        }
    }

    private mutating func beginBody(of head: HTTPRequestHead, offset: UInt64) -> Step {
        do throws(HTTPViolation) {
            state = .body(HTTPBodyParser(try HTTPBodyFraming(of: head), limits: limits))
            return .head(head, offset: offset)
        } catch {
            return stop(error, held: head.bytes, offset: offset)
        }
    }

    private mutating func stop(_ violation: HTTPViolation, held: [UInt8], offset: UInt64) -> Step {
        state = .notHTTP
        return .notHTTP(violation, heldBytes: held, offset: offset)
    }
}
