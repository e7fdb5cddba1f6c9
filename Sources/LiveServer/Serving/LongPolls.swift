internal import NIOCore
internal import Synchronization
internal import WebSocketWire

/// Answers the requests of Phoenix's long-poll transport: a GET without a known token opens a session, one with it waits
/// for messages, a POST brings messages. The true status is in the body; that of HTTP is always 200.
final class LongPolls: Sendable {
    private let settings: LongPollSettings
    private let loops: [NIOLoopBound<ServingLoop>]
    private let sessions = Atomic(0)

    init(_ settings: LongPollSettings, loops: [NIOLoopBound<ServingLoop>]) {
        self.settings = settings
        self.loops = loops
    }

    /// - Parameter loop: that of the connection.
    func answer(_ request: PageRequest, on loop: ServingLoop) -> EventLoopFuture<PageResponse> {
        let refusal = loop.settings.origins.refusal(
            origin: request.headers["Origin"], host: request.host, scheme: request.scheme)
        if refusal != nil {
            loop.onEvent(.originRefused(origin: request.headers["Origin"] ?? "", host: request.host))
            return now(json(.forbidden), loop)
        }
        let token = request.headers["X-Phoenix-Longpoll-Token"] ?? request.parameter("token") ?? ""
        let known = find(token)
        switch request.method {
        case "GET":
            guard let known else { return now(openSession(for: request, on: loop), loop) }
            return poll(known, token, loop)
        case "POST":
            guard let known else { return now(json(.gone), loop) }
            guard let messages = Self.messages(of: request) else {
                return now(.problem(400, "Each line is a JSON message, or binary in Base64."), loop)
            }
            return post(messages, to: known, loop)
        default:
            let allow = HTTPField("Allow", "GET, POST")
            return now(.problem(405, "A long poll is a GET or a POST.", extraHeaders: [allow]), loop)
        }
    }

    private func now(_ response: PageResponse, _ loop: ServingLoop) -> EventLoopFuture<PageResponse> {
        loop.eventLoop.makeSucceededFuture(response)
    }

    // MARK: Sessions

    private struct Place {
        var name: String
        var loop: NIOLoopBound<ServingLoop>
    }

    /// A session's name begins with the number of its loop.
    private func find(_ token: String) -> Place? {
        guard !token.isEmpty, let name = settings.tokens.verify(token),
            let index = Int(name.prefix { $0 != "." }), loops.indices.contains(index)
        else { return nil }
        return Place(name: name, loop: loops[index])
    }

    private func openSession(for request: PageRequest, on loop: ServingLoop) -> PageResponse {
        guard sessions.load(ordering: .relaxed) < settings.maximumSessions else {
            return .problem(503, "There are as many long-poll sessions as the settings allow.")
        }
        let session = LongPollSession(name: "\(loop.index).\(settings.tokens.makeIdentifier())", loop: loop)
        switch loop.application.openSocket(for: request, on: loop.eventLoop, output: session) {
        case .refused: return json(.forbidden)
        case .accepted(let socket):
            sessions.add(1, ordering: .relaxed)
            session.open(socket)
            return json(.gone, token: settings.tokens.sign(session.name))
        }
    }

    /// A session has ended.
    func ended() { sessions.subtract(1, ordering: .relaxed) }

    private func poll(_ place: Place, _ token: String, _ loop: ServingLoop) -> EventLoopFuture<PageResponse> {
        let promise = place.loop.eventLoop.makePromise(of: PollAnswer.self)
        place.loop.eventLoop.execute {
            guard let session = place.loop.value.session(place.name) else {
                promise.succeed(PollAnswer(status: .gone))
                return
            }
            session.poll(promise)
        }
        return promise.futureResult.map { self.json($0.status, token: token, messages: $0.messages) }
            .hop(to: loop.eventLoop)
    }

    private func post(
        _ messages: [ClientMessage], to place: Place, _ loop: ServingLoop
    ) -> EventLoopFuture<PageResponse> {
        place.loop.eventLoop.submit {
            guard let session = place.loop.value.session(place.name) else { return self.json(.gone) }
            session.receive(messages)
            return self.json(.messages)
        }.hop(to: loop.eventLoop)
    }

    // MARK: Text

    /// - Returns: nil for a line that is neither text nor Base64.
    static func messages(of request: PageRequest) -> [ClientMessage]? {
        let isList = request.headers["Content-Type"]?.lowercased().hasPrefix("application/x-ndjson") ?? false
        let lines = isList ? request.body.split(separator: 0x0a).map(Array.init) : [request.body]
        var messages: [ClientMessage] = []
        for line in lines where !line.isEmpty {
            if line[0] == UInt8(ascii: "[") || line[0] == UInt8(ascii: "{") {
                var validator = UTF8Validator()
                guard validator.receive(line.span) == nil, validator.end() == nil else { return nil }
                messages.append(.text(line))
            } else if let bytes = Base64.decode(line.span) {
                messages.append(.binary(bytes))
            } else {
                return nil
            }
        }
        return messages
    }

    private func json(_ status: PollAnswer.Status, token: String? = nil, messages: [[UInt8]]? = nil) -> PageResponse {
        var body = Array("{\"status\":\(status.rawValue)".utf8)
        if let token { body += Array(",\"token\":".utf8) + Self.quoted(Array(token.utf8)) }
        if token != nil {
            body += Array(",\"messages\":[".utf8)
            for (index, message) in (messages ?? []).enumerated() {
                if index > 0 { body.append(UInt8(ascii: ",")) }
                body += Self.quoted(message)
            }
            body.append(UInt8(ascii: "]"))
        }
        body.append(UInt8(ascii: "}"))
        let headers = [
            HTTPField("Content-Type", "application/json; charset=utf-8"), HTTPField("Cache-Control", "no-store"),
        ]
        return PageResponse(status: 200, headers: headers, body: body)
    }

    /// A JSON string (RFC 8259 section 7).
    static func quoted(_ text: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(text.count + text.count / 4 + 2)
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: quoted += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }
}
