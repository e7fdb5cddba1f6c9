internal import NIOCore
internal import RecordingFormat
internal import RecordingStore
internal import Transport
internal import WebSocketWire

/// One connection through the proxy: the client's leg, the server's leg, and the recorder that listens in between.
///
/// Bytes are handed from leg to leg as they came. The recorder sees the same bytes first; they leave when its records
/// are in the journal (see ``RelayLoop``).
final class Relay {
    private enum Phase {
        case connecting
        case relaying
        /// The target cannot be reached: the first request gets this answer.
        case refusing(BadGateway)
        /// The proxy has said what it had to say; what still comes is thrown away.
        case refused
        case closed
    }

    let connection: UInt64
    private let loop: RelayLoop
    private let recorder: ConnectionRecorder
    private let isTargetSecure: Bool
    private var rewriter: RequestRewriter?
    private var phase = Phase.connecting
    private var client: RelayLeg?
    private var server: RelayLeg?
    private var clientStream = StreamState()
    private var serverStream = StreamState()
    private var needsFlush = false
    /// What a client sent that half-closed before the target was connected: NIO reads to the end then, asked or not.
    private var early: [ByteBuffer] = []
    /// The proxy stops: the legs close behind what they still have to write.
    private var isStopping = false
    /// Who ended the connection first, and how.
    private var firstEnd: (by: SocketRecord.Actor, cause: String)?

    /// How far one direction has come.
    private struct StreamState {
        /// The sender will send no more.
        var isEnded = false
        /// The other leg has been told so.
        var isForwarded = false
        /// The other leg has been closed for that reason.
        var isForwardedWhole = false
        /// The sender's channel is gone.
        var isClosed = false
    }

    init(connection: UInt64, loop: RelayLoop, settings: ProxySettings, clientAddress: String) {
        self.connection = connection
        self.loop = loop
        isTargetSecure = settings.target.isSecure
        recorder = ConnectionRecorder(
            connection: connection, settings: settings.recorder, writer: loop.writer, clientAddress: clientAddress,
            now: .now())
        if settings.rewriting.isNeeded { rewriter = RequestRewriter(settings.rewriting) }
        loop.add(self, connection: connection)
        loop.schedule()
    }

    func makeClientLeg() -> RelayLeg {
        let leg = RelayLeg(peer: .client, relay: self)
        client = leg
        return leg
    }

    /// A leg that may become the server's: of several addresses of a target one is connected first, and a TLS
    /// handshake can fail.
    func makeServerLeg() -> RelayLeg { RelayLeg(peer: .server, relay: self) }

    func leg(to peer: Peer) -> RelayLeg? {
        switch peer {
        case .client: client
        case .server: server
        }
    }

    /// Whether nothing is lost when the connection is closed now: no request waits for its answer.
    var isIdle: Bool { recorder.isSocket || !recorder.hasUnansweredRequest }

    // MARK: Connecting

    func connected(_ leg: RelayLeg, serverAddress: String) {
        guard case .connecting = phase else {
            leg.context?.close(promise: nil)
            return
        }
        recorder.connected(serverAddress: serverAddress, now: .now())
        server = leg
        phase = .relaying
        for buffer in early { forward(buffer, from: .client) }
        early = []
        if clientStream.isEnded { forwardRest() }
        markForFlush()
        client?.resumeReading()
        leg.resumeReading()
    }

    func connectFailed(_ failure: BadGateway) {
        guard case .connecting = phase else { return }
        let now = RecordingTime.now()
        recorder.connectFailed(serverAddress: failure.target, cause: failure.cause, now: now)
        phase = .refusing(failure)
        early = []
        if recorder.requestTarget != nil {
            refuse(failure, now)
        } else if clientStream.isEnded {
            client?.context?.close(promise: nil)
        }
        markForFlush()
        client?.resumeReading()
    }

    func secured(_ peer: Peer, _ facts: TLSFacts) {
        recorder.secured(
            leg: peer, version: facts.version, cipher: facts.cipher, alpn: facts.applicationProtocol,
            serverName: facts.serverName, now: .now())
        loop.schedule()
    }

    // MARK: Bytes

    /// Back-pressure: a peer is read from only while the other one takes what it is given.
    func mayRead(from peer: Peer) -> Bool {
        switch phase {
        // A handshake of TLS is read by the handler in front; what it lets through comes after `connected`.
        case .connecting: peer == .server && isTargetSecure
        case .relaying: leg(to: peer.other)?.isWritable ?? true
        case .refusing, .refused, .closed: true
        }
    }

    func writabilityChanged(of peer: Peer) {
        guard let leg = leg(to: peer), leg.isWritable else { return }
        self.leg(to: peer.other)?.resumeReading()
    }

    func received(_ buffer: ByteBuffer, from sender: Peer) {
        let now = RecordingTime.now()
        switch phase {
        case .refused, .closed: return
        case .refusing(let failure):
            record(buffer, from: sender, now)
            if recorder.requestTarget != nil { refuse(failure, now) }
        case .connecting, .relaying:
            record(buffer, from: sender, now)
            forward(buffer, from: sender)
        }
        markForFlush()
    }

