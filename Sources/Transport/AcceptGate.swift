internal import NIOCore

/// Accepting stopped or goes on.
package enum AcceptPause: Hashable, Sendable {
    /// As many connections are open as the settings allow.
    case connectionLimit(Int)
    /// The system gave no descriptor: the text says which limit.
    case outOfDescriptors(String)
    case over
}

/// Stops accepting at a number of open connections and goes on below it; says when the system runs out of descriptors.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel

    private let limit: Int
    private let onPause: @Sendable (AcceptPause) -> Void
    private var open = 0
    private var readIsWaiting = false
    private var isPaused = false

    init(limit: Int, onPause: @escaping @Sendable (AcceptPause) -> Void) {
        self.limit = limit
        self.onPause = onPause
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let child = unwrapInboundIn(data)
        open += 1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        child.closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (gate, context) = bound.value
            gate.childClosed(context)
        }
        if isPaused, open < limit { resume() }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard open >= limit else {
            context.read()
            return
        }
        readIsWaiting = true
        if !isPaused {
            isPaused = true
            onPause(.connectionLimit(limit))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, !isPaused {
            isPaused = true
            onPause(.outOfDescriptors("\(error)"))
        }
        // NIO's own handler behind this one waits a second before the next try.
        context.fireErrorCaught(error)
    }

    private func childClosed(_ context: ChannelHandlerContext) {
        open -= 1
        guard open < limit else { return }
        if isPaused { resume() }
        if readIsWaiting {
            readIsWaiting = false
            context.read()
        }
    }

    private func resume() {
        isPaused = false
        onPause(.over)
    }
}
