import RecordingFormat
import TestSupport
import WebSocketWire

@testable import RecordingStore

/// A run as sockets of a live-view application make it, deterministic: compressed with context takeover both ways and not
/// compressed, messages in fragments with control frames between them, frames in parts, other requests beside.
struct TestTraffic {
    private(set) var journal = TestJournal()
    private var source: SeededGenerator
    private var deflaters: [String: Deflater] = [:]
    private var counter = 0
    /// Sockets 1 and 3 of each four are compressed.
    private let sockets: UInt64
    /// Fragments that a socket's direction still has to send.
    private var pending: [String: [[UInt8]]] = [:]

    init(sockets: UInt64 = 3, seed: UInt64 = 7) {
        self.sockets = sockets
        source = SeededGenerator(seed: seed)
        for connection in 1...sockets { open(connection) }
    }

    /// All of a run, closed.
    static func mixed(messages: Int, sockets: UInt64 = 3, seed: UInt64 = 7) -> TestJournal {
        var traffic = TestTraffic(sockets: sockets, seed: seed)
        for _ in 0..<messages { traffic.step() }
        return traffic.finished()
    }

    private func isCompressed(_ connection: UInt64) -> Bool { connection % 2 == 1 }

    private mutating func open(_ connection: UInt64) {
        journal.event(connection, .connectionOpened) { $0.clientAddress = "127.0.0.1:5\(connection)" }
        journal.request(connection, "GET /live/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let extensions = isCompressed(connection) ? "permessage-deflate" : ""
        let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
        journal.http(connection, .server, .head, Array(head.utf8))
        journal.open(connection, target: "/live/websocket?vsn=2.0.0", extensions: extensions)
    }

    /// One thing happens: a whole message or a fragment, a control frame, or something beside the sockets.
    mutating func step() {
        counter += 1
        let connection = UInt64.random(in: 1...sockets, using: &source)
        let sender: Direction = Bool.random(using: &source) ? .client : .server
        let key = "\(connection) \(sender)"
        switch Int.random(in: 0..<12, using: &source) {
        case 0: journal.frame(connection, sender, wireFrame(.ping, Array("ping \(counter)".utf8), from: sender))
        case 1: journal.append(.note(NoteRecord(stamp: journal.stamp(0), kind: .resumed, text: "note \(counter)")))
        case 2:
            let other = sockets + UInt64(counter)
            journal.event(other, .connectionOpened)
            journal.request(other, "GET /assets/app.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
            journal.http(other, .server, .body, source.bytes(200), bodySize: 200, bodyRecorded: 200)
            journal.event(other, .connectionClosed)
        default:
            if var fragments = pending[key], !fragments.isEmpty {
                journal.frame(connection, sender, fragments.removeFirst(), parts: 1 + counter % 3)
                pending[key] = fragments
            } else {
                message(connection, sender, key)
            }
        }
    }

    private mutating func message(_ connection: UInt64, _ sender: Direction, _ key: String) {
        var payload = Array(diff(Int.random(in: 20...900, using: &source)).utf8)
        let deflated = isCompressed(connection)
        if deflated {
            var output: [UInt8] = []
            _ = deflaters[key, default: Deflater()].append(message: payload.span, to: &output)
            payload = output
        }
        guard Int.random(in: 0..<4, using: &source) == 0, payload.count >= 4 else {
            let parts = 1 + counter % 4
            journal.frame(connection, sender, wireFrame(.text, payload, from: sender, deflated: deflated), parts: parts)
            return
        }
        var fragments: [[UInt8]] = []
        let cuts = [0, payload.count / 4, payload.count / 2, payload.count]
        for (index, (begin, end)) in zip(cuts, cuts.dropFirst()).enumerated() {
            let opcode: Opcode = index == 0 ? .text : .continuation
            var frame = wireFrame(opcode, Array(payload[begin..<end]), from: sender, deflated: deflated && index == 0)
            if end < payload.count { frame[0] &= 0x7f }
            fragments.append(frame)
        }
        journal.frame(connection, sender, fragments.removeFirst())
        pending[key] = fragments
    }

    private mutating func diff(_ count: Int) -> String {
        var text =
            "[\"4\",\"12\",\"lv:phx-F\",\"diff\",{\"0\":{\"s\":[\"<li id=\\\"\",\"\\\">\"],\"n\":\(counter),\"d\":["
        while text.utf8.count < count { text += "[\"item-\(Int.random(in: 0..<99, using: &source))\",\"name\"]," }
        return text + "[]]}}]"
    }

    /// Rotates: the rest goes into another file, whose records are those of the journal from here on.
    var recordCount: Int { journal.records.count }

    consuming func finished() -> TestJournal {
        for connection in 1...sockets {
            journal.event(connection, .socketClosed)
            journal.event(connection, .connectionClosed)
        }
        journal.note(.runEnded)
        return journal
    }
}
