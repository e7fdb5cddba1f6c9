package import RecordingFormat
package import WebSocketWire

/// Writes down one connection: gets the bytes of both directions as they pass, finds in them what they are, and hands
/// records to the event loop's writer. It never sees the bytes late and never changes them.
package final class ConnectionRecorder {
    package let connection: UInt64
    let settings: RecorderSettings
    let writer: JournalWriter
    private var parser: ConnectionParser
    private var nextSequence: UInt64 = 0
    /// What is known of requests and answers; gone once a socket is open, so that an idle socket stays small.
    private var http: HTTPNotes? = HTTPNotes()
    private(set) var socket: SocketNotes?
    private var isClosed = false
    /// Whether one of the directions turned out not to be HTTP/1.1.
    private var hasLeftHTTP = false

    /// The target of the newest request, once its head is whole.
    package var requestTarget: String? { http?.newestTarget }
    package var hasUnansweredRequest: Bool { http?.hasUnanswered ?? false }
    package var isSocket: Bool { socket != nil }

    package init(
        connection: UInt64, settings: RecorderSettings, writer: JournalWriter, clientAddress: String, now: RecordingTime
    ) {
        self.connection = connection
        self.settings = settings
        self.writer = writer
        parser = ConnectionParser(limits: settings.httpLimits)
        writer.statistics.connections += 1
        writer.statistics.openConnections += 1
        append(.connectionOpened, by: .client, now) { $0.clientAddress = clientAddress }
    }

    // MARK: Life cycle

    package func connected(serverAddress: String, now: RecordingTime) {
        append(.connectionOpened, by: .server, now) { $0.serverAddress = serverAddress }
    }

    package func connectFailed(serverAddress: String, cause: String, now: RecordingTime) {
        writer.statistics.failedConnects += 1
        append(.connectFailed, by: .server, now) {
            $0.serverAddress = serverAddress
            $0.cause = cause
        }
    }

    package func secured(
        leg: Peer, version: String, cipher: String, alpn: String, serverName: String, now: RecordingTime
    ) {
        append(.tls, by: SocketRecord.Actor(leg), now) {
            $0.direction = Direction(leg)
            $0.tls = SocketRecord.TLS(version: version, cipher: cipher, alpn: alpn, serverName: serverName)
        }
    }

    /// The connection is over.
    /// - Parameters:
    ///   - actor: who ended it first.
    ///   - cause: how, in words: "end of stream", "connection reset by peer", "the proxy stopped".
    package func closed(by actor: SocketRecord.Actor, cause: String, now: RecordingTime) {
        guard !isClosed else { return }
        isClosed = true
        writer.statistics.openConnections -= 1
        if let socket {
            writer.statistics.openSockets -= 1
            let close = socket.firstClose
            append(.socketClosed, by: close.map { SocketRecord.Actor($0.sender) } ?? actor, now) {
                $0.cause = cause
                $0.closeCode = UInt32(close?.code ?? 0)
                $0.exchange = socket.exchange + 1
            }
        }
        append(.connectionClosed, by: actor, now) { $0.cause = cause }
    }

    // MARK: Bytes

    /// Takes bytes as they pass. Their memory must stay as it is until the writer's next commit.
    package func receive(from sender: Peer, _ bytes: Span<UInt8>, now: RecordingTime) {
        http?.passed(bytes.count, from: sender)
        // A read can hold hundreds of frames. What they change is taken out of this object and the writer for the while:
        // each access to another property of an object is checked for exclusiveness when it happens.
        var traffic = RunStatistics.Traffic()
        traffic.bytes = UInt64(bytes.count)
        bytes.withUnsafeBytes { buffer in  // Unsafe: payloads are handed on as addresses, not copied.
            pass(&parser, from: sender, bytes, buffer, &traffic, now)
        }
        writer.statistics[sender].add(traffic)
    }

    private func pass(
        _ parser: inout ConnectionParser, from sender: Peer, _ bytes: Span<UInt8>,
        _ buffer: UnsafeRawBufferPointer,  // Unsafe: see receive.
        _ traffic: inout RunStatistics.Traffic, _ now: RecordingTime
    ) {
        var notes = socket
        let noted = writer.smallestNoted
        var position = 0
        var run = PassingRun()
        while true {
            let step = parser.next(from: sender, bytes, at: &position)
            switch step {
            case .needsBytes:
                socket = notes
                append(run, from: sender, buffer, now)
                return
            case .frame(let piece):
                let payload = UnsafeRawBufferPointer(rebasing: buffer[piece.payload])
                let passed = notes?.take(piece, payload, from: sender)
                count(piece, payload.count, passed, from: sender, noted: noted, &traffic, now)
                guard passed?.isRecorded ?? true else { continue }
                if run.take(piece) { continue }
                append(run, from: sender, buffer, now)
                run = PassingRun()
                if !run.take(piece) { append(piece, from: sender, payload, now) }
            case .request, .response, .body, .messageEnd, .socketOpened, .raw, .notHTTP, .unframeable:
                append(run, from: sender, buffer, now)
                run = PassingRun()
                socket = notes
                record(step, from: sender, buffer, now)
                notes = socket
            }
        }
    }

    /// Writes down bytes that the proxy itself sent to the client.
    package func madeByProxy(head: [UInt8], now: RecordingTime) {
        let record = HTTPRecord(
            stamp: stamp(now), direction: .server, kind: .head, exchange: (http?.newestExchange ?? 0) + 1, offset: 0,
            isMadeByProxy: true)
        writer.append(encoded: record.encoded(bytes: head), now: now)
    }

    /// The sender will send no more.
    package func ended(_ sender: Peer, now: RecordingTime) {
        let end = parser.end(of: sender)
        if !end.heldBytes.isEmpty {
            appendRaw(from: sender, end.heldBytes, offset: end.offset, .unfinishedHead, now)
        }
        switch end.outcome {
        case .completesBody(let exchange), .tearsMessage(let exchange): endBody(from: sender, exchange: exchange, now)
        case .clean, .tearsHead, .tearsFrame, .raw: break
        }
    }

    private func record(
        _ step: ConnectionParser.Step, from sender: Peer,
        _ buffer: UnsafeRawBufferPointer,  // Unsafe: see receive.
        _ now: RecordingTime
    ) {
        switch step {
        case .needsBytes, .frame: break
        case .request(let head, let exchange, let offset):
            writer.statistics.exchanges += 1
            http?.began(head, exchange: exchange, settings)
            append(head.bytes, from: sender, exchange: exchange, offset: offset, now)
        case .response(let head, let exchange, let offset):
            answered(head, exchange: exchange)
            append(head.bytes, from: sender, exchange: exchange, offset: offset, now)
        case .body(let range, let exchange): appendBody(buffer, range, from: sender, exchange: exchange, now)
        case .messageEnd(let exchange): endBody(from: sender, exchange: exchange, now)
        case .socketOpened(let opening): open(opening, now)
        case .raw(let range, let offset, let reason):
            guard socket?.isRecorded ?? true else { return }
            let record = rawRecord(from: sender, offset: offset, FrameRecord.RawReason(reason), now)
            writer.append(record, payload: UnsafeRawBufferPointer(rebasing: buffer[range]), now: now)
        case .notHTTP(let violation, let held, let offset):
            // Each direction says so for itself; the connection counts once.
            if !hasLeftHTTP { writer.statistics.rawConnections += 1 }
            hasLeftHTTP = true
            append(.notHTTP, by: SocketRecord.Actor(sender), now) { $0.cause = "\(violation)" }
            if !held.isEmpty { appendRaw(from: sender, held, offset: offset, .notHTTP, now) }
        case .unframeable(let head, let offset):
            append(.unframeable, by: SocketRecord.Actor(sender), now) {
                $0.cause = "the head at offset \(offset) states a length of \(head.payloadLength) bytes"
            }
            appendRaw(from: sender, head.bytes, offset: offset, .unframeable, now)
        }
    }

    // MARK: Frames

    /// Counts a piece of a frame, and the message that it ends, if it ends one.
    @inline(__always)
    private func count(
        _ piece: FramePiece, _ payloadByteCount: Int, _ passed: SocketNotes.Taken?, from sender: Peer, noted: UInt64?,
        _ traffic: inout RunStatistics.Traffic, _ now: RecordingTime
    ) {
        traffic.frameBytes &+= UInt64((piece.head?.byteCount ?? 0) + payloadByteCount)
        if piece.head != nil { traffic.frames &+= 1 }
        guard let size = passed?.messageSize else { return }
        traffic.messages &+= 1
        guard noted.map({ size > $0 }) ?? true else { return }
        writer.note(
            RunStatistics.LargeMessage(
                payloadBytes: size, connection: connection, sender: sender, monotonic: now.monotonic))
    }

    private func append(
        _ run: PassingRun, from sender: Peer,
        _ buffer: UnsafeRawBufferPointer,  // Unsafe: see receive.
        _ now: RecordingTime
    ) {
        guard let first = run.first else { return }
        guard run.count > 1 else {
            append(first, from: sender, UnsafeRawBufferPointer(rebasing: buffer[first.payload]), now)
            return
        }
        let record = FrameRun(
            stamp: stamp(now), direction: Direction(sender), offset: first.offset, number: first.number,
            count: run.count)
        nextSequence += run.count - 1
        writer.append(record, frames: UnsafeRawBufferPointer(rebasing: buffer[run.bytes]), now: now)
    }

    private func append(
        _ piece: FramePiece, from sender: Peer,
        _ payload: UnsafeRawBufferPointer,  // Unsafe: see receive.
        _ now: RecordingTime
    ) {
        let words = piece.head?.words ?? (low: 0, high: 0)
        let head = WireHead(low: words.low, high: words.high, byteCount: UInt8(piece.head?.byteCount ?? 0))
        let record = FrameRecord(
            stamp: stamp(now), direction: Direction(sender), offset: piece.offset, number: piece.number,
            part: piece.part, isLast: piece.isLast, head: head)
        writer.append(record, payload: payload, now: now)
    }

    private func open(_ opening: SocketOpening, _ now: RecordingTime) {
        let isRecorded = settings.sockets.records(target: opening.target)
        socket = SocketNotes(exchange: opening.exchange, isRecorded: isRecorded)
        http = nil
        writer.statistics.sockets += 1
        writer.statistics.openSockets += 1
        if !isRecorded { writer.statistics.ignoredSockets += 1 }
        append(.socketOpened, by: .server, now) {
            $0.exchange = opening.exchange + 1
            $0.target = opening.target
            $0.subprotocol = opening.subprotocol ?? ""
            $0.extensions = opening.extensions ?? ""
            $0.isRecorded = isRecorded
            $0.earlyClientBytes = opening.earlyByteCount
        }
    }

    // MARK: HTTP

    private func answered(_ head: HTTPResponseHead, exchange: UInt64) {
        let wasUpgrade = http?.answered(head, exchange: exchange, settings) ?? false
        if wasUpgrade, head.status != 101, head.status >= 200 {
            if head.status == 403 {
                writer.statistics.forbiddenUpgrades += 1
            } else {
                writer.statistics.refusedUpgrades += 1
            }
        }
        if (300..<400).contains(head.status), !settings.targetAuthority.isEmpty, let location = head.fields["location"],
            let scheme = location.firstRange(of: "://"),
            location[scheme.upperBound...].prefix(while: { $0 != "/" && $0 != "?" }).lowercased()
                == settings.targetAuthority.lowercased()
        {
            writer.statistics.redirectPastProxy = location
        }
    }

    private func append(_ head: [UInt8], from sender: Peer, exchange: UInt64, offset: UInt64, _ now: RecordingTime) {
        let record = HTTPRecord(
            stamp: stamp(now), direction: Direction(sender), kind: .head, exchange: exchange + 1, offset: offset)
        writer.append(encoded: record.encoded(bytes: head), now: now)
    }

    private func appendBody(
        _ buffer: UnsafeRawBufferPointer,  // Unsafe: see receive.
        _ range: Range<Int>, from sender: Peer, exchange: UInt64, _ now: RecordingTime
    ) {
        guard let http else { return }
        let kept = self.http?.keep(range.count, of: exchange, from: sender, settings) ?? 0
        guard kept > 0 else { return }
        let record = HTTPRecord(
            stamp: stamp(now), direction: Direction(sender), kind: .body, exchange: exchange + 1,
            offset: http.offset(from: sender, beforeLast: buffer.count - range.lowerBound))
        let piece = UnsafeRawBufferPointer(rebasing: buffer[range].prefix(kept))
        writer.append(record, body: piece, now: now)
    }

    private func endBody(from sender: Peer, exchange: UInt64, _ now: RecordingTime) {
        guard let body = http?.endBody(of: exchange, from: sender), body.size > 0 else { return }
        let record = HTTPRecord(
            stamp: stamp(now), direction: Direction(sender), kind: .end, exchange: exchange + 1, offset: 0,
            bodySize: body.size, bodyRecorded: body.recorded)
        writer.append(encoded: record.encoded(bytes: []), now: now)
    }

    // MARK: Records

    private func stamp(_ now: RecordingTime) -> RecordStamp {
        defer { nextSequence += 1 }
        return RecordStamp(
            connection: connection, sequence: nextSequence, wallNanoseconds: now.wall,
            monotonicNanoseconds: now.monotonic)
    }

    private func append(
        _ kind: SocketRecord.Kind, by actor: SocketRecord.Actor, _ now: RecordingTime,
        _ fill: (inout SocketRecord) -> Void
    ) {
        var record = SocketRecord(stamp: stamp(now), kind: kind, by: actor)
        fill(&record)
        writer.append(encoded: JournalRecord.socket(record).encoded(), now: now)
    }

    private func appendRaw(
        from sender: Peer, _ bytes: [UInt8], offset: UInt64, _ reason: FrameRecord.RawReason, _ now: RecordingTime
    ) {
        guard socket?.isRecorded ?? true else { return }
        let record = rawRecord(from: sender, offset: offset, reason, now)
        // A copy: an unfinished HTTP head can be so long that the writer would write it from an array long gone.
        writer.append(encoded: record.encoded(payload: bytes), now: now)
    }

    private func rawRecord(
        from sender: Peer, offset: UInt64, _ reason: FrameRecord.RawReason, _ now: RecordingTime
    ) -> FrameRecord {
        FrameRecord(
            stamp: stamp(now), direction: Direction(sender), kind: .raw, offset: offset, number: 0, rawReason: reason)
    }
}
