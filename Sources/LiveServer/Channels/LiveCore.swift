import LiveViewWire
import NIOCore

/// What all sockets and pages of an application share.
final class LiveCore: Sendable {
    let configuration: LiveConfiguration
    let routes: Routes
    let tokens: TokenSigner
    let random: RandomSource
    let topics = TopicRegistry()
    let differ: Differ

    init(_ configuration: LiveConfiguration, _ routes: Routes) {
        self.configuration = configuration
        self.routes = routes
        tokens = TokenSigner(secret: configuration.secretKeyBase)
        random = RandomSource(seed: configuration.seed)
        differ = Differ(format: configuration.format.wire, seed: random.number(for: "differ"))
    }

    var now: WallTime { configuration.clock.now }

    /// An id for an element of a page: `phx-`, the time in nanoseconds and a random number.
    /// - Parameter name: who it is for, as ``RandomSource`` has it.
    func newID(for name: @autoclosure () -> String) -> String {
        let time = UInt64(bitPattern: now.nanoseconds).bigEndian
        let bytes = withUnsafeBytes(of: time) { Array($0) } + random.bytes(4, for: name())
        return "phx-" + String(decoding: Base64URL.encode(bytes), as: UTF8.self)
    }

    func log(_ cause: LogEntry.Cause, _ text: String, view: String = "") {
        configuration.log(LogEntry(cause: cause, text: text, view: view))
    }
}

/// Where the views of one socket or page run.
final class ViewEnvironment {
    let app: LiveCore
    let loop: any EventLoop
    let session: BrowserSession
    /// The browser session's part in the names of ``RandomSource``.
    var randomName: String { session.secret ?? "" }

    init(app: LiveCore, loop: any EventLoop, session: BrowserSession) {
        self.app = app
        self.loop = loop
        self.session = session
    }
}

/// What a view begins with.
struct ViewSetup {
    let environment: ViewEnvironment
    /// Nil while a page is loaded.
    let socket: SocketSession?
    let topic: String
    /// The ref of its join; empty while a page is loaded.
    let joinRef: String
    /// Nil for nested and sticky views.
    let route: LiveRoute?
    /// Empty for nested and sticky views.
    let url: String
    var isSticky = false
    /// What it was placed with, for its session: an object, or nothing.
    var session = JSON.null
}
