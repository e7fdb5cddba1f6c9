import RecordingFormat
import RecordingStore
import WebSocketWire

/// The lines of `show` for a person.
struct MessageText {
    let terminal: Terminal

    private static let clockColumns = 11

    /// What of a payload is looked at for a preview that is not cut to a width.
    private static let previewByteLimit = 1 << 20

    func header(of run: RecordingRun) -> [String] {
        var line = "run \(run.id)"
        if let target = run.detail(JournalPreamble.DetailKey.target) { line += " of \(target)" }
        if let start = run.startedWallNanoseconds { line += ", started \(formattedLocal(nanoseconds: start))" }
        let legend = "time in seconds, → from the client, ← from the server, bytes on the wire and inflated"
        return [terminal.styled(Preview.of(line), .bold), terminal.styled(legend, .faint)]
    }

    func line(_ socket: SocketFacts, elapsed: Int64) -> String {
        var facts = [socket.isOpeningRecorded ? socket.target : "(its opening is not in the recording)"]
        if !socket.extensions.isEmpty { facts.append(socket.extensions) }
        if !socket.subprotocol.isEmpty { facts.append("subprotocol \(socket.subprotocol)") }
        if let problem = socket.extensionProblem { facts.append("extensions not understood: \(problem)") }
        if !socket.isRecorded { facts.append("not recorded, as asked") }
        return event(elapsed, socket.connection, "══", facts.joined(separator: "  "), .bold)
    }

    func line(_ closing: SocketClosing, elapsed: Int64) -> String {
        var text = "closed"
        if let by = closing.by { text += " by \(by == .proxy ? "the proxy" : "the \(by)")" }
        if let code = closing.closeCode { text += ", code \(code.rawValue)" }
        if !closing.cause.isEmpty { text += ", \(closing.cause)" }
        return event(elapsed, closing.stamp.connection, "──", text, .faint)
    }

    func line(_ gap: GapRecord, elapsed: Int64) -> String {
        let lost = gap.records > 0 ? ": \(counted(gap.records, "record")), \(formatted(bytes: gap.bytes)) lost" : ""
        return event(elapsed, nil, "!!", "gap\(lost) (\(gap.cause))", .red)
    }

    func line(_ raw: RawBytes, elapsed: Int64) -> String {
        let why =
            switch raw.kind {
            case .recorded(.notHTTP): "not HTTP/1.1"
            case .recorded(.unframeable): "behind a frame that no parser can follow"
            case .recorded(.otherProtocol): "another protocol"
            case .recorded(.unfinishedHead): "an unfinished head"
            case .recorded(.unansweredUpgrade), .unclassified: "behind an upgrade request, before its answer"
            case .pipelinedHTTP: "requests behind a refused upgrade"
            }
        let text = "\(arrow(raw.sender)) raw  \(formatted(bytes: raw.byteCount)), \(why)"
        return event(elapsed, raw.stamp.connection, "~~", text, .faint)
    }

    func line(_ violation: SocketViolation, elapsed: Int64) -> String {
        let text = "\(arrow(violation.sender)) \(violation.violation)"
        return event(elapsed, violation.stamp.connection, " !", text, .yellow)
    }

    func line(_ exchange: HTTPExchange, elapsed: Int64) -> String {
        let method = exchange.request?.method ?? "?"
        let status = exchange.response.map { "\($0.status)" } ?? "no answer"
        let body = exchange.responseBody
        var text = "\(method) \(exchange.request?.target ?? "?")  \(status)"
        if body.wireSize > 0 { text += "  \(formatted(bytes: body.wireSize))" }
        if let type = exchange.response?.fields["Content-Type"], body.wireSize > 0 { text += "  \(type)" }
        if case .undecoded(let reason) = body.state { text += "  (\(reason))" }
        if exchange.isMadeByProxy { text += "  (by the proxy)" }
        return event(elapsed, exchange.connection, "::", text, .blue)
    }

    func lines(_ message: SocketMessage, elapsed: Int64) -> [String] {
        let kind = padded(message.opcode.word, to: 6)
        let wire = padded(formatted(bytes: message.wireSize), to: 7, left: true)
        let size = padded(formatted(bytes: message.size), to: 7, left: true)
        let begin = "\(clock(elapsed)) \(number(message.connection))  "
        let columns = terminal.columns.map { max(10, $0 - begin.unicodeScalars.count - 2 - 6 - 1 - 7 - 1 - 7 - 2) }
        let colour: Style = message.sender == .client ? .green : .cyan
        let head = "\(terminal.styled("\(arrow(message.sender)) \(kind)", colour)) \(wire) \(size)"
        var lines = ["\(begin)\(head)  \(preview(of: message, columns: columns))"]
        for violation in message.violations {
            lines.append(event(elapsed, message.connection, " !", "\(violation)", .yellow))
        }
        return lines
    }

    private func preview(of message: SocketMessage, columns: Int?) -> String {
        if let status = message.closeStatus {
            let code = status.code.map { "\($0.rawValue) " } ?? ""
            return Preview.of(code + status.reason, columns: columns)
        }
        var remark = ""
        var columns = columns
        if let text = message.completeness.remark {
            remark = terminal.styled("[\(text)]", .yellow) + (message.payload.isEmpty ? "" : " ")
            columns = columns.map { max(0, $0 - text.count - 3) }
        }
        let bytes = message.payload.prefix(Self.previewByteLimit)
        switch message.opcode {
        case .text, .ping, .pong: return remark + Preview.of(utf8: bytes, columns: columns)
        default: return remark + Preview.hexadecimal(bytes, columns: columns)
        }
    }

    private func event(_ elapsed: Int64, _ connection: UInt64?, _ sign: String, _ text: String, _ style: Style)
        -> String
    {
        let begin = "\(clock(elapsed)) \(connection.map(number) ?? "    ")  \(sign) "
        let columns = terminal.columns.map { max(10, $0 - begin.unicodeScalars.count) }
        return begin + terminal.styled(Preview.of(text, columns: columns), style)
    }

    private func clock(_ elapsed: Int64) -> String {
        terminal.styled(padded(formattedSeconds(nanoseconds: elapsed), to: Self.clockColumns, left: true), .faint)
    }

    private func number(_ connection: UInt64) -> String { padded("#\(connection)", to: 4) }

    private func arrow(_ sender: Peer) -> String { sender == .client ? "→" : "←" }

    private func padded(_ text: String, to columns: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, columns - text.unicodeScalars.count))
        return left ? space + text : text + space
    }
}
