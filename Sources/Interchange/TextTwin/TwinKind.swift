import RecordingFormat
import WebSocketWire

/// The fourth column of a line: what the record is.
enum TwinKind: Hashable {
    /// A frame with its head, whose opcode this is.
    case opcode(Opcode)
    /// A later part of a frame.
    case part
    /// A frame whose head is none of RFC 6455; it stands in hexadecimal digits.
    case frame
    case raw
    case http(HTTPRecord.Kind)
    case socket(SocketRecord.Kind)
    case gap
    case note(NoteRecord.Kind)

    static let all: [TwinKind] =
        (0..<16).map { .opcode(Opcode(rawValue: $0)) } + [.part, .frame, .raw]
        + HTTPRecord.Kind.allCases.map { .http($0) } + SocketRecord.Kind.allCases.map { .socket($0) }
        + [.gap] + NoteRecord.Kind.allCases.map { .note($0) }

    private static let byWord = Dictionary(uniqueKeysWithValues: all.map { ($0.word, $0) })

    init?(word: String) {
        guard let kind = Self.byWord[word] else { return nil }
        self = kind
    }

    var word: String {
        switch self {
        case .opcode(let opcode): Self.word(opcode)
        case .part: "part"
        case .frame: "frame"
        case .raw: "raw"
        case .http(.head): "http-head"
        case .http(.body): "http-body"
        case .http(.end): "http-end"
        case .socket(let kind): Self.word(kind)
        case .gap: "gap"
        case .note(.runEnded): "run-ended"
        case .note(.resumed): "resumed"
        case .note(.rotated): "rotated"
        case .note(.warning): "warning"
        }
    }

    private static func word(_ opcode: Opcode) -> String {
        switch opcode {
        case .continuation: "continuation"
        case .text: "text"
        case .binary: "binary"
        case .close: "close"
        case .ping: "ping"
        case .pong: "pong"
        default: "reserved-\(opcode.rawValue)"
        }
    }

    private static func word(_ kind: SocketRecord.Kind) -> String {
        switch kind {
        case .connectionOpened: "connection-opened"
        case .connectFailed: "connect-failed"
        case .tls: "tls"
        case .socketOpened: "socket-opened"
        case .socketClosed: "socket-closed"
        case .connectionClosed: "connection-closed"
        case .notHTTP: "not-http"
        case .unframeable: "unframeable"
        }
    }
}

extension Direction {
    var word: String {
        switch self {
        case .client: "client"
        case .server: "server"
        }
    }
}

extension SocketRecord.Actor {
    var word: String {
        switch self {
        case .client: "client"
        case .server: "server"
        case .proxy: "proxy"
        }
    }

    var direction: Direction? {
        switch self {
        case .client: .client
        case .server: .server
        case .proxy: nil
        }
    }
}

extension FrameRecord.RawReason {
    var word: String {
        switch self {
        case .unansweredUpgrade: "unanswered-upgrade"
        case .notHTTP: "not-http"
        case .unframeable: "unframeable"
        case .otherProtocol: "other-protocol"
        case .unfinishedHead: "unfinished-head"
        }
    }
}

/// What can stand in the object at the end of a line. Where the schema of the recording has the same field, the key has
/// its name.
enum TwinExtra: String, CaseIterable {
    // Of every record.
    case skip
    case wall
    // Of frames and HTTP: where the bytes are.
    case skipBytes = "skip_bytes"
    case skipFrames = "skip_frames"
    case part
    case more
    case base64
    // Of a frame's head.
    case fin
    case rsv
    case mask
    case length
    case lengthSize = "length_size"
    case head
    case rawReason = "raw_reason"
    case wireSize = "wire_size"
    // Of HTTP.
    case exchange
    case madeByProxy = "made_by_proxy"
    case bodySize = "body_size"
    case bodyRecorded = "body_recorded"
    // Of connections and sockets.
    case target
    case subprotocol
    case `extensions`
    case clientAddress = "client_address"
    case serverAddress = "server_address"
    case closeCode = "close_code"
    case recorded
    case earlyClientBytes = "early_client_bytes"
    case tlsVersion = "tls_version"
    case tlsCipher = "tls_cipher"
    case tlsALPN = "tls_alpn"
    case tlsServerName = "tls_server_name"
    case leg
    // Of gaps and notes.
    case fromWall = "from_wall"
    case toWall = "to_wall"
    case records
    case bytes
    case nextFile = "next_file"
}
