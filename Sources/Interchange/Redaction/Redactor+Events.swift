internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

extension Redactor {
    /// Searches all that an event holds, and changes nothing: to learn the secrets of a run, or to check a result.
    func visit(_ event: ConversationEvent) {
        switch event {
        case .message(let message): visit(message)
        case .exchange(let exchange): visit(exchange)
        case .socketOpened(let facts):
            at(facts.stamp, "socket")
            _ = words(facts.target)
            _ = subprotocol(Array(facts.subprotocol.utf8))
        case .socketClosed(let closing):
            at(closing.stamp, "end of the socket")
            _ = words(closing.cause)
        case .raw(let raw):
            at(raw.stamp, "bytes that are not framed")
            if !raw.bytes.isEmpty { _ = message(raw.bytes) }
        case .connection(let record):
            at(record.stamp, "connection")
            for text in [record.target, record.cause] { _ = words(text) }
        case .gap(let gap):
            at(gap.stamp, "gap")
            _ = words(gap.cause)
        case .note(let note):
            at(note.stamp, "note")
            _ = words(note.text)
        case .violation: return
        }
    }

    private func at(_ stamp: RecordStamp, _ what: String) {
        place = "connection \(stamp.connection), record \(stamp.sequence), \(what)"
    }

    private func visit(_ message: SocketMessage) {
        at(message.stamp, "\(message.sender) message")
        guard !message.payload.isEmpty else { return }
        switch message.content {
        case .control(let frame): _ = control(frame.payload, isClose: frame.opcode == .close)
        case .message(let whole):
            if whole.opcode == .text {
                _ = self.message(whole.payload)
            } else {
                _ = binaryMessage(whole.payload)
            }
        }
    }

    private func visit(_ exchange: HTTPExchange) {
        at(exchange.stamp, "exchange \(exchange.number)")
        if let request = exchange.request { _ = head(request.bytes) }
        if let response = exchange.response { _ = head(response.bytes) }
        _ = body(exchange.requestBody.bytes, type: exchange.request?.fields["Content-Type"] ?? "")
        _ = body(exchange.responseBody.bytes, type: exchange.response?.fields["Content-Type"] ?? "")
    }
}
