/// Undoes a content coding of an HTTP body by zlib (RFC 9110 section 8.4.1).
///
/// A copy is independent of the original.
package struct ContentDecoder: @unchecked Sendable /* the stream is changed only while one value alone holds it */ {
    package enum Coding: Hashable, Sendable {
        /// RFC 9110 section 8.4.1.3; several members one after the other are one body (RFC 1952 section 2.2).
        case gzip
        /// RFC 9110 section 8.4.1.2: deflated data in zlib's wrapping; raw ones, which some servers send, too.
        case deflate

        /// - Parameter name: as in `Content-Encoding`, in any case of letters.
        /// - Returns: nil if it is not one of these codings.
        package init?(name: String) {
            switch name.lowercased() {
            case "gzip", "x-gzip": self = .gzip
            case "deflate": self = .deflate
            default: return nil
            }
        }
    }

    private enum State {
        /// Nothing but the first byte, if any, is there: of a "deflate" body, it takes two to see the wrapping.
        case start(first: UInt8?)
        case decoding(InflateStream.Wrapping)
        case betweenMembers
        case done(OnBytes)
    }

    private let coding: Coding
    private let limit: Int
    private var state: State = .start(first: nil)
    private var stream: InflateStream?
    /// Bytes decoded so far.
    package private(set) var size = 0

    /// - Parameter limit: the most bytes to decode to. Default: 64 MiB.
    package init(_ coding: Coding, limit: Int = 64 << 20) {
        self.coding = coding
        self.limit = max(limit, 0)
    }

    package enum OnBytes: Hashable, Sendable {
        case needsBytes
        /// The body is whole; bytes behind it are passed over.
        case ended
        /// It decodes to more than the limit; the first `limit` bytes were appended.
        case limitReached
        case failed(InflateError)
    }

    /// Decodes the next bytes of the body and appends the result to `output`.
    package mutating func receive(_ bytes: Span<UInt8>, into output: inout [UInt8]) -> OnBytes {
        switch state {
        case .done(let outcome): return outcome
        case .decoding(let wrapping): return decode(bytes, wrapping, into: &output)
        case .betweenMembers: return decode(bytes, .gzip, into: &output)
        case .start(let first):
            guard !bytes.isEmpty else { return .needsBytes }
            guard coding == .deflate else { return decode(bytes, .gzip, into: &output) }
            guard let first else {
                state = .start(first: bytes[0])
                return receive(bytes.extracting(1...), into: &output)
            }
            let isZlib = first & 0x8f == 0x08 && (UInt(first) << 8 | UInt(bytes[0])) % 31 == 0  // RFC 1950 section 2.2
            let wrapping: InflateStream.Wrapping = isZlib ? .zlib : .raw
            let firstByte = [first]
            let outcome = decode(firstByte.span, wrapping, into: &output)
            return outcome == .needsBytes ? decode(bytes, wrapping, into: &output) : outcome
        }
    }

    /// The body is over.
    package mutating func end() -> OnBytes {
        switch state {
        case .done(let outcome): return outcome
        case .betweenMembers: return finish(.ended)
        case .start, .decoding: return finish(.failed(.unfinished))
        }
    }

    private mutating func decode(
        _ bytes: Span<UInt8>, _ wrapping: InflateStream.Wrapping, into output: inout [UInt8]
    ) -> OnBytes {
        guard let stream = ownStream(wrapping) else { return finish(.failed(.outOfMemory)) }
        var position = 0
        while true {
            let isBetweenMembers = if case .betweenMembers = state { true } else { false }
            if isBetweenMembers, position == bytes.count { return .needsBytes }
            let before = output.count
            let step = stream.next(bytes, at: &position, into: &output)
            size += output.count - before
            if size > limit {
                output.removeLast(size - limit)
                size = limit
                return finish(.limitReached)
            }
            switch step {
            case .madeOutput: state = .decoding(wrapping)
            case .needsInput:
                if !isBetweenMembers { state = .decoding(wrapping) }
                return .needsBytes
            case .failed(let error):
                return finish(isBetweenMembers ? .ended : .failed(error))
            case .ended:
                guard wrapping == .gzip else { return finish(.ended) }
                stream.reset()
                state = .betweenMembers
            }
        }
    }

    private mutating func finish(_ outcome: OnBytes) -> OnBytes {
        state = .done(outcome)
        stream = nil
        return outcome
    }

    private mutating func ownStream(_ wrapping: InflateStream.Wrapping) -> InflateStream? {
        if stream == nil {
            stream = InflateStream(wrapping)
        } else if !isKnownUniquelyReferenced(&stream) {
            stream = stream?.copy()
        }
        return stream
    }
}
