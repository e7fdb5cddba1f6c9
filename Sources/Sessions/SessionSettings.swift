internal import LiveViewWire

/// How much following sessions may keep in memory, and what it takes for related.
package struct SessionSettings: Hashable, Sendable {
    /// Slots of all views' trees; 16 bytes of memory each. Default: 4 million. Beyond that, the tree that was idle the
    /// longest is dropped, and its view's diffs are not classed until it joins again.
    package var treeSlotLimit = 4_000_000
    /// Paths that are told apart, in all templates. Default: 1 million.
    package var pathLimit = 1_000_000
    /// Values in one message. Default: 4 million; a larger message is counted, not looked into.
    package var tokenLimit = 4_000_000
    /// Dead pages that wait for the join of their views, and bytes of their HTML. Default: 64, and 32 MiB.
    package var pageLimit = 64
    package var pageByteLimit = 32 << 20
    /// Views, sessions and sockets that are remembered each. Default: 100 000; beyond that, the oldest ended ones go.
    package var viewLimit = 100_000
    /// Requests of one socket that wait for their replies, and exchanges that wait for more pushes. Default: 1,000.
    package var openExchangeLimit = 1_000
    /// How long after a reply a push is taken to be caused by the event, in nanoseconds; always until the next event at
    /// most. Pushes like those that come unasked are not. Default: 1 s.
    package var causedPushWindow: UInt64 = 1_000_000_000
    /// Bytes of a client's event that its exchange keeps. Default: 64 KiB; beyond that, its sizes only.
    package var eventByteLimit = 64 << 10
    /// The numbers that sessions, views and exchanges begin with, and the distance between two: trackers of one
    /// recording that work side by side take different ones.
    package var firstNumber = 0
    package var numberStride = 1

    package init() {}

    var tapeLimits: JSONTape.Limits {
        var limits = JSONTape.Limits()
        limits.maximumTokenCount = tokenLimit
        return limits
    }
}
