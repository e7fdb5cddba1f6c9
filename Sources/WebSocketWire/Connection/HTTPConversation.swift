/// Both directions of a connection while they are HTTP: pairs answers with requests, and sees when HTTP ends.
///
/// What can go wrong is the peers' doing, and ends in raw bytes; see ``ConnectionParser`` for the rules.
struct HTTPConversation: Sendable {
    typealias Step = ConnectionParser.Step

    enum Phase {
        case http
        case opening(SocketOpening, SettledConnection)
        case settled(SettledConnection)
    }

    enum ClientMode {
        case http
        /// Behind a request for another protocol that waits for its answer.
        case early(EarlyBytes)
        /// The refusal came within this head: its rest is raw like its beginning, and requests begin behind it.
        case restOfEarlyHead
        /// It is raw, and has yet to say so.
        case failed(HTTPViolation)
        case raw
    }

    enum ServerMode {
        case http
        case raw
    }

    let limits: HTTPLimits
    private(set) var phase: Phase = .http
    var client: ClientMode = .http
    var server: ServerMode = .http
    /// Follows the client's direction as requests, early bytes included.
    var requests: HTTPRequestParser
    private var responses: HTTPResponseParser
    var clientOffset: UInt64 = 0
    private var serverOffset: UInt64 = 0

    /// How many requests there were, those among early bytes included.
    private var requestCount: UInt64 = 0
    /// How many have their whole answer.
    private var answerCount: UInt64 = 0
    private var unanswered: [HTTPRequestKind] = []
    /// The first unanswered request for another protocol.
    var pendingSwitch: ProtocolSwitch?

    init(limits: HTTPLimits) {
        self.limits = limits
        requests = HTTPRequestParser(limits: limits)
        responses = HTTPResponseParser(limits: limits)
    }

    /// The request that the client's current body belongs to.
    var currentRequest: UInt64 { requestCount &- 1 }

    mutating func next(from sender: Peer, _ bytes: Span<UInt8>, at position: inout Int) -> Step {
        let start = position
        switch sender {
        case .client:
            let step = nextFromClient(bytes, at: &position)
            clientOffset &+= UInt64(position - start)
            settleIfRaw()
            return step
        case .server:
            let step = nextFromServer(bytes, at: &position)
            serverOffset &+= UInt64(position - start)
            settle(after: step)
            settleIfRaw()
            return step
        }
    }

    func end(of sender: Peer) -> ConnectionEnd {
        switch sender {
        case .client: endOfClient()
        case .server: endOfServer()
        }
    }

    /// Counts a request.
    /// - Returns: the violation if too many wait for an answer.
    mutating func count(_ head: HTTPRequestHead) -> HTTPViolation? {
        guard unanswered.count < limits.unansweredRequestCount else {
            return .tooManyUnansweredRequests(limit: limits.unansweredRequestCount)
        }
        unanswered.append(HTTPRequestKind(method: head.method))
        requestCount &+= 1
        return nil
    }
}

// MARK: - The server's direction

extension HTTPConversation {
    private mutating func nextFromServer(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        switch server {
        case .raw:
            guard position < bytes.count else { return .needsBytes }
            let rest = position..<bytes.count
            position = bytes.count
            return .raw(rest, offset: serverOffset, .notHTTP)
        case .http:
            if isClientRaw, unanswered.isEmpty, responses.isBetweenMessages, position < bytes.count {
                server = .raw
                return .notHTTP(.otherDirection, heldBytes: [], offset: serverOffset)
            }
        }
        switch responses.next(bytes, at: &position, answering: unanswered.first) {
        case .needsBytes: return .needsBytes
        case .head(let head, let offset): return receive(head, offset: offset)
        case .body(let range): return .body(range, exchange: answerCount)
        case .messageEnd:
            defer { countAnswer() }
            return .messageEnd(exchange: answerCount)
        case .notHTTP(let violation, let held, let offset):
            server = .raw
            return .notHTTP(violation, heldBytes: held, offset: offset)
        }
    }

    private var isClientRaw: Bool {
        switch client {
        case .raw, .failed: true
        case .http, .early, .restOfEarlyHead: false
        }
    }

    private mutating func countAnswer() {
        answerCount &+= 1
        if !unanswered.isEmpty { unanswered.removeFirst() }
    }

    private mutating func receive(_ head: HTTPResponseHead, offset: UInt64) -> Step {
        let response = Step.response(head, exchange: answerCount, offset: offset)
        guard !head.isInterim else { return response }
        let isTunnel = unanswered.first == .connect && (200...299).contains(head.status)
        if head.status == 101 || isTunnel {
            guard let pendingSwitch, pendingSwitch.exchange == answerCount, case .early = client,
                isTunnel == (pendingSwitch.kind == .tunnel)
            else {
                server = .raw
                return .notHTTP(.unrequestedSwitch, heldBytes: head.bytes, offset: offset)
            }
        } else if let pendingSwitch, pendingSwitch.exchange == answerCount {
            refuseSwitch()
        }
        return response
    }

    /// Ends HTTP if the step is the head that switches protocols. The server's offset stands behind it.
    private mutating func settle(after step: Step) {
        guard case .response(let head, let exchange, _) = step, !head.isInterim,
            let pendingSwitch, pendingSwitch.exchange == exchange, case .early(let early) = client
        else { return }
        let switchesToSocket = pendingSwitch.kind == .webSocket && head.fields.contains("websocket", in: "Upgrade")
        guard switchesToSocket else {
            phase = .settled(
                SettledConnection(
                    client: .raw(.otherProtocol, offset: clientOffset),
                    server: .raw(.otherProtocol, offset: serverOffset)))
            return
        }
        let opening = SocketOpening(
            exchange: exchange, target: pendingSwitch.target, subprotocol: head.fields["Sec-WebSocket-Protocol"],
            extensions: head.fields["Sec-WebSocket-Extensions"], earlyByteCount: early.byteCount)
        phase = .opening(
            opening,
            SettledConnection(client: early.clientAfterOpening, server: .frames(FrameParser(offset: serverOffset))))
    }

    private mutating func settleIfRaw() {
        guard case .raw = client, case .raw = server else { return }
        phase = .settled(
            SettledConnection(
                client: .raw(.notHTTP, offset: clientOffset), server: .raw(.notHTTP, offset: serverOffset)))
    }

    private func endOfServer() -> ConnectionEnd {
        switch server {
        case .raw: return ConnectionEnd(.raw, offset: serverOffset)
        case .http: break
        }
        if responses.isInBody {
            let outcome: ConnectionEnd.Outcome =
                responses.endsWithStream
                ? .completesBody(exchange: answerCount) : .tearsMessage(exchange: answerCount)
            return ConnectionEnd(outcome, offset: serverOffset)
        }
        let held = responses.unfinishedHead
        return ConnectionEnd(
            held.isEmpty ? .clean : .tearsHead, heldBytes: held, offset: serverOffset &- UInt64(held.count))
    }
}
