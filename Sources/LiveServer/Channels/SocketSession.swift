import LiveViewWire

/// Why a socket is closed: what its client may not do.
struct ClientViolation: Error {
    /// The close code: 1007 for what cannot be read, 1008 for what is not allowed, 1009 for what is too large.
    let code: UInt16
    let cause: LogEntry.Cause
    let reason: String

    static func unreadable(_ reason: String) -> Self { Self(code: 1007, cause: .badMessage, reason: reason) }
    static func tooMuch(_ reason: String) -> Self { Self(code: 1008, cause: .limitReached, reason: reason) }
    static func tooLarge(_ reason: String) -> Self { Self(code: 1009, cause: .limitReached, reason: reason) }
}

/// One client's socket: takes its messages to the views and uploads that it has joined, and theirs to it.
///
/// Each request is answered, except those of a view that crashes in handling it and those for a join that is over.
final class SocketSession: ClientSocket {
    let environment: ViewEnvironment
    private let output: any SocketOutput
    private let serializer: ChannelSerializer
    private(set) var views: [ViewChannel] = []
    var uploads: [UploadChannel] = []
    private var bucket: TokenBucket
    private var isOver = false
    /// The topic of the view that was the last to send the browser elsewhere.
    var lastRedirected: String?
    /// Bytes of uploads that are held for the views of this socket.
    var uploadedBytes = 0

    init(_ environment: ViewEnvironment, output: any SocketOutput, serializer: ChannelSerializer) {
        self.environment = environment
        self.output = output
        self.serializer = serializer
        bucket = TokenBucket(environment.app.configuration.limits, now: environment.app.configuration.clock.uptime)
    }

    var app: LiveCore { environment.app }
    private var limits: LiveLimits { app.configuration.limits }

    // MARK: - What the transport says

    func received(text: [UInt8]) {
        guard !isOver else { return }
        let json = JSONLimits(maximumDepth: limits.maximumJSONDepth)
        take {
            try check(size: text.count)
            guard bucket.take(limits, now: app.configuration.clock.uptime) else {
                throw ClientViolation.tooMuch("more than \(limits.messagesPerSecond) messages a second")
            }
            do throws(ChannelError) {
                return try ChannelMessage(text: text.span, from: .client, serializer: serializer, limits: json)
            } catch {
                throw ClientViolation.unreadable("\(error)")
            }
        } route: { message in
            try route(message, Payload(text, message.payload, limits: json))
        }
    }

    func received(binary: [UInt8]) {
        guard !isOver else { return }
        take {
            try check(size: binary.count)
            do throws(ChannelError) {
                return try ChannelMessage(binary: binary.span, from: .client)
            } catch {
                throw ClientViolation.unreadable("\(error)")
            }
        } route: { message in
            try routeBinary(message, binary)
        }
    }

    func closed() { endAll() }
    func drain() { endAll() }

    private func endAll() {
        guard !isOver else { return }
        isOver = true
        let views = views
        self.views = []
        uploads = []
        for view in views { view.end() }
    }

    private func check(size: Int) throws {
        guard size <= limits.maximumMessageBytes else {
            throw ClientViolation.tooLarge("a message of more than \(limits.maximumMessageBytes) bytes")
        }
    }

    private func take(_ read: () throws -> ChannelMessage, route: (ChannelMessage) throws -> Void) {
        do {
            try route(try read())
        } catch let violation as ClientViolation {
            close(violation)
        } catch {
            close(.unreadable("\(error)"))
        }
    }

    private func close(_ violation: ClientViolation) {
        app.log(violation.cause, violation.reason)
        endAll()
        output.close(code: violation.code, reason: violation.reason)
    }

    // MARK: - From topic to channel

