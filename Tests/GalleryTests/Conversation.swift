import LiveServer
import LiveViewWire
import NIOEmbedded
import Synchronization
import Testing
import WebSocketWire

/// A browser without a browser: loads pages of an application, opens a socket, and merges what comes as a client does.
final class Conversation {
    let application: LiveApplication
    let loop = EmbeddedEventLoop()
    let log: Log
    private(set) var output = Output()
    private var socket: (any ClientSocket)?
    private var refs = ChannelRefs()
    private(set) var cookies: [String: String] = [:]
    private(set) var page = ""
    /// What the client holds of each joined view, by topic.
    var trees: [String: LiveTree] = [:]
    private(set) var joinRefs: [String: String] = [:]

    /// What went wrong, as the application tells it.
    final class Log: Sendable {
        private let entries = Mutex<[LogEntry]>([])

        var causes: [LogEntry.Cause] { entries.withLock { $0.map(\.cause) } }
        var texts: [String] { entries.withLock { $0.map(\.text) } }
        func add(_ entry: LogEntry) { entries.withLock { $0.append(entry) } }
    }

    final class Output: SocketOutput {
        var texts: [String] = []
        var closed: (code: UInt16, reason: String)?

        func send(text: [UInt8]) { texts.append(String(decoding: text, as: UTF8.self)) }
        func send(binary: [UInt8]) {}
        func close(code: UInt16, reason: String) { closed = (code, reason) }
    }

    init(
        format: LiveConfiguration.Format = .keyed, configure: (inout LiveConfiguration) -> Void,
        routes: (inout Routes) -> Void
    ) {
        let log = Log()
        var configuration = LiveConfiguration(secretKeyBase: "a secret of at least thirty-two bytes")
        configuration.format = format
        configuration.seed = 1
        configuration.clock = .virtual(VirtualClock())
        configuration.log = { log.add($0) }
        configure(&configuration)
        self.log = log
        application = LiveApplication(configuration, routes)
    }

    convenience init(format: LiveConfiguration.Format = .keyed, _ routes: (inout Routes) -> Void) {
        self.init(format: format, configure: { _ in }, routes: routes)
    }

    /// Another browser at the same application.
    init(at other: Conversation) {
        application = other.application
        log = other.log
    }

    // MARK: - HTTP

    @discardableResult
    func get(_ path: String, cookies more: [String: String] = [:]) -> PageResponse {
        request("GET", path, cookies: more)
    }

    @discardableResult
    func post(_ path: String, _ body: String) -> PageResponse { request("POST", path, body: Array(body.utf8)) }

    private func request(
        _ method: String, _ path: String, cookies more: [String: String] = [:], body: [UInt8] = []
    ) -> PageResponse {
        let parts = path.split(separator: "?", maxSplits: 1)
        let jar = cookies.merging(more) { $1 }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let request = PageRequest(
            method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
            headers: HTTPFields([HTTPField("Cookie", jar)]), body: body)
        let response = application.respond(to: request, on: loop)
        for field in response.headers where field.name == "Set-Cookie" {
            let pair = field.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            cookies[pair[0]] = pair.count > 1 ? pair[1] : nil
        }
        page = String(decoding: response.body, as: UTF8.self)
        return response
    }

    /// The value of an attribute in the page loaded: of its first element that has it.
    func attribute(_ name: String, after mark: String = "") -> String {
        let start = mark.isEmpty ? page.startIndex : page.range(of: mark)?.upperBound ?? page.endIndex
        guard let range = page[start...].range(of: "\(name)=\"") else { return "" }
        return String(page[range.upperBound...].prefix { $0 != "\"" })
    }

    var rootID: String { attribute("id", after: "<body>") }
    var rootTopic: String { "lv:\(rootID)" }
    var csrfToken: String { attribute("content", after: "name=\"csrf-token\"") }

    // MARK: - The socket

    func connect(csrfToken token: String? = nil, version: String? = "2.0.0") {
        let query = "_csrf_token=\(token ?? csrfToken)" + (version.map { "&vsn=\($0)" } ?? "")
        let jar = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let request = PageRequest(
            path: "/live/websocket", query: query, headers: HTTPFields([HTTPField("Cookie", jar)]),
            transport: .webSocket)
        output = Output()
        if case .accepted(let socket) = application.openSocket(for: request, on: loop, output: output) {
            self.socket = socket
        }
    }

    func send(text: String) {
        socket?.received(text: Array(text.utf8))
        loop.run()
    }

    func send(bytes: [UInt8]) {
        socket?.received(text: bytes)
        loop.run()
    }

    func sendBinary(_ bytes: [UInt8]) {
        socket?.received(binary: bytes)
        loop.run()
    }

    var socketSession: (any ClientSocket)? { socket }

    func close() { socket?.closed() }
    func drain() { socket?.drain() }

    /// Takes the messages that came.
    func received() -> [String] {
        loop.run()
        defer { output.texts = [] }
        return output.texts
    }

