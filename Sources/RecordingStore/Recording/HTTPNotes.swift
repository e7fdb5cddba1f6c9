internal import WebSocketWire

/// What a recorder remembers of the requests under way: which of their bodies to keep, and how much was kept.
struct HTTPNotes {
    struct Body {
        var isKept = false
        var size: UInt64 = 0
        var recorded: UInt64 = 0
    }

    private struct Exchange {
        var isUpgrade: Bool
        var isLongPoll: Bool
        var request = Body()
        var response = Body()
    }

    /// By exchange number; an exchange goes when its answer is whole.
    private var exchanges: [UInt64: Exchange] = [:]
    var hasUnanswered: Bool { !exchanges.isEmpty }
    private(set) var newestTarget: String?
    private(set) var newestExchange: UInt64 = 0

    mutating func began(_ head: HTTPRequestHead, exchange: UInt64, _ settings: RecorderSettings) {
        newestTarget = head.target
        newestExchange = exchange
        let path = head.target.prefix { $0 != "?" }
        var notes = Exchange(isUpgrade: head.asksForWebSocket, isLongPoll: path.hasSuffix("/longpoll"))
        switch settings.bodies {
        case .none: break
        case .html: notes.request.isKept = notes.isLongPoll
        case .all: notes.request.isKept = true
        }
        exchanges[exchange] = notes
    }

    /// - Returns: whether this is the final answer to a WebSocket upgrade.
    mutating func answered(_ head: HTTPResponseHead, exchange: UInt64, _ settings: RecorderSettings) -> Bool {
        guard head.status >= 200 || head.status == 101, var notes = exchanges[exchange] else { return false }
        switch settings.bodies {
        case .none: break
        case .html: notes.response.isKept = notes.isLongPoll || Self.isHTML(head)
        case .all: notes.response.isKept = true
        }
        exchanges[exchange] = notes
        return notes.isUpgrade
    }

    private static func isHTML(_ head: HTTPResponseHead) -> Bool {
        guard let type = head.fields["content-type"]?.lowercased() else { return false }
        return type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
    }

    /// - Returns: how many of the bytes are to be recorded.
    mutating func keep(_ count: Int, of exchange: UInt64, from sender: Peer, _ settings: RecorderSettings) -> Int {
        switch sender {
        case .client: Self.keep(count, &exchanges[exchange, default: Self.unknown].request, settings)
        case .server: Self.keep(count, &exchanges[exchange, default: Self.unknown].response, settings)
        }
    }

    private static let unknown = Exchange(isUpgrade: false, isLongPoll: false)

    private static func keep(_ count: Int, _ body: inout Body, _ settings: RecorderSettings) -> Int {
        body.size &+= UInt64(count)
        guard body.isKept, body.recorded < settings.bodyByteLimit else { return 0 }
        let kept = Int(min(UInt64(count), settings.bodyByteLimit - body.recorded))
        body.recorded += UInt64(kept)
        return kept
    }

    mutating func endBody(of exchange: UInt64, from sender: Peer) -> Body? {
        switch sender {
        case .client: exchanges[exchange]?.request
        case .server: exchanges.removeValue(forKey: exchange)?.response
        }
    }
}
