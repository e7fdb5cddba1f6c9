package import RecordingFormat
package import WebSocketWire

/// What happened in a recorded run, decoded: messages instead of frames, exchanges instead of heads and bodies.
package enum ConversationEvent: Hashable, Sendable {
    // Indirect what is rare and large: messages are moved more often.
    indirect case socketOpened(SocketFacts)
    case message(SocketMessage)
    /// A broken rule that belongs to no message.
    indirect case violation(SocketViolation)
    indirect case socketClosed(SocketClosing)
    indirect case exchange(HTTPExchange)
    indirect case raw(RawBytes)
    /// Anything else that happened to a connection.
    indirect case connection(SocketRecord)
    indirect case gap(GapRecord)
    indirect case note(NoteRecord)
}

/// A socket as its 101 made it.
package struct SocketFacts: Hashable, Sendable {
    /// The record of the 101; of a socket whose opening is not in the recording, of its first frame.
    package var stamp: RecordStamp
    /// The request's target; empty if the opening is not in the recording.
    package var target: String
    package var subprotocol: String
    /// The answer's Sec-WebSocket-Extensions.
    package var extensions: String
    /// What `extensions` says of permessage-deflate; nil if it is not used, or not understood.
    package var deflate: PermessageDeflate?
    /// Why `extensions` is not understood.
    package var extensionProblem: String?
    /// Whether the frames are in the recording: not if the user left the socket out.
    package var isRecorded: Bool
    /// Whether the opening itself is in the recording.
    package var isOpeningRecorded: Bool
    package var request: HTTPRequestHead?
    package var response: HTTPResponseHead?

    package var connection: UInt64 { stamp.connection }
}

extension SocketFacts {
    /// A socket without compression; the other fields begin empty.
    package init(stamp: RecordStamp, target: String) {
        self.init(
            stamp: stamp, target: target, subprotocol: "", extensions: "", isRecorded: true, isOpeningRecorded: true)
    }
}

/// A message or a control frame of a socket.
package struct SocketMessage: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case message(Message)
        case control(ControlFrame)
    }

    /// The record that its last byte is in.
    package var stamp: RecordStamp
    package var sender: Peer
    /// The target of the socket's request.
    package var target: String
    package var content: Content
    /// The rules it broke.
    package var violations: [ProtocolViolation]

    package init(
        stamp: RecordStamp, sender: Peer, target: String, content: Content, violations: [ProtocolViolation] = []
    ) {
        self.stamp = stamp
        self.sender = sender
        self.target = target
        self.content = content
        self.violations = violations
    }

    package var connection: UInt64 { stamp.connection }

    package var opcode: Opcode {
        switch content {
        case .message(let message): message.opcode
        case .control(let frame): frame.opcode
        }
    }

    /// Unmasked and inflated, as far as it could be decoded and is kept.
    package var payload: [UInt8] {
        switch content {
        case .message(let message): message.payload
        case .control(let frame): frame.payload
        }
    }

    /// Bytes of the payload, unmasked and inflated.
    package var size: UInt64 {
        switch content {
        case .message(let message): message.size
        case .control(let frame): frame.wirePayloadSize
        }
    }

    /// Bytes on the wire: heads and payloads of its own frames.
    package var wireSize: UInt64 {
        switch content {
        case .message(let message): message.wireSize
        case .control(let frame): frame.wireSize
        }
    }

    /// The number of its first frame in its direction of the socket, from 0.
    package var firstFrame: UInt64 {
        switch content {
        case .message(let message): message.firstFrame
        case .control(let frame): frame.number
        }
    }

    package var frameCount: UInt64 {
        switch content {
        case .message(let message): message.frameCount
        case .control: 1
        }
    }

    package var isCompressed: Bool {
        switch content {
        case .message(let message): message.isCompressed
        case .control: false
        }
    }

    package var completeness: Message.Completeness {
        switch content {
        case .message(let message): message.completeness
        case .control(let frame):
            if !frame.isWhole {
                .endedEarly
            } else {
                UInt64(frame.payload.count) < frame.wirePayloadSize ? .cut : .whole
            }
        }
    }

    package var closeStatus: CloseStatus? {
        switch content {
        case .message: nil
        case .control(let frame): frame.closeStatus
        }
    }
}

package struct SocketViolation: Hashable, Sendable {
    package var stamp: RecordStamp
    package var sender: Peer
    package var violation: ProtocolViolation
}

package struct SocketClosing: Hashable, Sendable {
    package var stamp: RecordStamp
    package var target: String
    /// Who closed it; nil if that is not known.
    package var by: SocketRecord.Actor?
    package var cause: String
    /// The close frame's code; nil if none was seen.
    package var closeCode: CloseCode?

    package init(
        stamp: RecordStamp, target: String, by: SocketRecord.Actor? = nil, cause: String = "",
        closeCode: CloseCode? = nil
    ) {
        self.stamp = stamp
        self.target = target
        self.by = by
        self.cause = cause
        self.closeCode = closeCode
    }
}

/// Bytes that are neither HTTP nor frames, or could not be told apart.
package struct RawBytes: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// As the recorder judged.
        case recorded(FrameRecord.RawReason)
        /// Sent behind an upgrade request that was then refused: pipelined requests.
        case pipelinedHTTP
        /// Sent behind an upgrade request; whether they are frames is not known, or some of them are missing.
        case unclassified
    }

    package var stamp: RecordStamp
    package var sender: Peer
    /// Where in the sender's stream the first byte stands.
    package var offset: UInt64
    package var kind: Kind
    package var bytes: [UInt8]
    /// More than `bytes` holds if a limit cut it.
    package var byteCount: UInt64
}

/// A request and its answer, as far as they are in the recording.
package struct HTTPExchange: Hashable, Sendable {
    /// The record that ended it.
    package var stamp: RecordStamp
    /// The first record of it.
    package var began: RecordStamp
    package var number: UInt64
    package var request: HTTPRequestHead?
    /// The final answer; interim ones (1xx) are left out.
    package var response: HTTPResponseHead?
    package var requestBody: HTTPBody
    package var responseBody: HTTPBody
    /// Whether the proxy answered itself.
    package var isMadeByProxy: Bool

    package var connection: UInt64 { stamp.connection }
}

extension HTTPExchange {
    /// An exchange of one moment, its answer's body whole.
    package init(
        stamp: RecordStamp, number: UInt64, request: HTTPRequestHead?, response: HTTPResponseHead?, body: [UInt8]
    ) {
        var content = HTTPBody()
        content.bytes = body
        content.wireSize = UInt64(body.count)
        content.recordedSize = UInt64(body.count)
        self.init(
            stamp: stamp, began: stamp, number: number, request: request, response: response, requestBody: HTTPBody(),
            responseBody: content, isMadeByProxy: false)
    }
}

/// How much the decoder keeps in memory.
package struct ConversationLimits: Hashable, Sendable {
    /// Of one message, per direction of a socket.
    package var messages = MessageLimits()
    /// Bytes of one HTTP body, recorded and decoded each. Default: 16 MiB.
    package var bodyBytes = 16 << 20
    /// Exchanges of one connection that are open at a time. Default: 100; beyond that, the oldest is given as it is.
    package var openExchanges = 100
    /// Bytes that a client sent behind an upgrade request before its answer. Default: 16 MiB.
    package var earlyBytes = 16 << 20
    /// Connections at a time. Default: 10 000; beyond that, the one with the lowest number is taken as closed.
    package var connections = 10_000

    package init() {}
}
