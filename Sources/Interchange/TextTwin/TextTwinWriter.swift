package import RecordingFormat
import WebSocketWire

/// Writes records as the lines of a text twin. It holds a few numbers for each open connection, and what inflating needs.
package struct TextTwinWriter {
    package struct Settings: Hashable, Sendable {
        /// Of a deflated message's text, so many bytes stand in the comment before it. Default: 4 KiB; 0 for none.
        package var commentByteLimit = 4 << 10

        package init() {}
    }

    private let header: TextTwinHeader
    private var expectations: TwinExpectations
    private var comments: TwinComments?

    package init(header: TextTwinHeader, settings: Settings = Settings()) {
        self.header = header
        expectations = TwinExpectations(header)
        comments = settings.commentByteLimit > 0 ? TwinComments(byteLimit: settings.commentByteLimit) : nil
    }

    /// The first line.
    package func appendHeader(to bytes: inout [UInt8]) {
        func append(_ literal: String) { bytes.append(contentsOf: literal.utf8) }
        func append(string: String) { TwinText.append(string: Array(string.utf8).span, to: &bytes) }
        let preamble = header.preamble
        bytes += TextTwin.signature
        append("\(TextTwin.version),\"format\":\(preamble.formatVersion),\"run\":")
        append(string: preamble.runID)
        if preamble.fileNumber != 1 { append(",\"file\":\(preamble.fileNumber)") }
        append(",\"wall_ns\":\"\(header.startWallNanoseconds)\"")
        append(",\"monotonic_ns\":\"\(header.startMonotonicNanoseconds)\",\"details\":{")
        let details = preamble.details.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, (key, value)) in details.enumerated() {
            if index > 0 { append(",") }
            append(string: key)
            append(":")
            append(string: value)
        }
        append("}}\n")
    }

    /// Appends a comment, on a line of its own: any text.
    package static func append(comment: String, to bytes: inout [UInt8]) {
        bytes += [UInt8(ascii: "#"), UInt8(ascii: " ")]
        TwinText.append(escaped: Array(comment.utf8).span, isQuoted: false, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends a record's line, with a comment before it where there is something to see. A checkpoint is nothing that
    /// was recorded: it has no line.
    package mutating func append(_ record: JournalRecord, to bytes: inout [UInt8]) {
        if case .checkpoint = record { return }
        let record = record.onWire
        let connection = expectations.connection(record.stamp.connection)
        comments?.append(record, hasLostRecords: connection.sequence != record.stamp.sequence, to: &bytes)
        var line = TwinLine(appendingTo: bytes)
        // The bytes are in one place only, so that appending copies nothing.
        bytes = []
        line.column(milliseconds: Int64(bitPattern: record.stamp.monotonicNanoseconds &- expectations.monotonic))
        line.column(number: record.stamp.connection)
        switch record {
        case .frame(let frame, let payload): line.append(frame, payload, connection, stampExtras)
        case .http(let http, let payload): line.append(http, payload, connection, stampExtras)
        case .socket(let socket): line.append(socket, connection, stampExtras)
        case .gap(let gap): line.append(gap, connection, stampExtras)
        case .note(let note): line.append(note, connection, stampExtras)
        case .checkpoint: break
        }
        bytes = line.end()
        expectations.passed(record)
    }

    /// The extras of every kind come first.
    private func stampExtras(
        _ line: inout TwinLine, _ stamp: RecordStamp, _ connection: TwinExpectations.Connection
    ) {
        let passed = stamp.monotonicNanoseconds &- expectations.monotonic
        line.extra(.skip, difference: stamp.sequence, from: connection.sequence)
        line.extra(.wall, difference: stamp.wallNanoseconds, from: expectations.wall &+ passed)
    }
}

private typealias StampExtras = (inout TwinLine, RecordStamp, TwinExpectations.Connection) -> Void

extension TwinLine {
    // MARK: Frames

    fileprivate mutating func append(
        _ frame: FrameRecord, _ payload: [UInt8], _ connection: TwinExpectations.Connection, _ stampExtras: StampExtras
    ) {
        let stream = connection[frame.direction]
        let head = FrameHead(bytes: frame.head.bytes)
        let kind: TwinKind =
            switch frame.kind {
            case .raw: .raw
            case .frame: head.map { .opcode($0.opcode) } ?? (frame.head.byteCount == 0 ? .part : .frame)
            }
        column(word: frame.direction.word)
        column(word: kind.word)
        let isBase64 = appendPayload(of: frame, kind, head, payload, stream)
        stampExtras(&self, frame.stamp, connection)
        let place = stream.place(kind)
        extra(.skipBytes, difference: frame.offset, from: place.offset)
        extra(.skipFrames, difference: frame.number, from: place.number)
        extra(.part, frame.part, expected: place.part)
        extra(.more, !frame.isLast, expected: false)
        extra(.base64, isBase64, expected: false)
        if let reason = frame.rawReason { extra(.rawReason, text: reason.word) }
        if case .plain(let count) = frame.form { extra(.wireSize, literal: String(count)) }
        if case .opcode = kind, let head {
            append(head, from: frame.direction, wireByteCount: frame.wirePayloadByteCount(payload.count))
        } else if frame.head.byteCount > 0 {
            extra(.head, hexadecimal: frame.head.bytes)
        }
    }

    private mutating func append(_ head: FrameHead, from sender: Direction, wireByteCount: UInt64) {
        extra(.fin, head.isFinal, expected: true)
        extra(.rsv, (head.rsv1 ? 4 : 0) + (head.rsv2 ? 2 : 0) + (head.rsv3 ? 1 : 0), expected: 0)
        switch (head.maskKey, sender) {
        case (nil, .server): break
        case (nil, .client): extra(.mask, literal: "false")
        case (let key?, .client) where key.littleEndian == 0: break
        case (let key?, _): extra(.mask, hexadecimal: key.bytes)
        }
        extra(.length, head.payloadLength, expected: wireByteCount)
        let shortest = FrameHead.LengthEncoding(shortestFor: head.payloadLength)
        extra(.lengthSize, head.lengthEncoding.byteCount, expected: shortest.byteCount)
    }

    /// - Returns: whether the column is base64.
    private mutating func appendPayload(
        of frame: FrameRecord, _ kind: TwinKind, _ head: FrameHead?, _ payload: [UInt8],
        _ stream: TwinExpectations.Stream
    ) -> Bool {
        guard frame.form == .wire else { return append(payload: payload, isClose: kind == .opcode(.close)) }
        var unmasked = payload
        switch kind {
        case .opcode:
            head?.maskKey?.apply(to: &unmasked)
            if head?.rsv1 == true {
                column(base64: unmasked.span)
                return true
            }
        case .part:
            if let mask = stream.mask(ofPart: frame.part, number: frame.number) {
                mask.key.apply(to: &unmasked, phase: mask.phase)
            }
        case .frame, .raw, .http, .socket, .gap, .note: break
        }
        return append(payload: unmasked, isClose: kind == .opcode(.close))
    }

    /// As JSON if it is written in the one way, else as text, else as base64.
    /// - Returns: whether it is base64.
    private mutating func append(payload: [UInt8], isClose: Bool = false) -> Bool {
        let bytes = payload.span
        if isClose, bytes.count >= 2 {
            let reason = bytes.extracting(2..<bytes.count)
            if TwinText.isUTF8(reason) {
                column(closeCode: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), reason: reason)
                return false
            }
        }
        guard TwinText.isUTF8(bytes) else {
            column(base64: bytes)
            return true
        }
        if !isClose, CanonicalJSON.scan(bytes, from: 0) == .end(bytes.count) {
            column(json: payload)
        } else {
            column(string: bytes)
        }
        return false
    }

    // MARK: Others

    fileprivate mutating func append(
        _ http: HTTPRecord, _ payload: [UInt8], _ connection: TwinExpectations.Connection, _ stampExtras: StampExtras
    ) {
        let stream = connection[http.direction]
        column(word: http.direction.word)
        column(word: TwinKind.http(http.kind).word)
        var isBase64 = false
        if http.kind == .end, payload.isEmpty { column(word: nil) } else { isBase64 = append(payload: payload) }
        stampExtras(&self, http.stamp, connection)
        let exchange = connection.exchange(http.kind, http.direction, isMadeByProxy: http.isMadeByProxy)
        extra(.exchange, http.exchange, expected: exchange)
        let offset = stream.offset(http.kind, isMadeByProxy: http.isMadeByProxy)
        extra(.skipBytes, difference: http.offset, from: offset)
        extra(.madeByProxy, http.isMadeByProxy, expected: false)
        let recorded = http.kind == .end ? stream.bodyRecorded : 0
        extra(.bodySize, http.bodySize, expected: http.bodyRecorded)
        extra(.bodyRecorded, http.bodyRecorded, expected: recorded)
        extra(.base64, isBase64, expected: false)
    }

    fileprivate mutating func append(
        _ socket: SocketRecord, _ connection: TwinExpectations.Connection, _ stampExtras: StampExtras
    ) {
        column(word: socket.by?.word)
        column(word: TwinKind.socket(socket.kind).word)
        column(text: socket.cause)
        stampExtras(&self, socket.stamp, connection)
        extra(.exchange, socket.exchange, expected: connection.exchange(socket.kind))
        extra(.target, unlessEmpty: socket.target)
        extra(.subprotocol, unlessEmpty: socket.subprotocol)
        extra(.extensions, unlessEmpty: socket.extensions)
        extra(.clientAddress, unlessEmpty: socket.clientAddress)
        extra(.serverAddress, unlessEmpty: socket.serverAddress)
        extra(.closeCode, socket.closeCode, expected: 0)
        extra(.recorded, socket.isRecorded, expected: socket.kind == .socketOpened)
        extra(.earlyClientBytes, socket.earlyClientBytes, expected: 0)
        extra(.tlsVersion, unlessEmpty: socket.tls.version)
        extra(.tlsCipher, unlessEmpty: socket.tls.cipher)
        extra(.tlsALPN, unlessEmpty: socket.tls.alpn)
        extra(.tlsServerName, unlessEmpty: socket.tls.serverName)
        if socket.direction != socket.expectedDirection {
            if let direction = socket.direction {
                extra(.leg, text: direction.word)
            } else {
                extra(.leg, literal: "null")
            }
        }
    }

    fileprivate mutating func append(
        _ gap: GapRecord, _ connection: TwinExpectations.Connection, _ stampExtras: StampExtras
    ) {
        column(word: nil)
        column(word: TwinKind.gap.word)
        column(text: gap.cause)
        stampExtras(&self, gap.stamp, connection)
        extra(.fromWall, difference: gap.fromWallNanoseconds, from: gap.stamp.wallNanoseconds)
        extra(.toWall, difference: gap.toWallNanoseconds, from: gap.stamp.wallNanoseconds)
        extra(.records, gap.records, expected: 0)
        extra(.bytes, gap.bytes, expected: 0)
    }

    fileprivate mutating func append(
        _ note: NoteRecord, _ connection: TwinExpectations.Connection, _ stampExtras: StampExtras
    ) {
        column(word: nil)
        column(word: TwinKind.note(note.kind).word)
        column(text: note.text)
        stampExtras(&self, note.stamp, connection)
        extra(.nextFile, note.nextFile, expected: 0)
    }

    /// Nothing is null.
    private mutating func column(text: String) {
        if text.isEmpty { column(word: nil) } else { column(string: Array(text.utf8).span) }
    }
}

extension SocketRecord {
    /// Whose leg the record is about, if it does not say otherwise.
    var expectedDirection: Direction? { kind == .tls ? by?.direction : nil }
}

extension FrameHead.LengthEncoding {
    /// The one that a peer has to use (RFC 6455 section 5.2).
    init(shortestFor length: UInt64) {
        switch length {
        case 0...125: self = .sevenBits
        case 126...0xffff: self = .sixteenBits
        default: self = .sixtyFourBits
        }
    }
}
