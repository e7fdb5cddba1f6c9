package import RecordingFormat

/// What the wire tells of the version of LiveView (liveview-wire, section 8).
package struct WireVersion: Hashable, Sendable, CustomStringConvertible {
    /// What the join reply says, since 0.20.15.
    package var stated: String?
    /// `k`: since 1.1.
    package var hasKeyedLists = false
    /// `d`: up to 1.0.
    package var hasRowLists = false
    /// `"r":1`: since 0.20.2.
    package var marksRoots = false
    /// `km`: since 1.2.8.
    package var saysMoves = false
    /// Form events have `meta`: since 1.0.6.
    package var hasEventMeta = false

    package init() {}

    /// The range that the wire shows, without what the server states.
    package var shown: String? {
        if saysMoves { return "≥ 1.2.8" }
        if hasKeyedLists { return "≥ 1.1" }
        if hasRowLists { return hasEventMeta ? "1.0.6 – 1.0" : marksRoots ? "0.20.2 – 1.0" : "≤ 0.20.1" }
        return hasEventMeta ? "≥ 1.0.6" : marksRoots ? "≥ 0.20.2" : nil
    }

    package var description: String { stated ?? shown ?? "unknown" }
}

/// A joined live view: one topic, one join.
package struct View: Sendable {
    package var id: ViewID
    package var session: SessionID
    package var connection: UInt64
    /// `lv:` and the element's id.
    package var topic: String
    package var joinRef: String
    /// What it was joined with, kept up to date by patches; empty for nested views.
    package var url: String { didSet { route = Self.route(url, topic) } }
    /// The view that it is nested in, if it is known.
    package var parent: ViewID?
    /// Counted over the joins of its topic in its session, from 1: more than 1 is a rejoin.
    package var joinNumber: Int
    package var joined: RecordStamp
    package var ended: RecordStamp?
    package var version = WireVersion()
    /// Its own template; nil before the first whole tree.
    package var template: TemplateText?
    /// Diffs since its join.
    package var diffCount = 0

    /// The URL's path, by which visitors of a page are counted together; the topic of a nested view.
    package private(set) var route: String

    init(
        id: ViewID, session: SessionID, connection: UInt64, topic: String, joinRef: String, url: String,
        parent: ViewID?, joinNumber: Int, joined: RecordStamp
    ) {
        self.id = id
        self.session = session
        self.connection = connection
        self.topic = topic
        self.joinRef = joinRef
        self.url = url
        self.parent = parent
        self.joinNumber = joinNumber
        self.joined = joined
        route = Self.route(url, topic)
    }

    private static func route(_ url: String, _ topic: String) -> String {
        url.isEmpty ? topic : RequestPath.path(of: url)
    }
}

/// Parts of URLs, as far as they are wanted here.
package enum RequestPath {
    /// The path of an absolute URL or a target, without the query.
    package static func path(of url: String) -> String {
        let bytes = Array(url.utf8)
        var start = 0
        let first = bytes.firstIndex {
            $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
        }
        if let first, bytes[first...].starts(with: "://".utf8) {
            guard let slash = bytes[(first + 3)...].firstIndex(of: UInt8(ascii: "/")) else { return "/" }
            start = slash
        }
        let path = bytes[start...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return String(decoding: path, as: UTF8.self)
    }

    /// A parameter of the query, as it is written.
    package static func parameter(_ name: String, of target: String) -> String? {
        guard let query = target.firstIndex(of: "?") else { return nil }
        for pair in target[target.index(after: query)...].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.first.map(String.init) == name { return parts.count > 1 ? String(parts[1]) : "" }
        }
        return nil
    }
}