    private func route(_ message: ChannelMessage, _ payload: Payload) throws {
        let head = message.head
        if head.event == ChannelEvent.join { return try join(head, payload) }
        if head.topic == ChannelEvent.heartbeatTopic { return reply(to: head, joinRef: nil, Self.empty) }
        if let view = view(head.topic) {
            guard head.joinRef == nil || head.joinRef == view.joinRef else { return }
            if head.event == ChannelEvent.leave { return leave(view, head) }
            try view.received(head, payload)
        } else if let upload = uploads.first(where: { $0.topic == head.topic }) {
            guard head.joinRef == nil || head.joinRef == upload.joinRef else { return }
            if head.event == ChannelEvent.leave { return leave(upload, head) }
            reply(to: head, joinRef: upload.joinRef, status: "error", Self.reason("unmatched event"))
        } else if head.event == ChannelEvent.leave {
            reply(to: head, joinRef: head.joinRef, Self.empty)
        } else {
            reply(to: head, joinRef: nil, status: "error", Self.reason("unmatched topic"))
        }
    }

    private func routeBinary(_ message: ChannelMessage, _ bytes: [UInt8]) throws {
        let head = message.head
        guard let upload = uploads.first(where: { $0.topic == head.topic }) else {
            return reply(to: head, joinRef: nil, status: "error", Self.reason("unmatched topic"))
        }
        guard head.joinRef == nil || head.joinRef == upload.joinRef else { return }
        guard head.event == "chunk" else {
            return reply(to: head, joinRef: upload.joinRef, status: "error", Self.reason("unmatched event"))
        }
        receive(chunk: Array(bytes[message.payload]), upload, head)
    }

    func view(_ topic: String) -> ViewChannel? { views.first { $0.topic == topic } }

    private func leave(_ view: ViewChannel, _ head: ChannelHead) {
        remove(view)
        push(ChannelEvent.close, topic: view.topic, joinRef: view.joinRef, ref: view.joinRef, Self.empty)
        reply(to: head, joinRef: view.joinRef, Self.empty)
    }

    private func leave(_ upload: UploadChannel, _ head: ChannelHead) {
        upload.left()
        uploads.removeAll { $0 === upload }
        push(ChannelEvent.close, topic: upload.topic, joinRef: upload.joinRef, ref: upload.joinRef, Self.empty)
        reply(to: head, joinRef: upload.joinRef, Self.empty)
    }

    // MARK: - Views come and go

    var channelCount: Int { views.count + uploads.count }

    func add(_ view: ViewChannel) { views.append(view) }

    /// Lets go of a view that is over, and of its uploads.
    func remove(_ view: ViewChannel) {
        uploads.removeAll { $0.view === view }
        views.removeAll { $0 === view }
        view.end()
    }

    // MARK: - To the client

    static let empty = Array("{}".utf8)

    static func json(_ value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        json.value(value)
        return json.bytes
    }

    static func reason(_ reason: String) -> [UInt8] { json(["reason": .string(reason)]) }

    func reply(to head: ChannelHead, joinRef: String?, status: String = "ok", _ response: [UInt8]) {
        guard let ref = head.ref else { return }
        send(ChannelHead(joinRef: joinRef, ref: ref, topic: head.topic, kind: .reply(status: status)), response)
    }

    func push(_ event: String, topic: String, joinRef: String?, ref: String? = nil, _ payload: [UInt8]) {
        send(ChannelHead(joinRef: joinRef, ref: ref, topic: topic, kind: .push(event: event)), payload)
    }

    private func send(_ head: ChannelHead, _ payload: [UInt8]) {
        guard !isOver else { return }
        var text: [UInt8] = []
        text.reserveCapacity(payload.count + head.topic.utf8.count + 80)
        head.appendText(payload: payload.span, from: .server, serializer: serializer, to: &text)
        output.send(text: text)
    }
}

/// Limits how often something happens: so much at once, and so much a second over time.
struct TokenBucket {
    private var tokens: Double
    private var last: Duration

    init(_ limits: LiveLimits, now: Duration) {
        tokens = Double(limits.messageBurst)
        last = now
    }

    mutating func take(_ limits: LiveLimits, now: Duration) -> Bool {
        let seconds = Double((now - last).nanoseconds) / 1e9
        last = now
        tokens = min(Double(limits.messageBurst), tokens + seconds * Double(limits.messagesPerSecond))
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
