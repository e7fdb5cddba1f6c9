package import RecordingFormat
package import RecordingStore
package import Sessions
package import WebSocketWire

/// A conversation between a browser and a Phoenix server, written by hand, as a recording would tell it.
///
/// ```swift
/// let talk = Conversation()
/// let light = talk.join("/light", rendered: #"{"0":"off","s":["<p>","</p>"]}"#)
/// light.event("toggle", reply: #"{"0":"on"}"#)
/// light.push(#"{"0":"off"}"#)
/// talk.wait(seconds: 2)
/// #expect(talk.diffs.map(\.account.bytes.changed) == [4, 5])
/// ```
/// Time stands still but for ``wait(milliseconds:)`` and the server's thinking; messages are one frame each.
package final class Conversation {
    /// What happened so far.
    package private(set) var events: [ConversationEvent] = []
    package private(set) var connection: UInt64 = 1
    /// Nanoseconds since the beginning.
    package var now: UInt64 = 1_000_000_000
    private let target: String
    private var frames: [Peer: UInt64] = [:]
    private var sequence: UInt64 = 0
    private var refs = 3
    private var isOpen = false
    private let deflate: PermessageDeflate?

    /// - Parameters:
    ///   - target: of the socket's request.
    ///   - deflate: what the socket negotiated. Messages are counted as not compressed all the same.
    package init(
        target: String = "/live/websocket?_csrf_token=CSRF&_mounts=0&vsn=2.0.0", deflate: PermessageDeflate? = nil
    ) {
        self.target = target
        self.deflate = deflate
    }

    package static let origin = "http://localhost:4000"

    // MARK: - Time

    package func wait(milliseconds: UInt64) { now += milliseconds * 1_000_000 }
    package func wait(seconds: UInt64) { wait(milliseconds: seconds * 1000) }

    package var stamp: RecordStamp {
        RecordStamp(
            connection: connection, sequence: sequence, wallNanoseconds: 1_795_000_000_000_000_000 + now,
            monotonicNanoseconds: now)
    }

    func nextRef() -> String {
        refs += 1
        return "\(refs)"
    }

    // MARK: - HTTP and sockets

    /// A GET of HTML, on a connection of its own.
    package func page(_ path: String, _ html: String) {
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost:4000\r\n\r\n"
        let response = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        http(request, response, body: html)
    }

    package func http(_ request: String, _ response: String, body: String = "") {
        var stamp = stamp
        stamp.connection = 1000 + connection
        events.append(
            .exchange(
                HTTPExchange(
                    stamp: stamp, number: 1, request: HTTPRequestHead(bytes: Array(request.utf8)),
                    response: HTTPResponseHead(bytes: Array(response.utf8)), body: Array(body.utf8))))
    }

    /// The dead page of a view: `<div id=… data-phx-main data-phx-session=… data-phx-static=…>` around the content.
    package func deadPage(_ path: String, id: String, session: String = "S", _ content: String) {
        page(
            path,
            "<html><body><div id=\"\(id)\" data-phx-main data-phx-session=\"\(session)\" data-phx-static=\"T\">"
                + content + "</div></body></html>")
    }

    private func open() {
        guard !isOpen else { return }
        isOpen = true
        var facts = SocketFacts(stamp: stamp, target: target)
        facts.deflate = deflate
        facts.extensions = deflate == nil ? "" : "permessage-deflate"
        events.append(.socketOpened(facts))
    }

    /// The socket closes.
    package func close(_ code: CloseCode? = nil) {
        guard isOpen else { return }
        events.append(.socketClosed(SocketClosing(stamp: stamp, target: target, by: .client, closeCode: code)))
        isOpen = false
        frames = [:]
        connection += 1
        sequence = 0
    }

    /// Something is missing here.
    package func gap() {
        events.append(
            .gap(
                GapRecord(
                    stamp: stamp, cause: "test", fromWallNanoseconds: 0, toWallNanoseconds: 0, records: 1, bytes: 0)))
    }

    // MARK: - Messages

    package func client(_ text: String) { message(.client, .text, Array(text.utf8)) }
    package func server(_ text: String) { message(.server, .text, Array(text.utf8)) }
    package func client(binary: [UInt8]) { message(.client, .binary, binary) }
    package func server(binary: [UInt8]) { message(.server, .binary, binary) }

    /// - Parameter time: when; nil for now.
    package func message(_ sender: Peer, _ opcode: Opcode, _ payload: [UInt8]) {
        open()
        let number = frames[sender, default: 0]
        frames[sender] = number + 1
        sequence += 1
        let head = (sender == .client ? 4 : 0) + (payload.count < 126 ? 2 : payload.count < 65536 ? 4 : 10)
        let content = Message(number: number, opcode: opcode, payload: payload, headByteCount: head)
        events.append(
            .message(SocketMessage(stamp: stamp, sender: sender, target: target, content: .message(content))))
    }

    package func heartbeat() {
        let ref = nextRef()
        client("[null,\"\(ref)\",\"phoenix\",\"heartbeat\",{}]")
        server("[null,\"\(ref)\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]")
    }

    // MARK: - Joins

    /// Joins a view, and gets its tree.
    /// - Parameters:
    ///   - path: of its URL; nil for a nested view.
    ///   - rendered: the join reply's `rendered`, as JSON.
    ///   - isNavigation: whether `redirect` takes the place of `url`.
    ///   - thinking: milliseconds until the reply.
    @discardableResult
    package func join(
        _ path: String?, topic: String = "lv:phx-A", rendered: String, isNavigation: Bool = false,
        session: String = "S", mounts: Int = 0, version: String = "1.2.10", thinking: UInt64 = 5
    ) -> TalkingView {
        let view = beginJoin(path, topic: topic, isNavigation: isNavigation, session: session, mounts: mounts)
        wait(milliseconds: thinking)
        view.reply(
            to: view.joinRef, "{\"liveview_version\":\"\(version)\",\"rendered\":\(rendered)}")
        return view
    }

    /// Joins a view, which is refused with this response.
    @discardableResult
    package func failJoin(
        _ path: String?, topic: String = "lv:phx-A", response: String, isNavigation: Bool = false, mounts: Int = 0,
        thinking: UInt64 = 5
    ) -> TalkingView {
        let view = beginJoin(path, topic: topic, isNavigation: isNavigation, session: "S", mounts: mounts)
        wait(milliseconds: thinking)
        view.reply(to: view.joinRef, response, status: "error")
        return view
    }

    /// Asks for a join, and gets no answer yet.
    package func beginJoin(
        _ path: String?, topic: String = "lv:phx-A", isNavigation: Bool = false, session: String = "S",
        mounts: Int = 0
    ) -> TalkingView {
        let ref = nextRef()
        let url = path.map { "\"\(isNavigation ? "redirect" : "url")\":\"\(Self.origin)\($0)\"," } ?? ""
        let token = path == nil ? "null" : "\"T\""
        client(
            "[\"\(ref)\",\"\(ref)\",\"\(topic)\",\"phx_join\",{\(url)\"params\":{\"_csrf_token\":\"CSRF\",\"_mounts\":\(mounts)},"
                + "\"session\":\"\(session)\",\"static\":\(token),\"sticky\":false}]")
        return TalkingView(self, topic: topic, joinRef: ref)
    }

    // MARK: - What is made of it

    /// All steps, the payloads of which were kept for the test.
    package func steps(_ settings: SessionSettings = SessionSettings()) -> [SessionStep] { follow(settings).steps }

    package func follow(_ settings: SessionSettings = SessionSettings()) -> (steps: [SessionStep], paths: PathTable) {
        var tracker = SessionTracker(settings: settings)
        var steps: [SessionStep] = []
        for event in events { tracker.receive(event) { steps.append($0) } }
        tracker.end { steps.append($0) }
        return (steps, tracker.paths)
    }

    /// The diffs, joins left out.
    package var diffs: [DiffStep] { steps().compactMap(\.diff).filter { !$0.isJoin } }
    package var joins: [DiffStep] { steps().compactMap(\.diff).filter(\.isJoin) }
    package var exchanges: [Exchange] { steps().compactMap(\.exchange) }
    package var notes: [SessionNote] { steps().compactMap(\.note) }
}