    /// Sends a push, and merges all that comes.
    /// - Returns: the messages, without topic.
    @discardableResult
    func push(_ topic: String, _ event: String, _ payload: String) throws -> [Message] {
        let ref = refs.next()
        let joinRef = event == "phx_join" ? ref : joinRefs[topic] ?? "0"
        if event == "phx_join" { joinRefs[topic] = ref }
        send(text: "[\"\(joinRef)\",\"\(ref)\",\"\(topic)\",\"\(event)\",\(payload)]")
        return try merge()
    }

    /// Sends a chunk of an upload.
    @discardableResult
    func chunk(_ topic: String, _ bytes: [UInt8]) throws -> [Message] {
        var message: [UInt8] = []
        try ChannelHead(joinRef: joinRefs[topic], ref: refs.next(), topic: topic, kind: .push(event: "chunk"))
            .appendBinary(payload: bytes.span, from: .client, to: &message)
        sendBinary(message)
        return try merge()
    }

    struct Message: Equatable, CustomStringConvertible {
        let topic: String
        /// `ok` and `error` for replies, else the event.
        let kind: String
        let payload: String

        var description: String { "\(kind) \(payload)" }
        var json: JSONValue { (try? JSONValue(Array(payload.utf8).span)) ?? .null }
    }

    /// Takes the messages that came, and merges what they hold into the trees.
    @discardableResult
    func merge() throws -> [Message] {
        try received().map { text in
            let bytes = Array(text.utf8)
            let message = try ChannelMessage(text: bytes.span, from: .server)
            let payload = String(decoding: bytes[message.payload], as: UTF8.self)
            let json = try JSONValue(bytes.span, in: message.payload)
            let topic = message.head.topic
            let diff = message.head.event == "diff" ? json : json["diff"] ?? json["rendered"]
            if let diff, topic.hasPrefix("lv:") {
                var writer = JSONWriter()
                writer.value(diff)
                if json["rendered"] != nil { trees[topic] = LiveTree() }
                try trees[topic, default: LiveTree()].apply(RenderedDiff(writer.bytes.span))
            }
            switch message.head.kind {
            case .reply(let status): return Message(topic: topic, kind: status, payload: payload)
            case .push(let event): return Message(topic: topic, kind: event, payload: payload)
            }
        }
    }

    /// Joins a view as the page has it.
    @discardableResult
    func join(
        _ id: String? = nil, url: String? = nil, redirect: String? = nil, session: String? = nil,
        extra: String = ""
    ) throws -> [Message] {
        let id = id ?? rootID
        let session = session ?? attribute("data-phx-session", after: "id=\"\(id)\"")
        let page = attribute("data-phx-static", after: "id=\"\(id)\"")
        var members = ["\"session\":\"\(session)\"", "\"static\":\(page.isEmpty ? "null" : "\"\(page)\"")"]
        if let url { members.append("\"url\":\"http://localhost\(url)\"") }
        if let redirect { members.append("\"redirect\":\"http://localhost\(redirect)\"") }
        members.append("\"params\":{\"_mounts\":0},\"sticky\":false\(extra)")
        return try push("lv:\(id)", "phx_join", "{\(members.joined(separator: ","))}")
    }

    /// Loads a page, connects and joins its view.
    func open(_ path: String) throws {
        get(path)
        connect()
        try join(url: path)
    }

    /// What a click sends.
    @discardableResult
    func click(_ event: String, _ value: String = "{}", cid: Int? = nil, topic: String? = nil) throws -> [Message] {
        let cid = cid.map { ",\"cid\":\($0)" } ?? ""
        return try push(
            topic ?? rootTopic, "event", "{\"type\":\"click\",\"event\":\"\(event)\",\"value\":\(value)\(cid)}")
    }

    /// What a form sends.
    @discardableResult
    func form(_ event: String, _ fields: String, meta: String = "{}", uploads: String? = nil) throws -> [Message] {
        let uploads = uploads.map { ",\"uploads\":\($0)" } ?? ""
        return try push(
            rootTopic, "event",
            "{\"type\":\"form\",\"event\":\"\(event)\",\"value\":\"\(fields)\",\"meta\":\(meta)\(uploads)}")
    }

    /// The HTML of a view as the client has it.
    func html(_ topic: String? = nil) throws -> String {
        guard let tree = trees[topic ?? rootTopic] else { return "" }
        #expect(tree.missingSlots == [])
        return String(decoding: try tree.html(), as: UTF8.self)
    }
}

extension String {
    /// Where a text is in it.
    func range(of text: String) -> Range<String.Index>? { self[...].range(of: text) }
    func contains(_ text: String) -> Bool { range(of: text) != nil }
}

extension Substring {
    func range(of text: String) -> Range<String.Index>? {
        var rest = self
        while !text.isEmpty, !rest.isEmpty {
            if rest.hasPrefix(text) { return rest.startIndex..<rest.index(rest.startIndex, offsetBy: text.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
