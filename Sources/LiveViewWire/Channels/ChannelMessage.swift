/// The end of a socket that a message comes from. The same bytes mean other things from the other end.
package enum ChannelSender: Hashable, Sendable {
    case client, server
}

/// How text messages are laid out, which the URL's `vsn` says.
package enum ChannelSerializer: Hashable, Sendable {
    /// `vsn=1.0.0`, or none: an object. It has no binary messages.
    case v1
    /// `vsn=2.0.0`: an array of five.
    case v2
}

/// A Channels message but for its payload.
package struct ChannelHead: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Anything but a reply: what a client sends, and what a server sends unasked.
        case push(event: String)
        /// The answer to the message with the same ref. Its payload is the response.
        case reply(status: String)
    }

    /// The ref of the join that opened the channel; nil on heartbeats, on broadcasts, and from old clients.
    package var joinRef: String?
    /// The sender's number for a message that wants a reply, and for that reply; nil for what a server sends unasked.
    package var ref: String?
    package var topic: String
    package var kind: Kind

    package init(joinRef: String?, ref: String?, topic: String, kind: Kind) {
        self.joinRef = joinRef
        self.ref = ref
        self.topic = topic
        self.kind = kind
    }

    /// The name that stands in the event's place: a reply's is `phx_reply`.
    package var event: String {
        switch kind {
        case .push(let event): event
        case .reply: ChannelEvent.reply
        }
    }
}

/// A Channels message with its payload where it stands.
package struct ChannelMessage: Hashable, Sendable {
    package enum Form: Hashable, Sendable {
        case json, binary
    }

    package var head: ChannelHead
    /// A push's payload or a reply's response, as indices into the bytes that were decoded.
    package var payload: Range<Int>
    /// How the payload is written: by the message's opcode.
    package var form: Form

    package init(head: ChannelHead, payload: Range<Int>, form: Form) {
        self.head = head
        self.payload = payload
        self.form = form
    }
}

/// The events that Channels itself gives a meaning to.
package enum ChannelEvent {
    package static let join = "phx_join"
    package static let leave = "phx_leave"
    package static let reply = "phx_reply"
    package static let close = "phx_close"
    package static let error = "phx_error"
    package static let heartbeat = "heartbeat"
    /// The topic of heartbeats.
    package static let heartbeatTopic = "phoenix"
}

/// The numbers of one socket's messages: they count on over all its channels and over reconnects.
package struct ChannelRefs: Hashable, Sendable {
    private var last: UInt64

    /// - Parameter last: the number before the first.
    package init(after last: UInt64 = 0) { self.last = last }

    package mutating func next() -> String {
        last &+= 1
        return String(last)
    }
}
