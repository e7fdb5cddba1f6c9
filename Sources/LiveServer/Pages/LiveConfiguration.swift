package import LiveViewWire

/// How a live application runs.
public struct LiveConfiguration: Sendable {
    /// How diffs are written: as the served client reads them.
    public enum Format: Sendable {
        /// For official clients 0.20.4 to 1.0: lists are sent whole.
        case rows
        /// For official clients from 1.1 on, and for ours: of lists, only what changed and moved.
        case keyed

        package var wire: Differ.Format {
            switch self {
            case .rows: .rows
            case .keyed: .keyed
            }
        }
    }

    /// Signs all tokens. At least 32 bytes, from a good random source, and kept: with another one, open pages reload.
    public var secretKeyBase: String
    /// How diffs are written. Default: keyed.
    public var format = Format.keyed
    /// The version that join replies name: official clients warn if it is not their own. Default, nil: one that writes
    /// diffs in this ``format``, 1.2.10 or 0.20.17.
    public var liveViewVersion: String?
    /// Where the client's socket is; `/websocket` and `/longpoll` are added to it. Default `/live`.
    public var socketPath = "/live"
    /// URLs of the client's scripts, in their order. If they make no `window.liveSocket`, the page does.
    public var clientScripts: [String] = []
    /// URLs of the style sheets, in their order.
    public var styleSheets: [String] = []
    /// After this time without a WebSocket, clients try long poll. Default: ours after 2.5 s, the official one never.
    public var longPollFallback: Duration?
    /// The name of the cookie that holds the session.
    public var cookieName = "_livetape_session"
    /// How long a page that was loaded can still join its views. Default 14 days.
    public var tokenLifetime: Duration = .seconds(14 * 86_400)
    /// What one client may ask for.
    public var limits = LiveLimits()
    /// Where views have the time from.
    public var clock = LiveClock.system
    /// With a seed, all random values are the same on each run: ids, tokens, what views draw. Browsers are told apart by
    /// the order in which they load their first pages; what each then draws depends on what it does alone, so that
    /// several may do it at once. A browser's pages of one URL are told apart by the order in which they load. What
    /// browsers tell each other, by a ``Topic``, comes in the order in which they send it.
    public var seed: UInt64?
    /// Gets what goes wrong. It is called on event loops: it must not block.
    public var log: @Sendable (LogEntry) -> Void = { _ in }

    var servedVersion: String {
        switch format {
        case .rows: liveViewVersion ?? "0.20.17"
        case .keyed: liveViewVersion ?? "1.2.10"
        }
    }

    /// Everything else has a default.
    public init(secretKeyBase: String) { self.secretKeyBase = secretKeyBase }

    /// A secret of 256 random bits, for one start: pages that are open load again after the next one.
    public static func randomSecret() -> String {
        SessionTokens.randomIdentifier() + SessionTokens.randomIdentifier()
    }
}

/// Something that went wrong.
public struct LogEntry: Sendable, CustomStringConvertible {
    /// What kind of thing it is.
    public enum Cause: String, Sendable {
        /// A handler or a body threw: the view ended, the browser begins it anew.
        case viewCrashed
        /// A client sent what it may not send: its socket was closed.
        case badMessage
        /// A client sent more than it may.
        case limitReached
        /// A page could not be rendered, or a form not handled.
        case pageFailed
        /// The writer of an upload threw: the file was not taken.
        case uploadFailed
        /// A message came that its view has no type for.
        case lostMessage
    }

    /// What kind of thing it is.
    public let cause: Cause
    /// What was found, in words.
    public let text: String
    /// The id of the view; empty where it is about the socket.
    public let view: String

    /// Cause, view and text in one line.
    public var description: String { "\(cause.rawValue)\(view.isEmpty ? "" : " \(view)"): \(text)" }
}

/// What one client may ask for.
public struct LiveLimits: Sendable {
    /// Bytes of one message. Default 1 MB.
    public var maximumMessageBytes = 1 << 20
    /// Channels on one socket: views and running uploads. Default 100.
    public var maximumChannels = 100
    /// Text messages a second on one socket, over time. Default 100.
    public var messagesPerSecond = 100
    /// Text messages that may come at once. Default 500.
    public var messageBurst = 500
    /// Fields of a form, params of a URL. Default 1000.
    public var maximumParams = 1000
    /// How deep params may be nested by brackets. Default 16.
    public var maximumParamDepth = 16
    /// How deep JSON of an event may be nested. Default 64.
    public var maximumJSONDepth = 64
    /// Components of one view. Default 10,000.
    public var maximumComponents = 10_000
    /// Nested views that one view has placed over its life. Default 1000.
    public var maximumNestedViews = 1000
    /// Bytes of uploads that one socket's views hold at once. Default 100 MB.
    public var maximumUploadBytes = 100 << 20
    /// How many patches may follow from one event. Default 10.
    public var maximumPatches = 10

    /// The defaults.
    public init() {}
}
