import RecordingStore
import WebSocketWire

extension Opcode {
    /// "text", "binary", "close", "ping", "pong", "continuation", or "reserved-3".
    var word: String {
        switch self {
        case .text: "text"
        case .binary: "binary"
        case .close: "close"
        case .ping: "ping"
        case .pong: "pong"
        case .continuation: "continuation"
        default: "reserved-\(rawValue)"
        }
    }
}

extension Message.Completeness {
    /// As in `show --json`; nil for a whole message.
    var word: String? {
        switch self {
        case .whole: nil
        case .cut: "cut"
        case .endedEarly: "endedEarly"
        case .undecodable(.compressionContextLost): "compressionContextLost"
        case .undecodable(.deflateError): "deflateError"
        case .undecodable(.inflateLimit): "inflateLimit"
        case .undecodable(.startLost): "startLost"
        case .undecodable(.unknownExtension): "unknownExtension"
        }
    }

    /// For a person; nil for a whole message.
    var remark: String? {
        switch self {
        case .whole: nil
        case .cut: "cut: longer than what is kept"
        case .endedEarly: "ended early"
        case .undecodable(.compressionContextLost):
            "undecodable: refers to compressed bytes that are not in the recording"
        case .undecodable(.deflateError): "undecodable: not valid deflate data"
        case .undecodable(.inflateLimit): "not inflated further: larger than the limit"
        case .undecodable(.startLost): "undecodable: its beginning is not in the recording"
        case .undecodable(.unknownExtension): "undecodable: by an extension that is not known"
        }
    }
}

extension SocketMessage {
    var isUndecodable: Bool {
        switch completeness {
        case .undecodable: true
        case .whole, .cut, .endedEarly: false
        }
    }
}
