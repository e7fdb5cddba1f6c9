package import RecordingFormat
package import RecordingStore

/// What happens in a recording, step by step, in its order. A step is to be used before the next one is asked for: what
/// it holds of messages is large.
///
/// All that is large is behind a reference: each step is handed to dozens of rules.
package enum SessionStep: Sendable {
    case pageLoaded(DeadPage)
    indirect case http(HTTPExchange)
    indirect case sessionBegan(Session)
    indirect case socketOpened(SocketInfo)
    indirect case socketClosed(SocketClosing)
    /// Any message, before the steps that tell what it means.
    case message(MessageStep)
    /// A view's join was answered with a tree; a ``diff(_:)`` step with all of it follows.
    indirect case viewJoined(View)
    indirect case viewEnded(View, ViewEnding)
    case diff(DiffStep)
    /// A server's push that is no diff: `live_patch`, `redirect`, `live_redirect`, or of other channels.
    indirect case push(PushStep)
    /// A request with all that it caused: it comes when that is known to be over.
    case exchange(Exchange)
    /// The client dropped components that the server had deleted.
    indirect case componentsRemoved(ViewID, [RemovedComponent])
    indirect case general(GeneralMessage)
    /// Something could not be used.
    indirect case note(SessionNote)
}

package enum ViewEnding: Hashable, Sendable {
    case left, closed, crashed, rejoined, socketClosed, recordingEnded
}

package final class MessageStep: Sendable {
    package let facts: MessageFacts
    package let kind: MessageKind
    package let session: SessionID?
    package let view: ViewID?
    /// Its text; empty of a control frame. Do not keep it.
    package let payload: [UInt8]

    init(facts: MessageFacts, kind: MessageKind, session: SessionID?, view: ViewID?, payload: [UInt8]) {
        self.facts = facts
        self.kind = kind
        self.session = session
        self.view = view
        self.payload = payload
    }
}

/// A diff, or a join's whole tree, and what it carried. A class, since dozens of rules are handed it.
package final class DiffStep: Sendable {
    package enum Cause: Hashable, Sendable {
        case join
        /// The reply to the request that is ``Exchange/number``.
        case reply(Int)
        /// A push within the exchange of that number.
        case caused(Int)
        /// A push that nobody asked for: a timer, PubSub.
        case unasked
    }

    package let view: View
    package let cause: Cause
    package let facts: MessageFacts
    package let account: DiffAccount
    /// Where the diff is in ``payload``.
    package let range: Range<Int>
    /// The message. Do not keep it.
    package let payload: [UInt8]
    /// With a reply: what it is the reply to, if that is an `event`.
    package let event: ClientEvent?

    init(
        view: View, cause: Cause, facts: MessageFacts, account: DiffAccount, range: Range<Int>, payload: [UInt8],
        event: ClientEvent?
    ) {
        self.view = view
        self.cause = cause
        self.facts = facts
        self.account = account
        self.range = range
        self.payload = payload
        self.event = event
    }

    package var isJoin: Bool { cause == .join }

    /// A leaf's JSON text, without quotes; see ``DiffAccount/Leaf/content``.
    package func text(of leaf: DiffAccount.Leaf) -> ArraySlice<UInt8> { payload[leaf.content] }
}

package struct PushStep: Sendable {
    package var view: ViewID?
    package var session: SessionID?
    package var topic: String
    package var event: String
    package var facts: MessageFacts
    package var payload: [UInt8]
    package var range: Range<Int>
    /// The exchange that caused it.
    package var exchange: Int?
}

package struct RemovedComponent: Hashable, Sendable {
    package var component: Int
    package var template: TemplateID
    /// As ``DiffAccount/SentComponent/contentHash``.
    package var contentHash: UInt64
}

/// A message of a socket that no dialect of a framework claims.
package struct GeneralMessage: Sendable {
    package enum Form: Hashable, Sendable {
        case text, json, html, binary
    }

    package var facts: MessageFacts
    package var form: Form
    /// What it looks like: of JSON, its `type`, `event`, `op`, `action` or `method`, else its keys.
    package var shape = ""
    /// Whether the same sender sent the same bytes not long before.
    package var isRepeated = false
    /// Bytes of JSON leaves, and of those that were the same at the same place in the last message of that shape.
    package var leafBytes = 0
    package var redundantBytes = 0
    /// The place of the largest redundant leaf: `items/3/name`.
    package var redundantPath = ""
    /// Bytes of leaves that are HTML, or of all of it.
    package var htmlBytes = 0

    /// Whether most of it was in the last message of its shape.
    package var isNearDuplicate: Bool { isRepeated || (leafBytes >= 64 && redundantBytes * 5 >= leafBytes * 4) }
}

/// Something in a recording that could not be used, or that makes what follows uncertain.
package struct SessionNote: Hashable, Sendable, CustomStringConvertible {
    package var stamp: RecordStamp
    package var connection: UInt64
    /// Where: a topic, a target, a file.
    package var place: String
    package var text: String
    /// Bytes that were not looked into.
    package var byteCount: UInt64

    package var description: String { "connection \(connection)\(place.isEmpty ? "" : ", \(place)"): \(text)" }
}
