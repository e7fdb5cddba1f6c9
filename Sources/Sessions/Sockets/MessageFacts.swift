package import RecordingFormat
package import RecordingStore
package import WebSocketWire

/// A message's place, time and sizes: what stays of it when it was handled.
package struct MessageFacts: Hashable, Sendable {
    package var connection: UInt64
    package var sender: Peer
    package var stamp: RecordStamp
    /// Bytes on the wire: frames with their heads, masked, deflated.
    package var wireByteCount: UInt64
    /// Bytes of the message, inflated.
    package var byteCount: UInt64
    /// The numbers of its frames in its direction of the socket, from 0.
    package var frames: Range<UInt64>
    package var isCompressed: Bool

    package init(_ message: SocketMessage) {
        connection = message.connection
        sender = message.sender
        stamp = message.stamp
        wireByteCount = message.wireSize
        byteCount = message.size
        frames = message.firstFrame..<(message.firstFrame &+ max(message.frameCount, 1))
        isCompressed = message.isCompressed
    }

    /// Nanoseconds of the run's clock that never goes back.
    package var time: UInt64 { stamp.monotonicNanoseconds }
}

/// What a message is for: by this, totals are kept.
package enum MessageKind: UInt8, CaseIterable, Hashable, Sendable {
    case join, joinReply, event, eventReply, push, patch, navigation, componentRemoval, upload, uploadReply, heartbeat,
        leave, channel, text, json, binary, control
}
