import ArgumentParser
import Foundation
import RecordingFormat
import RecordingStore
import WebSocketWire

enum DirectionChoice: String, ExpressibleByArgument, CaseIterable {
    case client, server
}

enum OpcodeChoice: String, ExpressibleByArgument, CaseIterable {
    case text, binary, close, ping, pong

    var opcode: Opcode {
        switch self {
        case .text: .text
        case .binary: .binary
        case .close: .close
        case .ping: .ping
        case .pong: .pong
        }
    }
}

/// Which messages to show; those that pass all filters.
struct MessageFilter: ParsableArguments {
    @Option(help: ArgumentHelp("Only this connection's (repeatable).", valueName: "number"))
    var socket: [UInt64] = []

    @Option(help: "Only what this side sent: client or server.")
    var direction: DirectionChoice?

    @Option(help: "Only this kind: text, binary, close, ping, pong (repeatable).")
    var opcode: [OpcodeChoice] = []

    @Option(
        help: ArgumentHelp(
            "Only messages that contain this text, anywhere in the whole inflated payload.", valueName: "text"))
    var grep: String?

    @Flag(help: "Take the text of --grep as a regular expression.")
    var regex = false

    @Option(help: ArgumentHelp("Only payloads larger than this, inflated: 512, 10kB, 1MiB.", valueName: "size"))
    var largerThan: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Only from this moment on: 1.5s, 2min since the run began, or a time of day, 10:15.", valueName: "moment"))
    var since: Moment?

    @Option(help: ArgumentHelp("Only up to this moment, told as for --since.", valueName: "moment"))
    var until: Moment?

    @Flag(help: "Leave out pings and pongs, and Phoenix's heartbeats with their replies.")
    var hideHeartbeats = false

    func validate() throws {
        guard regex else { return }
        guard let grep else { throw ValidationError("--regex needs --grep.") }
        do {
            _ = try Regex(grep)
        } catch {
            throw ValidationError("'\(grep)' is not a regular expression: \(error)")
        }
    }

    /// Whether single messages are picked out, rather than whole sockets.
    var isSelective: Bool {
        direction != nil || !opcode.isEmpty || grep != nil || largerThan != nil || hasTimes
    }

    var hasTimes: Bool { since != nil || until != nil }

    /// The part of the run that the reader has to give.
    /// - Parameter start: when the run began, in nanoseconds since 1970; nil if it has not even a record.
    func selection(runStart start: UInt64?) -> RecordingSelection {
        var selection = RecordingSelection()
        if !socket.isEmpty { selection.connections = Set(socket) }
        selection.since = start.flatMap { since?.wallTime(runStart: $0) }
        selection.until = start.flatMap { until?.wallTime(runStart: $0) }
        return selection
    }

    func passes(_ message: SocketMessage, _ search: PayloadSearch?) -> Bool {
        if let direction, direction.rawValue != "\(message.sender)" { return false }
        if !opcode.isEmpty, !opcode.contains(where: { $0.opcode == message.opcode }) { return false }
        if let largerThan, message.size <= largerThan.bytes { return false }
        if hideHeartbeats, Heartbeat.isOne(message) { return false }
        return search?.matches(message.payload) ?? true
    }

    func search() throws -> PayloadSearch? {
        try grep.map { try PayloadSearch($0, isRegex: regex) }
    }
}

/// Looks for a text or a pattern in payloads.
struct PayloadSearch {
    private enum Kind {
        case bytes([UInt8])
        case pattern(Regex<AnyRegexOutput>)
    }

    private let kind: Kind

    init(_ text: String, isRegex: Bool) throws {
        // By scalars: payloads are text of programs, and graphemes would cost ten times as much.
        kind = isRegex ? .pattern(try Regex(text).matchingSemantics(.unicodeScalar)) : .bytes(Array(text.utf8))
    }

    func matches(_ payload: [UInt8]) -> Bool {
        switch kind {
        case .bytes(let wanted):
            return Self.contains(payload, wanted)
        case .pattern(let regex):
            return ((try? regex.firstMatch(in: String(decoding: payload, as: UTF8.self))) ?? nil) != nil
        }
    }

    private static func contains(_ payload: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard let first = wanted.first else { return true }
        guard wanted.count <= payload.count else { return false }
        return payload.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            let end = bytes.count - wanted.count + 1
            var position = 0
            // Unsafe: C takes pointers; it looks at bytes before `end`, and the comparison ends within the payload.
            while position < end, let found = memchr(base + position, Int32(first), end - position) {
                position = base.distance(to: UnsafeRawPointer(found))
                if bytes[position..<(position + wanted.count)].elementsEqual(wanted) { return true }
                position += 1
            }
            return false
        }
    }
}

/// Messages that only keep a connection alive.
enum Heartbeat {
    /// Longer messages are none.
    private static let longest = 200

    static func isOne(_ message: SocketMessage) -> Bool {
        if message.opcode == .ping || message.opcode == .pong { return true }
        guard message.opcode == .text, message.payload.count <= longest else { return false }
        return isPhoenix(String(decoding: message.payload, as: UTF8.self).filter { !$0.isWhitespace })
    }

    /// Phoenix Channels, in both of its serialisations: an array in version 2, an object in version 1. Nothing but
    /// heartbeats and their replies goes over the topic "phoenix".
    private static func isPhoenix(_ text: String) -> Bool {
        if text.hasPrefix("[null,\"") {
            return text.contains("\",\"phoenix\",\"heartbeat\",{}]") || text.contains("\",\"phoenix\",\"phx_reply\",{")
        }
        guard text.hasPrefix("{"), text.contains("\"topic\":\"phoenix\"") else { return false }
        return text.contains("\"event\":\"heartbeat\"") || text.contains("\"event\":\"phx_reply\"")
    }
}
