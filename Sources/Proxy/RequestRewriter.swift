internal import NIOCore
internal import WebSocketWire

/// Changes the heads of a client's requests where the user asked for it; everything else passes as it came.
struct RequestRewriter {
    private let rewriting: RequestRewriting
    private var parser = HTTPRequestParser()
    /// Bytes of a head that is not whole yet.
    private var held: [UInt8] = []
    private var isRaw = false

    init(_ rewriting: RequestRewriting) { self.rewriting = rewriting }

    /// - Returns: what goes to the server in place of these bytes; nil while a head is not whole.
    mutating func rewrite(_ buffer: ByteBuffer) -> ByteBuffer? {
        guard !isRaw else { return buffer }
        let bytes = held + Array(buffer.readableBytesView)
        var output: [UInt8] = []
        // The parser has seen what is held: only its unfinished head, so it goes on behind it.
        var position = held.count
        var copied = 0
        held = []
        while true {
            switch parser.next(bytes.span, at: &position) {
            case .needsBytes:
                let isInHead = !parser.isInBody
                output += bytes[copied..<(isInHead ? copied : bytes.count)]
                if isInHead { held = Array(bytes[copied...]) }
                return output.isEmpty ? nil : ByteBuffer(bytes: output)
            case .head(let head, _):
                output += rewritten(head)
                copied = position
            case .body, .messageEnd:
                output += bytes[copied..<position]
                copied = position
            case .notHTTP:
                isRaw = true
                return ByteBuffer(bytes: output + bytes[copied...])
            }
        }
    }

    /// What is still held: nothing more will complete it.
    mutating func rest() -> ByteBuffer? {
        defer { held = [] }
        return held.isEmpty ? nil : ByteBuffer(bytes: held)
    }

    /// Line by line on the bytes themselves, so that what is not asked for stays as it came.
    private func rewritten(_ head: HTTPRequestHead) -> [UInt8] {
        var output: [UInt8] = []
        var isFirst = true
        for line in head.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            var kept: [UInt8]? = Array(line)
            if !isFirst, name.count < line.count {
                switch String(decoding: name, as: UTF8.self).lowercased() {
                case "host": kept = rewriting.host.map { Self.line(name, $0) } ?? kept
                case "origin": kept = rewriting.origin.map { Self.line(name, $0) } ?? kept
                case "accept-encoding": kept = rewriting.asksForIdentity ? nil : kept
                default: break
                }
            }
            isFirst = false
            if let kept { output += kept + [UInt8(ascii: "\n")] }
        }
        output.removeLast()
        return output
    }

    private static func line(_ name: ArraySlice<UInt8>, _ value: String) -> [UInt8] {
        name + Array(": \(value)\r".utf8)
    }
}
