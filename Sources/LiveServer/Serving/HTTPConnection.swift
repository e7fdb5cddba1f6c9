internal import NIOCore
internal import NIOHTTP1
internal import Transport
internal import WebSocketWire

/// One HTTP/1.1 connection: collects requests, has them answered one after the other, and makes place for a
/// ``WebSocketConnection`` when the client and the application agree on one.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler, Served {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        /// Waiting for a request.
        case idle
        /// Its body so far is in ``body``, which grows in place there.
        case receiving(DecodedHead)
        /// A long poll waits for messages.
        case answering(DecodedHead)
        /// The connection ends behind what was answered; what still comes is thrown away.
        case ending
        case upgraded
    }

    private let loop: ServingLoop
    private let isSecure: Bool
    private var phase = Phase.idle
    private var body: [UInt8] = []
    private var context: ChannelHandlerContext?
    var servedIndex = -1
    /// When time is over, on the loop's clock.
    private var deadline: UInt32
    /// Parts of later requests that came while one is being answered.
    private var early: [HTTPServerRequestPart] = []
    private var readIsWaiting = false
    private var inputHasEnded = false
    private var outputHasEnded = false

    init(loop: ServingLoop) {
        self.loop = loop
        isSecure = loop.settings.tls != nil
        deadline = loop.now &+ loop.settings.http.requestTimeout
    }

    /// Adds the handlers of HTTP to a channel.
    static func install(on channel: any Channel, loop: ServingLoop) throws {
        try ReceiveAllocator.install(on: channel)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = loop.settings.http.maximumHeaderBytes
        limits.maxHeaderFieldSize = loop.settings.http.maximumHeaderBytes
        limits.maxHeaderFieldCount = loop.settings.http.maximumHeaderFields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(HTTPConnection(loop: loop))
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data))
    }

    func read(context: ChannelHandlerContext) {
        // A client that sends request after request without waiting is read only a little ahead.
        if case .answering = phase, early.count > 8 {
            readIsWaiting = true
        } else {
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent {
            inputHasEnded = true
            switch phase {
            // A request that is not whole will not be; a poll that nobody waits for takes messages with it.
            case .idle, .receiving, .answering: end()
            case .ending: if outputHasEnded { context.close(promise: nil) }
            case .upgraded: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.close(promise: nil)
            return
        }
        switch phase {
        case .idle, .receiving: answer(.problem(for: error), to: nil)
        case .answering: end()
        case .ending, .upgraded: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    private func leave() {
        context = nil
        early = []
        if case .upgraded = phase {} else { phase = .ending }
        loop.remove(self)
    }

    // MARK: Served

    func tick(_ now: UInt32) {
        guard now >= deadline else { return }
        switch phase {
        case .receiving: answer(.problem(408, "The request took too long to arrive."), to: nil)
        case .idle, .ending: context?.close(promise: nil)
        case .answering, .upgraded: break
        }
    }

    func drain() {
        switch phase {
        case .idle: end()
        case .receiving, .answering, .ending, .upgraded: break  // Each answer ends the connection now.
        }
    }

    func abort() { context?.close(promise: nil) }
}

// MARK: - Requests

extension HTTPConnection {
    private func take(_ part: HTTPServerRequestPart) {
        switch (phase, part) {
        case (.answering, _): early.append(part)
        case (.ending, _), (.upgraded, _): break
        case (_, .head(let head)): begin(head)
        case (.receiving, .body(let buffer)):
            guard body.count + buffer.readableBytes <= loop.settings.http.maximumBodyBytes else {
                answer(tooLarge, to: nil)
                return
            }
            body.append(contentsOf: buffer.readableBytesView)
        case (.receiving(let head), .end):
            phase = .answering(head)
            var whole: [UInt8] = []
            swap(&whole, &body)
            handle(head, whole)
        case (.idle, .body), (.idle, .end): break
        }
    }

    private var tooLarge: PageResponse {
        .problem(413, "A request's body may have at most \(loop.settings.http.maximumBodyBytes) bytes.")
    }

    private func begin(_ head: DecodedHead) {
        phase = .receiving(head)
        body = []
        deadline = loop.now &+ loop.settings.http.requestTimeout
        let length = head.headers["Content-Length"].first.flatMap { Int($0) } ?? 0
        guard length <= loop.settings.http.maximumBodyBytes else {
            answer(tooLarge, to: nil)
            return
        }
        let isAsking = head.headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
        if isAsking, let context {
            let go = EncodedHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
        }
    }

    private func handle(_ head: DecodedHead, _ body: [UInt8]) {
        guard !loop.isDraining else {
            answer(.problem(503, "The server is going down. Try again in a moment."), to: nil)
            return
        }
        let made = PageRequest.make(
            head, body: body, remoteAddress: context?.channel.remoteAddress?.ipAddress ?? "",
            isSecure: isSecure, settings: loop.settings)
        switch made {
        case .refused(let response): answer(response, to: nil)
        case .request(let request): handle(request, head)
        }
    }

    private func handle(_ request: PageRequest, _ head: DecodedHead) {
        switch request.transport {
        case nil: answer(loop.application.respond(to: request, on: loop.eventLoop), to: head)
        case .webSocket: upgrade(request, head)
        case .longPoll: poll(request, head)
        }
    }

    private func poll(_ request: PageRequest, _ head: DecodedHead) {
        loop.polls.answer(request, on: loop).assumeIsolated().whenSuccess { response in
            guard case .answering = self.phase else { return }
            self.answer(response, to: head)
        }
    }

    private func upgrade(_ request: PageRequest, _ head: DecodedHead) {
        switch SocketUpgrade.agree(on: request, version: head.version, loop) {
        case .refused(let response): answer(response, to: nil)
        case .agreed(let connection, let fields): upgrade(to: connection, fields, request)
        }
    }

    private func upgrade(to connection: WebSocketConnection, _ fields: [HTTPField], _ request: PageRequest) {
        guard let context, let pipeline = try? SocketPipeline(context.pipeline.syncOperations) else { return }
        let headers = HTTPHeaders(fields.map { ($0.name, $0.value) })
        let head = EncodedHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        phase = .upgraded
        pipeline.replace(by: connection)
    }
}

/// The handlers of HTTP, to be taken out.
private struct SocketPipeline {
    let pipeline: ChannelPipeline.SynchronousOperations
    let encoder: HTTPResponseEncoder
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let connection: HTTPConnection

    init(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        self.pipeline = pipeline
        encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
        decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        connection = try pipeline.handler(type: HTTPConnection.self)
    }

    /// The decoder goes last, in a later turn: it hands on what came behind the handshake.
    func replace(by socket: WebSocketConnection) {
        do {
            try pipeline.addHandler(socket)
        } catch {
            return
        }
        pipeline.removeHandler(connection, promise: nil)
        pipeline.removeHandler(encoder, promise: nil)
        let removed = pipeline.eventLoop.makePromise(of: Void.self)
        removed.futureResult.assumeIsolated().whenComplete { _ in socket.readCompleted() }
        pipeline.removeHandler(decoder, promise: removed)
    }
}

// MARK: - Answers

extension HTTPConnection {
    /// - Parameter request: nil for an answer that ends the connection, as where the request is not understood.
    private func answer(_ response: PageResponse, to request: DecodedHead?) {
        guard let context else { return }
        let keepsConnection = (request?.isKeepAlive ?? false) && !loop.isDraining && !inputHasEnded
        let isUpgrade = request?.headers.contains(name: "Upgrade") ?? false
        // The decoder stops behind a request that asks for another protocol.
        let ends = !keepsConnection || isUpgrade
        let head = EncodedHead(response, to: request, ends: ends, loop)
        let hasBody = request?.method != .HEAD && response.status != 304 && response.status != 204
        let isWaiting = if case .answering = phase { true } else { false }
        phase = .idle
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if hasBody, !response.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: response.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        deadline = loop.now &+ loop.settings.http.keepAliveTimeout
        if ends {
            end()
        } else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            if isWaiting { goOn() }
        }
    }

    /// Takes what came while the last request was being answered.
    private func goOn() {
        var parts: [HTTPServerRequestPart] = []
        swap(&parts, &early)
        for part in parts { take(part) }
        guard readIsWaiting, let context else { return }
        readIsWaiting = false
        context.read()
    }

    /// Ends our side behind what was written, and all when the client has ended its own: closing at once could reset
    /// the connection before the client has the answer.
    private func end() {
        phase = .ending
        early = []
        body = []
        deadline = loop.now &+ loop.settings.http.keepAliveTimeout
        guard let context else { return }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.outputHasEnded = true
            self.deadline = self.loop.now &+ self.loop.settings.socket.closeTimeout
            channel.close(mode: self.inputHasEnded ? .all : .output).whenFailure { _ in channel.close(promise: nil) }
        }
        // Behind an answer this is its end, and without one it writes nothing.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }
}

extension EncodedHead {
    fileprivate init(_ response: PageResponse, to request: DecodedHead?, ends: Bool, _ loop: ServingLoop) {
        var headers = HTTPHeaders(response.headers.filter(\.staysInItsLine).map { ($0.name, $0.value) })
        for field in loop.settings.http.responseHeaders where !headers.contains(name: field.name) {
            headers.add(name: field.name, value: field.value)
        }
        headers.add(name: "Date", value: loop.dateText)
        if response.status != 204, response.status != 304 {
            headers.replaceOrAdd(name: "Content-Length", value: "\(response.body.count)")
        }
        if ends {
            headers.replaceOrAdd(name: "Connection", value: "close")
        } else if request?.version == .http1_0 {
            headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        let status = HTTPResponseStatus(statusCode: response.status, reasonPhrase: HTTPStatus.reason(response.status))
        self.init(version: .http1_1, status: status, headers: headers)
    }
}

extension HTTPField {
    /// Whether it cannot begin a field of its own: an application may put what it was sent into a field, such as the
    /// place of a redirect. Others are left out.
    fileprivate var staysInItsLine: Bool {
        !name.isEmpty && !(name.utf8.contains { $0 <= 0x20 || $0 == 0x3a || $0 == 0x7f })
            && !(value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f })
    }
}
