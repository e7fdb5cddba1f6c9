internal import RecordingFormat
internal import WebSocketWire

/// Puts the exchanges of one connection together from heads and pieces of bodies.
struct HTTPExchanges {
    private struct Body {
        var wire: [UInt8] = []
        var received: UInt64 = 0
        var size: UInt64?
        var isCut = false
        /// Whether the content coding is undone already.
        var isPlain = false

        mutating func append(_ record: HTTPRecord, _ bytes: [UInt8], limit: Int) {
            switch record.form {
            case .wire: received &+= UInt64(bytes.count)
            case .plain(let wireByteCount):
                received &+= wireByteCount
                isPlain = true
            }
            let kept = bytes.prefix(max(0, limit - wire.count))
            isCut = isCut || kept.count < bytes.count
            wire += kept
        }

        func decoded(_ fields: HTTPFields?, limit: Int) -> HTTPBody {
            HTTPBody(
                wire: wire, wireSize: max(size ?? received, received), recordedSize: received, fields: fields,
                isCut: isCut, isPlain: isPlain, limit: limit)
        }
    }

    private struct Open {
        var began: RecordStamp
        var last: RecordStamp
        var request: HTTPRequestHead?
        var response: HTTPResponseHead?
        var requestBody = Body()
        var responseBody = Body()
        var isMadeByProxy = false
    }

    private var open: [UInt64: Open] = [:]
    /// The exchange of the newest request.
    private(set) var newestRequest: UInt64?
    /// The heads of the exchange that a 101 ended, until its socket is opened.
    private var upgrade: (request: HTTPRequestHead?, response: HTTPResponseHead)?

    mutating func takeUpgrade() -> (request: HTTPRequestHead?, response: HTTPResponseHead)? {
        defer { upgrade = nil }
        return upgrade
    }

    /// - Returns: the exchanges that this record ends.
    mutating func receive(_ record: HTTPRecord, _ bytes: [UInt8], _ limits: ConversationLimits) -> [HTTPExchange] {
        var ended: [HTTPExchange] = []
        var exchange = open[record.exchange] ?? Open(began: record.stamp, last: record.stamp)
        exchange.last = record.stamp
        exchange.isMadeByProxy = exchange.isMadeByProxy || record.isMadeByProxy
        var isOver = false
        switch (record.kind, record.direction) {
        case (.head, .client):
            exchange.request = HTTPRequestHead(bytes: bytes)
            newestRequest = record.exchange
        case (.head, .server):
            ended += endBodiless(before: record.exchange, limits)
            if let head = HTTPResponseHead(bytes: bytes), !head.isInterim {
                exchange.response = head
                isOver = Self.hasNoBody(head, exchange.request)
                if head.status == 101 { upgrade = (exchange.request, head) }
            }
        case (.body, .client): exchange.requestBody.append(record, bytes, limit: limits.bodyBytes)
        case (.body, .server): exchange.responseBody.append(record, bytes, limit: limits.bodyBytes)
        case (.end, .client): exchange.requestBody.size = record.bodySize
        case (.end, .server):
            exchange.responseBody.size = record.bodySize
            isOver = true
        }
        open[record.exchange] = exchange
        if isOver { ended += end(record.exchange, limits) }
        if open.count > limits.openExchanges, let oldest = open.keys.min() { ended += end(oldest, limits) }
        return ended
    }

    /// The connection is over: all that is open, in order.
    mutating func end(_ limits: ConversationLimits) -> [HTTPExchange] {
        open.keys.sorted().flatMap { end($0, limits) }
    }

    /// Answers come in the order of the requests (RFC 9112 section 9.3.2): one that has its head is over when the next
    /// one begins. The recorder writes no end for a body of no bytes.
    private mutating func endBodiless(before number: UInt64, _ limits: ConversationLimits) -> [HTTPExchange] {
        let answered = open.filter { $0.key < number && $0.value.response != nil }
        return answered.keys.sorted().flatMap { end($0, limits) }
    }

    private mutating func end(_ number: UInt64, _ limits: ConversationLimits) -> [HTTPExchange] {
        guard let exchange = open.removeValue(forKey: number) else { return [] }
        return [
            HTTPExchange(
                stamp: exchange.last, began: exchange.began, number: number, request: exchange.request,
                response: exchange.response,
                requestBody: exchange.requestBody.decoded(exchange.request?.fields, limit: limits.bodyBytes),
                responseBody: exchange.responseBody.decoded(exchange.response?.fields, limit: limits.bodyBytes),
                isMadeByProxy: exchange.isMadeByProxy)
        ]
    }

    /// RFC 9112 section 6.3: answers that end with their head.
    private static func hasNoBody(_ response: HTTPResponseHead, _ request: HTTPRequestHead?) -> Bool {
        if [101, 204, 304].contains(response.status) || request?.method == "HEAD" { return true }
        return response.fields["Content-Length"] == "0"
    }
}
