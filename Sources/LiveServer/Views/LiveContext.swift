import LiveViewWire
import NIOCore

/// What a handler can do beyond changing its state, and what it can know.
///
/// It is valid on the view's event loop only, which the compiler sees to.
public struct LiveContext {
    let channel: ViewChannel
    /// The component whose handler runs; nil in a view's.
    let component: ComponentID?

    // MARK: - What there is to know

    /// Whether the page has connected. When it is loaded by HTTP, it has not: what only a live page needs can wait.
    public var isConnected: Bool { channel.socket != nil }
    /// The view's id in the page.
    public var id: String { channel.id }
    /// Path and query of the page's URL; empty in nested views.
    public var url: String { channel.url }
    /// The params of the path and of the query.
    public var params: JSON { channel.params }
    /// What the cookie session holds; in views that were placed with a `session:`, over it what that says.
    public var session: JSON { channel.session }

    /// The time. Use no other source, so that a run can be repeated.
    public var now: WallTime { channel.environment.app.configuration.clock.now }
    /// Time that is never set back, for measuring.
    public var uptime: Duration { channel.environment.app.configuration.clock.uptime }

    /// Random numbers: `Int.random(in: 0...100, using: &context.random)`. Use no other source, so that a run can be
    /// repeated. They are not for secrets.
    public var random: LiveRandom {
        get { channel.random }
        nonmutating set { channel.random = newValue }
    }

    // MARK: - To the browser

    /// Sends an event to the browser's hooks and window listeners (`phx:name`).
    /// - Parameter beforePatch: whether it is dispatched before the page is changed (clients from 1.1.18 on).
    public func pushEvent(_ name: String, _ payload: JSON = [:], beforePatch: Bool = false) {
        channel.effects.events.append(Differ.Effects.Event(name, payload.value, isEarly: beforePatch))
    }

    /// Answers the hook whose event is handled. The payload is an object.
    public func reply(_ payload: JSON) { channel.effects.reply = payload.value }

    /// Shows a message until it is cleared or the user goes elsewhere. It outlives a navigation that follows.
    public func putFlash(_ kind: FlashKind, _ message: String) { channel.flash[kind] = message }

    /// Takes a message away; without a kind, all.
    public func clearFlash(_ kind: FlashKind? = nil) {
        if let kind { channel.flash[kind] = nil } else { channel.flash = [:] }
    }

    // MARK: - Navigation

    /// Changes the URL of this view: `handle(params:)` is called, and the browser's history follows.
    public func pushPatch(to path: String, replacing: Bool = false) {
        channel.effects.navigation = .patch(to: path, replaces: replacing)
    }

    /// Goes to another view of the same live session, over the same socket.
    public func pushNavigate(to path: String, replacing: Bool = false) {
        channel.effects.navigation = .navigate(to: path, replaces: replacing)
    }

    /// Lets the browser load another page; elsewhere too.
    public func redirect(to url: String) { channel.effects.navigation = .redirect(to: url) }

    // MARK: - Messages

    /// Sends oneself a message, once. It must be of the type that `handle(info:)` takes; others are logged and lost.
    @discardableResult
    public func send(_ message: some Sendable, after delay: Duration = .zero) -> LiveTimer {
        LiveTimer.start(isConnected ? mailbox : nil, message, after: delay, every: nil)
    }

    /// Sends oneself a message again and again, for the first time after one interval.
    @discardableResult
    public func send(_ message: some Sendable, every interval: Duration) -> LiveTimer {
        LiveTimer.start(isConnected ? mailbox : nil, message, after: interval, every: max(interval, .milliseconds(1)))
    }

    /// Gets what is published under a topic, on any event loop, as messages.
    public func subscribe<Content, Message: Sendable>(
        to topic: Topic<Content>, as message: @escaping @Sendable (Content) -> Message
    ) {
        guard isConnected else { return }
        let mailbox = mailbox
        channel.subscribe(to: topic.name) { content in
            guard let content = content as? Content else { return }
            mailbox.deliverHere(message(content))
        }
    }

    /// Gets what is published under a topic whose content is the message.
    public func subscribe<Content>(to topic: Topic<Content>) { subscribe(to: topic) { $0 } }

    /// Sends something to all that are subscribed, on any event loop; also to oneself.
    public func publish<Content>(_ content: Content, to topic: Topic<Content>) {
        channel.environment.app.topics.publish(content, to: topic.name)
    }

    /// Does work off the event loop, and brings its result back as a message.
    ///
    /// The page does not wait: show that it is under way. When the view ends, the work is cancelled.
    public func start<Value: Sendable, Message: Sendable>(
        _ work: @escaping @concurrent @Sendable () async throws -> Value,
        then message: @escaping @Sendable (Result<Value, any Error>) -> Message
    ) {
        guard isConnected else { return }
        let mailbox = mailbox
        let running = RunningTask(channel)
        let number = running.number
        running.task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            mailbox.deliver(message(result), ending: number)
        }
    }

    var mailbox: Mailbox { Mailbox(channel, component: component) }

    // MARK: - Components

    /// Changes a component of this view, which is then rendered. Nothing happens if there is none with that id, or if
    /// it is the component whose handler runs: that one changes itself.
    public func update<Component: LiveComponent>(
        _ type: Component.Type, id: Component.ID, _ change: (inout Component) throws -> Void
    ) rethrows {
        try channel.updateComponent(type, id: id, change)
    }

    /// In a component: sends the view a message, which must be of its type.
    public func tellView(_ message: some Sendable) { Mailbox(channel, component: nil).deliver(message) }

    // MARK: - Uploads

    /// Lets the user upload files. Call it in `mount`; the body then has `\(fileInput: upload)`.
    public func allow(_ upload: LiveUpload, as name: String) { channel.allow(upload, as: name, component: component) }
}
