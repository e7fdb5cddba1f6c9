package import RecordingFormat
package import RecordingStore

package struct SessionID: Hashable, Sendable, Comparable {
    package let number: Int
    package init(number: Int) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

package struct ViewID: Hashable, Sendable, Comparable {
    package let number: Int
    package init(number: Int) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// A dead page with the sockets that joined its views, or a socket without a page.
package struct Session: Hashable, Sendable {
    package var id: SessionID
    /// The first socket's connection.
    package var connection: UInt64
    /// The page's, or the first join's.
    package var url: String
    package var began: RecordStamp
    /// Whether its dead page is in the recording.
    package var hasPage: Bool
    /// Sockets so far: more than one if it connected again.
    package var socketCount = 0
}

/// The HTML of a first GET that holds live views.
package final class DeadPage: Sendable {
    package struct View: Hashable, Sendable {
        /// Its topic is `lv:` and this.
        package var id: String
        package var isMain: Bool
        /// Bytes of its signed tokens.
        package var sessionByteCount: Int
        package var staticByteCount: Int
        /// Where in the HTML the content of the view's element begins.
        package var contentStart: Int
    }

    package let url: String
    package let stamp: RecordStamp
    package let connection: UInt64
    package let html: [UInt8]
    /// Bytes of the body on the wire.
    package let wireByteCount: UInt64
    package let views: [View]

    init(url: String, stamp: RecordStamp, connection: UInt64, html: [UInt8], wireByteCount: UInt64, views: [View]) {
        self.url = url
        self.stamp = stamp
        self.connection = connection
        self.html = html
        self.wireByteCount = wireByteCount
        self.views = views
    }
}

/// A socket as its opening told it, with what it has come to.
package struct SocketInfo: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case phoenix, general
    }

    package var facts: SocketFacts
    /// nil before its first message.
    package var kind: Kind?

    package var connection: UInt64 { facts.connection }
    package var isCompressed: Bool { facts.deflate != nil }
}
