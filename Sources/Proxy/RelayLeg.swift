internal import NIOCore
internal import RecordingStore
internal import WebSocketWire

/// One of a relay's two channels: tells the relay what happens, and lets it read only when the other side keeps up.
final class RelayLeg: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The peer at this leg's other end.
    let peer: Peer
    private let relay: Relay
    private(set) var context: ChannelHandlerContext?
    private var readIsWaiting = false
    private var hasWritten = false

    init(peer: Peer, relay: Relay) {
        self.peer = peer
        self.relay = relay
    }

    /// False for a leg to a server that was tried and not taken: the relay hears nothing of it.
    private var isInUse: Bool { relay.leg(to: peer) === self }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isInUse else { return }
        relay.received(unwrapInboundIn(data), from: peer)
    }

    func read(context: ChannelHandlerContext) {
        if relay.mayRead(from: peer) {
            context.read()
        } else {
            readIsWaiting = true
        }
    }

    /// Reads on, if a read had to wait.
    func resumeReading() {
        guard readIsWaiting, let context, relay.mayRead(from: peer) else { return }
        readIsWaiting = false
        context.read()
    }

    /// Hands bytes to the channel; they leave with ``flush()``.
    func write(_ buffer: ByteBuffer) {
        guard let context else { return }
        hasWritten = true
        context.write(NIOAny(buffer), promise: nil)
    }

    /// Lets go of what was written. Most turns of the loop have bytes for one of a relay's legs only, and a flush of
    /// nothing takes its way through the whole pipeline too.
    func flush() {
        guard hasWritten else { return }
        hasWritten = false
        context?.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isInUse { relay.writabilityChanged(of: peer) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isInUse, case .inputClosed = event as? ChannelEvent { relay.ended(peer, cause: "end of stream") }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isInUse { relay.failed(peer, error: error) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isInUse { relay.closed(peer) }
    }
}
