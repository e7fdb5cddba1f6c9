package import Sessions

/// What a session would have been with other choices of its developers. All are estimates by the recording: bytes are
/// of messages with their frames' heads, both ways.
package struct WhatIf: Sendable {
    /// permessage-deflate, measured by deflating the session's messages.
    package struct Compression: Hashable, Sendable {
        /// Bytes of all messages on the wire, as far as they were deflated or are taken to be like those.
        package var bytes = 0
        /// The same, when a message may refer to earlier ones.
        package var withContext = 0
        /// The same, when each message is deflated by itself.
        package var withoutContext = 0
        /// Bytes that were deflated to know: the rest of ``bytes`` is taken to be like these.
        package var measuredBytes = 0

        /// Memory that a server needs for each connection, in bytes, by zlib's documentation (zconf.h): deflating with
        /// a window of 15 bits and memory level 8 takes 256 KiB, inflating 32 KiB and about 7 KiB.
        package static let memoryWithContext = (1 << 17) + (1 << 17) + (1 << 15) + (7 << 10)
        /// Between messages there is nothing to remember; while one is deflated, it takes as much.
        package static let memoryWithoutContext = 0

        package var savedWithContext: Int { max(0, bytes - withContext) }
        package var savedWithoutContext: Int { max(0, bytes - withoutContext) }
    }

    /// A choice that leaves messages, or parts of them, out.
    package struct Saving: Hashable, Sendable {
        /// Bytes that it is about, as recorded.
        package var bytes = 0
        /// How many of them would not travel; negative if it would cost more.
        package var savedBytes = 0
        /// Lists sent, or events.
        package var count = 0
        /// Messages that would not be sent.
        package var savedMessages = 0
    }

    /// nil in sums over sessions.
    package var session: SessionID?
    package var url = ""
    /// Bytes of the session's messages, inflated.
    package var bytes = 0
    /// nil if the socket was compressed, or nothing of it was measured.
    package var compression: Compression?
    /// Lists whose entries have keys, in place of their index (1.1), or in place of lists that are not tracked.
    package var keyedLists = Saving()
    /// Streams in place of lists: a changed entry travels whole, all others do not.
    package var streams = Saving()
    /// `phx-debounce` on inputs: see ``WhatIfSettings/debounce``.
    package var debounce = Saving()

    package init(session: SessionID?, url: String = "") {
        self.session = session
        self.url = url
    }

    package static func += (left: inout Self, right: Self) {
        left.bytes += right.bytes
        if let compression = right.compression {
            left.compression = (left.compression ?? Compression()) + compression
        }
        left.keyedLists = left.keyedLists + right.keyedLists
        left.streams = left.streams + right.streams
        left.debounce = left.debounce + right.debounce
    }
}

extension WhatIf.Compression {
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.bytes += right.bytes
        sum.withContext += right.withContext
        sum.withoutContext += right.withoutContext
        sum.measuredBytes += right.measuredBytes
        return sum
    }
}

extension WhatIf.Saving {
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.bytes += right.bytes
        sum.savedBytes += right.savedBytes
        sum.count += right.count
        sum.savedMessages += right.savedMessages
        return sum
    }
}

/// What estimating may cost, and what the other choices are.
package struct WhatIfSettings: Hashable, Sendable {
    /// `phx-debounce`, in nanoseconds. Default: 300 ms.
    package var debounce: UInt64 = 300_000_000
    /// Sockets that are deflated at the same time; about 600 KiB of memory each. Default: 32.
    package var socketLimit = 32
    /// Bytes of one socket that are deflated, and of all. Default: 4 MB, and 64 MB. The rest is taken to be like them.
    package var socketByteLimit = 4_000_000
    package var byteLimit = 64_000_000
    /// Sessions that are told one by one. Default: 1,000; the rest is in the sum.
    package var sessionLimit = 1_000
    /// Bytes of a moved entry in place of its contents (`11`), and of an entry's insert in a stream
    /// (`["users-123",-1,null,null],`).
    package var moveBytes = ListWithoutKeys.bytesOfMove
    package var insertBytes = 28

    package init() {}
}
