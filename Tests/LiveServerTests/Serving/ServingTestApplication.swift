import LiveServer
import NIOCore
import Synchronization
import Transport

/// Pages that say what they were asked, and sockets that do what their messages say.
final class TestApplication: ServedApplication {
    /// What sockets have heard, in order.
    let heard = Watched<[String]>([])
    private let outputs = Mutex<[NIOLoopBound<any SocketOutput>]>([])

    func respond(to request: PageRequest, on loop: any EventLoop) -> PageResponse {
        switch request.segments.first {
        case "page":
            let body =
                "\(request.method) \(request.path) ?\(request.query) \(String(decoding: request.body, as: UTF8.self))"
            return .html(body)
        case "redirect": return .redirect(to: request.parameter("to") ?? "/")
        case "large": return PageResponse(status: 200, body: [UInt8](repeating: 0x78, count: 5_000_000))
        case "file": return StaticFile(Array("body{}".utf8), contentType: "text/css").response(to: request)
        default: return .problem(404, "There is no page '\(request.path)'.")
        }
    }

    func openSocket(for request: PageRequest, on loop: any EventLoop, output: any SocketOutput) -> SocketAnswer {
        guard request.parameter("refuse") == nil else { return .refused(.problem(404, "no such socket")) }
        outputs.withLock { $0.append(NIOLoopBound(output, eventLoop: loop)) }
        if let greeting = request.parameter("greet") { output.send(text: Array(greeting.utf8)) }
        if request.parameter("close") != nil { output.close(code: 4_000, reason: "not today") }
        return .accepted(TestSocket(output, heard))
    }

    /// Sends to every socket that was ever opened, from outside of their reads.
    func broadcast(_ text: String) {
        for output in outputs.withLock({ $0 }) {
            output.eventLoop.execute { output.value.send(text: Array(text.utf8)) }
        }
    }

    /// Runs a server with this application for as long as the body takes.
    static func serve(
        _ change: (inout ServerSettings) -> Void = { _ in }, _ body: (Server, TestApplication) async throws -> Void
    ) async throws {
        var settings = ServerSettings(port: 0)
        settings.eventLoops = 2
        settings.drainTimeout = 1
        change(&settings)
        let application = TestApplication()
        let server = try await Server.start(settings, serving: application) { event in
            application.heard.change { $0.append("event: \(event)") }
        }
        do {
            try await body(server, application)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}

/// Echoes, but for a few words.
final class TestSocket: ClientSocket {
    private let output: any SocketOutput
    private let heard: Watched<[String]>

    init(_ output: any SocketOutput, _ heard: Watched<[String]>) {
        self.output = output
        self.heard = heard
    }

    func received(text: [UInt8]) {
        switch String(decoding: text, as: UTF8.self) {
        case "close": output.close(code: 4_001, reason: "you asked for it")
        case "bad close": output.close(code: 1_006, reason: "")
        case "twice":
            output.send(text: Array("one".utf8))
            output.send(text: Array("two".utf8))
        case "flood": for _ in 0..<400 { output.send(binary: [UInt8](repeating: 0, count: 64 << 10)) }
        case "log": heard.change { $0.append("log") }
        default: output.send(text: text)
        }
    }

    func received(binary: [UInt8]) { output.send(binary: binary) }

    func closed() { heard.change { $0.append("closed") } }

    func drain() { heard.change { $0.append("drain") } }
}

/// State that a test waits on, without polling.
final class Watched<State: Sendable>: Sendable {
    private struct Content {
        var state: State
        var waiters: [(isMet: @Sendable (State) -> Bool, continuation: CheckedContinuation<State, Never>)] = []
    }

    private let content: Mutex<Content>

    init(_ state: State) { content = Mutex(Content(state: state)) }

    var now: State { content.withLock { $0.state } }

    func change(_ change: (inout State) -> Void) {
        let (state, met) = content.withLock { content in
            change(&content.state)
            let state = content.state
            let met = content.waiters.filter { $0.isMet(state) }
            content.waiters.removeAll { $0.isMet(state) }
            return (state, met.map(\.continuation))
        }
        for continuation in met { continuation.resume(returning: state) }
    }

    /// The suite's time limit ends a wait for what never comes.
    @discardableResult
    func wait(until isMet: @escaping @Sendable (State) -> Bool) async -> State {
        await withCheckedContinuation { continuation in
            let state = content.withLock { content -> State? in
                if isMet(content.state) { return content.state }
                content.waiters.append((isMet, continuation))
                return nil
            }
            if let state { continuation.resume(returning: state) }
        }
    }
}
