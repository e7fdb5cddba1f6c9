/// A client's `event`, without the text of its value if that is long.
package struct ClientEvent: Sendable {
    /// `click`, `form`, `keyup` …; empty for null.
    package var type: String
    package var name: String
    /// The component it goes to.
    package var component: Int?
    /// The input that changed (`_target`).
    package var target: String?
    /// Bytes of its value's JSON, and a hash of it.
    package var valueByteCount: Int
    package var valueHash: UInt64
    /// Whether its value is a string, as forms' are.
    package var isValueText: Bool
    /// Its value: a string's text, any other's JSON. Empty if it is longer than ``SessionSettings/eventByteLimit``.
    package var value: [UInt8]
    package var hasUploads: Bool
}

/// What a join asked for.
package struct JoinRequest: Sendable {
    package var url: String
    /// Whether it is live navigation (`redirect` in place of `url`).
    package var isNavigation: Bool
    package var sessionByteCount: Int
    /// nil for `null`: a nested view.
    package var staticByteCount: Int?
    /// `_mounts`: successful joins of the view so far.
    package var mounts: Int?
    package var mountAttempts: Int?
    package var hasFlash: Bool
    package var isSticky: Bool
    /// The topic's join in this session, from 1.
    package var number: Int
    package var page: DeadPage?
}

/// What a client asked for, with everything that it caused. A class, since dozens of rules are handed it.
package final class Exchange: @unchecked Sendable /* it is changed only before its step is given */ {
    package enum Kind: Sendable {
        case join(JoinRequest)
        case event(ClientEvent)
        case patch(url: String)
        case leave
        case heartbeat
        /// `allow_upload`: the entries' number, and their bytes as the client states them.
        case uploadBegin(entries: Int, byteCount: Int)
        case uploadChunk(byteCount: Int)
        /// nil: an error.
        case uploadProgress(percent: Int?, entry: String)
        case uploadJoin
        case componentsWillDestroy([Int])
        case componentsDestroyed([Int])
        /// A message of another channel, or one that LiveView does not define.
        case other(event: String)
    }

    package enum Answer: Hashable, Sendable {
        /// `{}`: a pure acknowledgement.
        case empty
        case diff
        /// A join's whole tree.
        case tree
        case redirect(to: String)
        case liveRedirect(to: String)
        /// What a failed join, or a refusal, gives as the reason.
        case error(reason: String)
        /// Anything else.
        case other
    }

    package enum Ending: Hashable, Sendable {
        case answered
        /// `phx_error` came in place of the reply.
        case crashed
        /// The channel was left or closed.
        case left
        /// The socket, or the recording, ended.
        case cutOff
    }

    /// A push that the event caused.
    package struct Push: Hashable, Sendable {
        package var facts: MessageFacts
        /// `diff`, `live_patch` …
        package var event: String
        package var bytes: DiffBytes
    }

    package let number: Int
    package let session: SessionID?
    package internal(set) var view: ViewID?
    /// ``View/route`` of its view; empty if it has none yet.
    package internal(set) var route = ""
    package let topic: String
    package let kind: Kind
    package let request: MessageFacts
    package internal(set) var reply: MessageFacts?
    package internal(set) var answer: Answer?
    package internal(set) var ending = Ending.cutOff
    /// What the reply's diff or tree carried.
    package internal(set) var bytes = DiffBytes()
    /// A hash of what the reply's diff said; 0 for none.
    package internal(set) var diffHash: UInt64 = 0
    package internal(set) var changesNothing = true
    package internal(set) var pushes: [Push] = []
    /// Requests of the view that were unanswered when it was sent.
    package internal(set) var waitingBefore = 0

    init(number: Int, session: SessionID?, view: ViewID?, topic: String, kind: Kind, request: MessageFacts) {
        self.number = number
        self.session = session
        self.view = view
        self.topic = topic
        self.kind = kind
        self.request = request
    }

    /// The time of the request and reply at the proxy; the client saw more.
    package var latency: UInt64? { reply.map { $0.time &- min(request.time, $0.time) } }

    package var event: ClientEvent? {
        guard case .event(let event) = kind else { return nil }
        return event
    }

    package var join: JoinRequest? {
        guard case .join(let join) = kind else { return nil }
        return join
    }

    /// Bytes of all its messages, inflated and on the wire.
    package var byteCount: UInt64 {
        request.byteCount + (reply?.byteCount ?? 0) + pushes.reduce(0) { $0 + $1.facts.byteCount }
    }
    package var wireByteCount: UInt64 {
        request.wireByteCount + (reply?.wireByteCount ?? 0) + pushes.reduce(0) { $0 + $1.facts.wireByteCount }
    }
}
