internal import CZstd
internal import WebSocketWire

/// A body as it was recorded, its content coding undone where that is possible.
package struct HTTPBody: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// `bytes` is the content.
        case whole
        /// `bytes` is the content's beginning.
        case partial(String)
        /// `bytes` is as on the wire, for the reason given.
        case undecoded(String)
    }

    package var bytes: [UInt8] = []
    package var state = State.whole
    /// Bytes that passed, without chunk framing, content coding not undone.
    package var wireSize: UInt64 = 0
    /// How many of them are in the recording.
    package var recordedSize: UInt64 = 0
    /// The Content-Encoding, lower case; empty for none.
    package var coding = ""
}

extension HTTPBody {
    /// - Parameters:
    ///   - wire: the recorded bytes.
    ///   - wireSize: how many bytes passed.
    ///   - isCut: whether there is more in the recording than `wire` holds.
    ///   - isPlain: whether the content coding is undone already, see ``HTTPRecord/ContentForm``.
    ///   - limit: the most bytes to decode to.
    init(
        wire: [UInt8], wireSize: UInt64, recordedSize: UInt64, fields: HTTPFields?, isCut: Bool, isPlain: Bool = false,
        limit: Int
    ) {
        self.wireSize = wireSize
        self.recordedSize = recordedSize
        let codings = (fields?.elements(of: "Content-Encoding") ?? []).map { $0.lowercased() }
            .filter { $0 != "identity" }
        coding = codings.joined(separator: ", ")
        let isWhole = recordedSize == wireSize && !isCut
        guard !wire.isEmpty, !isPlain, let name = codings.first else {
            bytes = wire
            state = isWhole ? .whole : .partial("\(wire.count) of \(wireSize) bytes were kept")
            return
        }
        guard codings.count == 1 else {
            bytes = wire
            state = .undecoded("several codings, one inside the other")
            return
        }
        let problem: String?
        if let coding = ContentDecoder.Coding(name: name) {
            problem = Self.decode(wire, coding, limit: limit, into: &bytes)
        } else if name == "zstd" {
            problem = Zstandard.decode(wire, limit: limit, into: &bytes)
        } else {
            bytes = wire
            state = .undecoded(name == "br" ? "br is not decoded: record with --identity" : "unknown coding")
            return
        }
        if let problem {
            state = isWhole ? .partial(problem) : .partial("\(wire.count) of \(wireSize) bytes were kept")
        } else if !isWhole {
            state = .partial("\(wire.count) of \(wireSize) bytes were kept")
        }
    }

    /// - Returns: what is wrong, if anything is.
    private static func decode(
        _ wire: [UInt8], _ coding: ContentDecoder.Coding, limit: Int, into bytes: inout [UInt8]
    ) -> String? {
        var decoder = ContentDecoder(coding, limit: limit)
        var outcome = decoder.receive(wire.span, into: &bytes)
        if outcome == .needsBytes { outcome = decoder.end() }
        switch outcome {
        case .ended: return nil
        case .needsBytes: return "it is not whole"
        case .limitReached: return "it decodes to more than \(limit) bytes"
        case .failed(let error): return "it does not decode: \(error)"
        }
    }
}

/// Content coded with zstd (RFC 8878).
enum Zstandard {
    /// What RFC 9659 lets an HTTP body need: 8 MiB of window.
    private static let largestWindowLog: Int32 = 23

    /// Appends the content to `bytes`, at most `limit` bytes of it.
    /// - Returns: what is wrong, if anything is.
    static func decode(_ wire: [UInt8], limit: Int, into bytes: inout [UInt8]) -> String? {
        guard let context = ZSTD_createDCtx() else { return "no memory to decode it" }
        defer { ZSTD_freeDCtx(context) }
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, largestWindowLog)
        var position = 0
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var made = 0
            let result = wire.withUnsafeBytes { input in
                chunk.withUnsafeMutableBytes { output in
                    // Unsafe: C takes pointers; both buffers outlive the call, and zstd keeps to their sizes.
                    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
                    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    defer { (position, made) = (source.pos, target.pos) }
                    return ZSTD_decompressStream(context, &target, &source)
                }
            }
            if ZSTD_isError(result) != 0 { return "it does not decode: \(String(cString: ZSTD_getErrorName(result)))" }
            bytes.append(contentsOf: chunk.prefix(min(made, limit - bytes.count)))
            if bytes.count == limit, made > 0, position < wire.count || made == chunk.count {
                return "it decodes to more than \(limit) bytes"
            }
            if result == 0, position == wire.count { return nil }
            if made < chunk.count, position == wire.count { return "it is not whole" }
        }
    }
}
