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
        var isRequestWhole = false
        var isAnswered = false
        var request = Body()
        var response = Body()
    }

    /// By exchange number; an exchange goes when its request and its answer are whole, whichever is last.
    private var exchanges: [UInt64: Exchange] = [:]
    /// How many bytes have come from each peer.
    private var byteCounts: (client: UInt64, server: UInt64) = (0, 0)
    var hasUnanswered: Bool { exchanges.values.contains { !$0.isAnswered } }
    private(set) var newestTarget: String?
    private(set) var newestExchange: UInt64 = 0

    /// How many exchanges are remembered.
    var count: Int { exchanges.count }

    /// Counts bytes that arrived.
    mutating func passed(_ count: Int, from sender: Peer) {
        switch sender {
        case .client: byteCounts.client &+= UInt64(count)
        case .server: byteCounts.server &+= UInt64(count)
        }
    }

    /// Where in the sender's stream the last `count` bytes begin.
    func offset(from sender: Peer, beforeLast count: Int) -> UInt64 {
        switch sender {
        case .client: byteCounts.client &- UInt64(count)
        case .server: byteCounts.server &- UInt64(count)
        }
    }

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
        guard !head.isInterim else { return false }
        // Requests among the bytes behind an unanswered upgrade were not seen, yet their answers are.
        var notes = exchanges[exchange] ?? Exchange(isUpgrade: false, isLongPoll: false, isRequestWhole: true)
        switch settings.bodies {
        case .none: break
        case .html: notes.response.isKept = notes.isLongPoll || Self.isHTML(head)
        case .all: notes.response.isKept = true
        }
        // Nothing follows an answer that switches protocols.
        if head.status == 101 { notes.isAnswered = true }
        exchanges[exchange] = notes
        return notes.isUpgrade
    }

    private static func isHTML(_ head: HTTPResponseHead) -> Bool {
        guard let type = head.fields["content-type"]?.lowercased() else { return false }
        return type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
    }

    /// - Returns: how many of the bytes are to be recorded.
    mutating func keep(_ count: Int, of exchange: UInt64, from sender: Peer, _ settings: RecorderSettings) -> Int {
        guard var notes = exchanges[exchange] else { return 0 }
        defer { exchanges[exchange] = notes }
        switch sender {
        case .client: return Self.keep(count, &notes.request, settings)
        case .server: return Self.keep(count, &notes.response, settings)
        }
    }

    private static func keep(_ count: Int, _ body: inout Body, _ settings: RecorderSettings) -> Int {
        body.size &+= UInt64(count)
        guard body.isKept, body.recorded < settings.bodyByteLimit else { return 0 }
        let kept = Int(min(UInt64(count), settings.bodyByteLimit - body.recorded))
        body.recorded += UInt64(kept)
        return kept
    }

    mutating func endBody(of exchange: UInt64, from sender: Peer) -> Body? {
        guard var notes = exchanges[exchange] else { return nil }
        switch sender {
        case .client: notes.isRequestWhole = true
        case .server: notes.isAnswered = true
        }
        exchanges[exchange] = notes.isRequestWhole && notes.isAnswered ? nil : notes
        switch sender {
        case .client: return notes.request
        case .server: return notes.response
        }
    }
}