/// A joined view in a conversation.
package final class TalkingView {
    package let topic: String
    package let joinRef: String
    private let talk: Conversation

    init(_ talk: Conversation, topic: String, joinRef: String) {
        self.talk = talk
        self.topic = topic
        self.joinRef = joinRef
    }

    /// The client's event, and its reply.
    /// - Parameters:
    ///   - value: as JSON.
    ///   - reply: the diff; nil for `{}`.
    ///   - thinking: milliseconds until the reply.
    package func event(
        _ name: String, type: String = "click", value: String = "{\"value\":\"\"}", component: Int? = nil,
        target: String? = nil, reply: String? = nil, thinking: UInt64 = 2
    ) {
        let ref = send(name, type: type, value: value, component: component, target: target)
        talk.wait(milliseconds: thinking)
        self.reply(to: ref, reply.map { "{\"diff\":\($0)}" } ?? "{}")
    }

    /// The client's event, without its reply.
    /// - Returns: its ref.
    @discardableResult
    package func send(
        _ name: String, type: String = "click", value: String = "{\"value\":\"\"}", component: Int? = nil,
        target: String? = nil
    ) -> String {
        let more =
            (component.map { ",\"cid\":\($0)" } ?? "") + (target.map { ",\"meta\":{\"_target\":\"\($0)\"}" } ?? "")
        return send(
            message: "event", "{\"type\":\"\(type)\",\"event\":\"\(name)\",\"value\":\(value)\(more)}")
    }

    /// A form's change, its value as it is url-encoded.
    package func change(_ name: String, _ value: String, target: String, reply: String? = nil, thinking: UInt64 = 2) {
        event(name, type: "form", value: "\"\(value)\"", target: target, reply: reply, thinking: thinking)
    }

    /// Any message of the client on the view's channel.
    @discardableResult
    package func send(message: String, _ payload: String) -> String {
        let ref = talk.nextRef()
        talk.client("[\"\(joinRef)\",\"\(ref)\",\"\(topic)\",\"\(message)\",\(payload)]")
        return ref
    }

    package func reply(to ref: String, _ response: String, status: String = "ok") {
        talk.server(
            "[\"\(joinRef)\",\"\(ref)\",\"\(topic)\",\"phx_reply\",{\"status\":\"\(status)\",\"response\":\(response)}]"
        )
    }

    /// A diff that the server pushes.
    package func push(_ diff: String) { push("diff", diff) }

    /// Any message of the server on the view's channel.
    package func push(_ message: String, _ payload: String) {
        talk.server("[\"\(joinRef)\",null,\"\(topic)\",\"\(message)\",\(payload)]")
    }

    package func patch(_ path: String, reply: String? = nil) {
        let ref = send(message: "live_patch", "{\"url\":\"\(Conversation.origin)\(path)\"}")
        talk.wait(milliseconds: 2)
        self.reply(to: ref, reply.map { "{\"diff\":\($0)}" } ?? "{}")
    }

    /// The client drops components, and the server agrees.
    package func destroy(_ components: [Int]) {
        let list = "{\"cids\":[\(components.map { "\($0)" }.joined(separator: ","))]}"
        reply(to: send(message: "cids_will_destroy", list), "{}")
        reply(to: send(message: "cids_destroyed", list), list)
    }

    package func leave() {
        let ref = send(message: "phx_leave", "{}")
        talk.server("[\"\(joinRef)\",\"\(joinRef)\",\"\(topic)\",\"phx_close\",{}]")
        reply(to: ref, "{}")
    }

    package func crash() {
        talk.server("[\"\(joinRef)\",\"\(joinRef)\",\"\(topic)\",\"phx_error\",{\"reason\":\"channel_crash\"}]")
    }
}

extension SessionStep {
    package var diff: DiffStep? { if case .diff(let diff) = self { diff } else { nil } }
    package var exchange: Exchange? { if case .exchange(let exchange) = self { exchange } else { nil } }
    package var note: SessionNote? { if case .note(let note) = self { note } else { nil } }
    package var view: View? { if case .viewJoined(let view) = self { view } else { nil } }
    package var general: GeneralMessage? { if case .general(let message) = self { message } else { nil } }
}