    private func record(_ buffer: ByteBuffer, from sender: Peer, _ now: RecordingTime) {
        recorder.receive(from: sender, buffer.readableBytesUInt8Span, now: now)
        loop.hold(buffer)
    }

    private func forward(_ buffer: ByteBuffer, from sender: Peer) {
        guard let leg = leg(to: sender.other), leg.context != nil else {
            if case .connecting = phase { early.append(buffer) }
            return
        }
        guard sender == .client, rewriter != nil else {
            leg.write(buffer)
            return
        }
        // The server's answers decide when a connection becomes a socket: from then on nothing is rewritten.
        if recorder.isSocket {
            forwardRest()
            rewriter = nil
            leg.write(buffer)
        } else if let rewritten = rewriter?.rewrite(buffer) {
            leg.write(rewritten)
        }
    }

    /// Lets go of what the rewriter holds of an unfinished head.
    private func forwardRest() {
        guard let server, server.context != nil, let rest = rewriter?.rest() else { return }
        server.write(rest)
    }

    private func markForFlush() {
        guard !needsFlush else { return }
        needsFlush = true
        loop.flushAfterCommit(self)
    }

    /// Called when the records of what was received are in the journal.
    func flush() {
        needsFlush = false
        client?.flush()
        server?.flush()
        forwardEnd(of: .client)
        forwardEnd(of: .server)
        guard isStopping else { return }
        Self.close(client?.context, mode: .all)
        Self.close(server?.context, mode: .all)
    }

    // MARK: The proxy's own answer

    private func refuse(_ failure: BadGateway, _ now: RecordingTime) {
        phase = .refused
        recorder.madeByProxy(head: failure.head, now: now)
        guard let client, let channel = client.context?.channel else { return }
        note(.proxy, "the target could not be reached: \(failure.cause)")
        client.write(ByteBuffer(bytes: failure.head + failure.body))
        serverStream.isEnded = true
        // A browser closes when it has the answer; whoever does not is closed a little later.
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    }

    // MARK: The end

    func ended(_ peer: Peer, cause: String) {
        guard !self[peer].isEnded else { return }
        self[peer].isEnded = true
        note(SocketRecord.Actor(peer), cause)
        recorder.ended(peer, now: .now())
        if peer == .client { forwardRest() }
        switch phase {
        case .refusing: client?.context?.close(promise: nil)
        case .connecting, .relaying, .refused, .closed: break
        }
        markForFlush()
    }

    func failed(_ peer: Peer, error: any Error) {
        note(SocketRecord.Actor(peer), TransportFailure.describe(error))
    }

    func closed(_ peer: Peer) {
        self[peer].isClosed = true
        ended(peer, cause: "the connection was lost")
        let other = peer.other
        if let leg = leg(to: other), !self[other].isClosed, leg.context != nil {
            markForFlush()
        } else {
            finish()
        }
    }

    /// Tells the other leg that the sender sends no more, behind everything that was sent.
    private func forwardEnd(of sender: Peer) {
        guard self[sender].isEnded, let context = leg(to: sender.other)?.context else { return }
        let isWhole = self[sender].isClosed || self[sender.other].isEnded
        guard isWhole ? !self[sender].isForwardedWhole : !self[sender].isForwarded else { return }
        self[sender].isForwarded = true
        self[sender].isForwardedWhole = isWhole
        Self.close(context, mode: isWhole ? .all : .output)
    }

    /// Closes behind what was written: closing alone drops what the kernel has not taken yet. Only for bytes whose
    /// records are in the journal, since it flushes.
    private static func close(_ context: ChannelHandlerContext?, mode: CloseMode) {
        guard let context else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
        let channel = context.channel
        written.futureResult.whenComplete { _ in
            channel.close(mode: mode).whenFailure { _ in channel.close(promise: nil) }
        }
    }

    /// The proxy stops: closes both legs.
    /// - Parameter atOnce: false: when what was received has been passed on.
    func stop(atOnce: Bool) {
        note(.proxy, "the proxy stopped")
        if atOnce {
            client?.context?.close(promise: nil)
            server?.context?.close(promise: nil)
        } else if !isStopping {
            isStopping = true
            markForFlush()
        }
    }

    private func finish() {
        if case .closed = phase { return }
        phase = .closed
        let end = firstEnd ?? (.proxy, "closed")
        recorder.closed(by: end.by, cause: end.cause, now: .now())
        loop.schedule()
        loop.remove(connection: connection)
    }

    private func note(_ actor: SocketRecord.Actor, _ cause: String) {
        if firstEnd == nil { firstEnd = (actor, cause) }
    }

    private subscript(peer: Peer) -> StreamState {
        get {
            switch peer {
            case .client: clientStream
            case .server: serverStream
            }
        }
        set {
            switch peer {
            case .client: clientStream = newValue
            case .server: serverStream = newValue
            }
        }
    }
}
