internal import NIOCore
internal import WebSocketWire

/// One client's socket over long polls; lives on one event loop, while its requests may come on others.
final class LongPollSession: SocketOutput, Served {
    let name: String
    private let loop: ServingLoop
    private var socket: (any ClientSocket)?
    var servedIndex = -1
    private var messages: [[UInt8]] = []
    private var queuedBytes = 0
    /// The poll that waits for messages, and until when.
    private var poll: (answer: EventLoopPromise<PollAnswer>, deadline: UInt32)?
    /// When the session ends without a poll.
    private var expiry: UInt32
    private var isClosing = false

    init(name: String, loop: ServingLoop) {
        self.name = name
        self.loop = loop
        expiry = loop.now &+ loop.settings.longPoll.expiry
    }

    func open(_ socket: any ClientSocket) {
        self.socket = socket
        loop.add(self)
        if isClosing { endLater() }
    }

    // MARK: Requests

    /// A poll: its answer holds messages, at once or when there are some.
    func poll(_ answer: EventLoopPromise<PollAnswer>) {
        poll?.answer.succeed(PollAnswer(status: .nothing))
        poll = nil
        expiry = loop.now &+ loop.settings.longPoll.expiry
        guard messages.isEmpty else {
            answer.succeed(takeMessages())
            return
        }
        guard !isClosing else {
            answer.succeed(PollAnswer(status: .gone))
            return
        }
        poll = (answer, loop.now &+ loop.settings.longPoll.window)
    }

    /// What a client sent, message by message.
    func receive(_ messages: [ClientMessage]) {
        expiry = loop.now &+ loop.settings.longPoll.expiry
        for message in messages where !isClosing {
            switch message {
            case .text(let text): socket?.received(text: text)
            case .binary(let bytes): socket?.received(binary: bytes)
            }
        }
    }

    private func takeMessages() -> PollAnswer {
        var taken: [[UInt8]] = []
        swap(&taken, &messages)
        queuedBytes = 0
        return PollAnswer(status: .messages, messages: taken)
    }

    // MARK: SocketOutput

    func send(text: [UInt8]) { send(text) }

    /// There is no binary in JSON: as in the other direction, it goes as Base64.
    func send(binary: [UInt8]) { send(Array(Base64.encode(binary).utf8)) }

    private func send(_ message: [UInt8]) {
        guard !isClosing else { return }
        messages.append(message)
        queuedBytes += message.count
        if queuedBytes > loop.settings.longPoll.maximumQueuedBytes {
            messages = []
            loop.onEvent(
                .socketFailed(
                    remote: "long poll", code: CloseCode.tryAgainLater.rawValue,
                    reason: "too many bytes wait for its polls"))
            close(code: CloseCode.tryAgainLater.rawValue, reason: "")
        } else if messages.count == 1 {
            answerLater()
        }
    }

    func close(code: UInt16, reason: String) {
        guard !isClosing else { return }
        isClosing = true
        endLater()
    }

    /// So that all messages of this turn go with one answer.
    private func answerLater() {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.execute { bound.value.answerPoll() }
    }

    private func answerPoll() {
        guard let poll, !messages.isEmpty else { return }
        self.poll = nil
        poll.answer.succeed(takeMessages())
    }

    private func endLater() {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.execute { bound.value.end() }
    }

    private func end() {
        isClosing = true
        answerPoll()
        poll?.answer.succeed(PollAnswer(status: .gone))
        poll = nil
        let told = socket
        socket = nil
        told?.closed()
        loop.remove(self)
    }

    // MARK: Served

    func tick(_ now: UInt32) {
        if let poll, now >= poll.deadline {
            self.poll = nil
            expiry = now &+ loop.settings.longPoll.expiry
            poll.answer.succeed(PollAnswer(status: .nothing))
        } else if poll == nil, now >= expiry {
            end()
        }
    }

    func drain() {
        socket?.drain()
        end()
    }

    func abort() { end() }
}

/// One message of a POST.
enum ClientMessage: Sendable {
    case text([UInt8])
    case binary([UInt8])
}

/// What a poll is told.
struct PollAnswer: Sendable {
    enum Status: Int, Sendable {
        case messages = 200
        case nothing = 204
        case forbidden = 403
        /// There is no such session; a new one comes with its token.
        case gone = 410
    }

    var status: Status
    var messages: [[UInt8]] = []
}
