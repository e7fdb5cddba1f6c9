import LiveViewWire
package import NIOCore
import WebSocketWire

/// A web application of live views: what a server serves.
///
/// ```swift
/// let application = LiveApplication(LiveConfiguration(secretKeyBase: secret)) { routes in
///     routes.live("/", Light())
/// }
/// ```
public final class LiveApplication: Sendable {
    private let core: LiveCore

    /// Makes an application of its configuration and the routes that the closure adds.
    public init(_ configuration: LiveConfiguration, _ routes: (inout Routes) -> Void) {
        var table = Routes()
        routes(&table)
        core = LiveCore(configuration, table)
    }

    /// Publishes to the views that are subscribed, from any thread.
    public func publish<Content>(_ content: Content, to topic: Topic<Content>) {
        core.topics.publish(content, to: topic.name)
    }
}

extension LiveApplication: ServedApplication {
    package func respond(to request: PageRequest, on loop: any EventLoop) -> PageResponse {
        let path = PagePath(path: request.path, query: request.query)
        if request.method == "POST", path.path == core.configuration.socketPath + "/tick" { return tick(request) }
        if request.method == "POST", let answer = FormPost(core, request).response(path) { return answer }
        guard request.method == "GET" || request.method == "HEAD" else {
            return .problem(405, "Pages are read by GET.", extraHeaders: [HTTPField("Allow", "GET, HEAD")])
        }
        if let file = core.routes.files[path.path] { return file.response(to: request) }
        if path.path == core.configuration.socketPath + "/connect.js" {
            return Document.connectScript(core.configuration).response(to: request)
        }
        return PageLoad(core, request, loop).response(path)
    }

    package func openSocket(
        for request: PageRequest, on loop: any EventLoop, output: any SocketOutput
    ) -> SocketAnswer {
        let path = core.configuration.socketPath
        guard request.path == path + "/websocket" || request.path == path + "/longpoll" else {
            return .refused(PageResponse(status: 404))
        }
        let serializer: ChannelSerializer
        switch request.parameter("vsn") ?? "1.0.0" {
        case "2.0.0": serializer = .v2
        case "1.0.0": serializer = .v1
        default: return .refused(PageResponse(status: 403))
        }
        var session = BrowserSession(request, app: core)
        session.prove(request.parameter("_csrf_token"), app: core)
        let environment = ViewEnvironment(app: core, loop: loop, session: session)
        return .accepted(SocketSession(environment, output: output, serializer: serializer))
    }

    /// What a joined view looks like, rendered whole beside what its client has: for tests.
    package func wholeHTML(of topic: String, in socket: (any ClientSocket)?) throws -> String {
        guard let view = (socket as? SocketSession)?.view(topic) else { return "" }
        return String(decoding: try LiveTree(view.renderWhole()).html(), as: UTF8.self)
    }

    /// Lets a virtual clock go on, by the milliseconds that the body says.
    private func tick(_ request: PageRequest) -> PageResponse {
        guard case .virtual(let clock) = core.configuration.clock else { return PageResponse(status: 404) }
        guard let milliseconds = Int64(String(decoding: request.body, as: UTF8.self)), milliseconds >= 0 else {
            return PageResponse.text("The body is to be a number of milliseconds.", status: 400)
        }
        clock.advance(by: .milliseconds(milliseconds))
        return PageResponse(status: 204)
    }
}
