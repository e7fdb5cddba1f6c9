import Foundation
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// TCP payload bytes of a capture file: Ethernet, IPv4, little-endian pcap, no loss; enough for the captures that the
/// fixtures are made of.
struct CapturedSegments {
    struct Segment {
        var wall: UInt64
        var clientPort: Int
        var isFromClient: Bool
        var bytes: [UInt8]
        var isEnd: Bool
    }

    private(set) var segments: [Segment] = []

    init(pcap: [UInt8], serverPorts: Set<Int>) {
        var position = 24
        var seen: [String: UInt32] = [:]
        while position + 16 <= pcap.count {
            func word(_ place: Int) -> UInt64 {
                (0..<4).reduce(0) { $0 | UInt64(pcap[place + $1]) << (8 * UInt64($1)) }
            }
            let wall = word(position) * 1_000_000_000 + word(position + 4) * 1000
            let packet = Array(pcap[(position + 16)..<(position + 16 + Int(word(position + 8)))])
            position += 16 + packet.count
            func pair(_ place: Int) -> Int { Int(packet[place]) << 8 | Int(packet[place + 1]) }
            let tcp = 14 + Int(packet[14] & 15) * 4
            let end = 14 + pair(16)
            let (source, target) = (pair(tcp), pair(tcp + 2))
            let isFromClient = serverPorts.contains(target)
            let port = isFromClient ? source : target
            let payload = Array(packet[(tcp + Int(packet[tcp + 12] >> 4) * 4)..<end])
            let sequence = UInt32(pair(tcp + 4)) << 16 | UInt32(pair(tcp + 6))
            let isEnd = packet[tcp + 13] & 5 != 0
            let key = "\(port) \(isFromClient)"
            if !payload.isEmpty {
                // A segment that was sent again begins before what came last.
                if let last = seen[key], Int32(bitPattern: sequence &- last) < 0 { continue }
                seen[key] = sequence &+ UInt32(payload.count)
            }
            guard !payload.isEmpty || isEnd else { continue }
            segments.append(
                Segment(wall: wall, clientPort: port, isFromClient: isFromClient, bytes: payload, isEnd: isEnd))
        }
    }
}

/// Makes the recordings in Tests/Fixtures/Phoenix from a folder of captures; then `gzip -9n` them. Not a part of the
/// tests: it runs if the environment names the folder.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LIVETAPE_CAPTURES"] != nil))
struct CaptureConversion {
    @Test(arguments: [
        ("lv-1.2.10", ["form", "form-debounced", "upload", "nav", "redirects", "light"]),
        ("lv-1.2.10-deflate", ["form", "form-debounced", "nav", "redirects", "light"]),
    ])
    func makesThePhoenixFixtures(_ variant: String, _ pages: [String]) throws {
        let folder = (ProcessInfo.processInfo.environment["LIVETAPE_CAPTURES"] ?? "") + "/" + variant
        let output = TestFolder()
        let journal = try Journal(
            Journal.Settings(
                folder: output.path, targetName: "127.0.0.1:4100",
                details: ["command": "livetape proxy --to http://127.0.0.1:4100", "target": "http://127.0.0.1:4100"],
                run: "phx" + (variant.hasSuffix("deflate") ? "dfl" : "pln"), release: "0"))
        let writer = JournalWriter(journal: journal)
        var connection: UInt64 = 0
        let segments = CapturedSegments(pcap: try bytes("\(folder)/sockets.pcap"), serverPorts: [4100, 4104]).segments
        let first = segments.first?.wall ?? 0
        func now(_ wall: UInt64) -> RecordingTime { RecordingTime(wall: wall, monotonic: wall - first + 1) }
        var recorders: [Int: ConnectionRecorder] = [:]
        var closed: Set<Int> = []
        let tokens = try pages.flatMap { try pageTokens("\(folder)/\($0)") }
        for segment in segments where !closed.contains(segment.clientPort) {
            if recorders[segment.clientPort] == nil, segment.isFromClient, !segment.bytes.isEmpty {
                let text = String(decoding: segment.bytes, as: UTF8.self)
                guard let page = tokens.first(where: { text.contains($0.token) }) else { continue }
                if let html = page.html {
                    connection += 1
                    deadRender(html, request: text, connection, writer, now(segment.wall))
                }
                connection += 1
                recorders[segment.clientPort] = ConnectionRecorder(
                    connection: connection, settings: RecorderSettings(), writer: writer,
                    clientAddress: "127.0.0.1:\(segment.clientPort)", now: now(segment.wall))
            }
            guard let recorder = recorders[segment.clientPort] else { continue }
            recorder.receive(
                from: segment.isFromClient ? .client : .server, segment.bytes.span, now: now(segment.wall))
            if segment.isEnd {
                closed.insert(segment.clientPort)
                recorder.closed(
                    by: segment.isFromClient ? .client : .server, cause: "end of stream", now: now(segment.wall))
            }
            writer.commit(now: now(segment.wall))
        }
        journal.close(now: now(segments.last?.wall ?? 0))
        let target = "\(fixtures)/\(variant).mcap"
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.moveItem(atPath: journal.paths[0], toPath: target)
    }

    /// The page's HTML as the browser fetched it; its heads are made up, since the capture has the sockets only.
    private func deadRender(
        _ html: [UInt8], request: String, _ connection: UInt64, _ writer: JournalWriter, _ now: RecordingTime
    ) {
        let cookie = request.split(separator: "\r\n").first { $0.hasPrefix("Cookie: ") }?.dropFirst(8) ?? ""
        let recorder = ConnectionRecorder(
            connection: connection, settings: RecorderSettings(), writer: writer, clientAddress: "127.0.0.1:40000",
            now: now)
        let question = "GET /page HTTP/1.1\r\nHost: 127.0.0.1:4100\r\nCookie: \(cookie)\r\n\r\n"
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \(html.count)\r\n"
            + "Set-Cookie: \(cookie); path=/; HttpOnly; SameSite=Lax\r\n\r\n"
        let answered = Array(answer.utf8) + html
        recorder.receive(from: .client, Array(question.utf8).span, now: now)
        writer.commit(now: now)
        recorder.receive(from: .server, answered.span, now: now)
        recorder.closed(by: .client, cause: "end of stream", now: now)
        writer.commit(now: now)
    }

    /// The CSRF tokens that the page's sockets were opened with, and the HTML that each is from, if it was kept.
    private func pageTokens(_ page: String) throws -> [(token: String, html: [UInt8]?)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(page)/http").sorted()) ?? []
        let renders = try names.map { try bytes("\(page)/http/\($0)") }
        let lines = String(decoding: try bytes("\(page)/frames.jsonl"), as: UTF8.self).split(separator: "\n")
        return lines.compactMap { line in
            guard line.contains("\"created\""), let start = line.range(of: "_csrf_token=")?.upperBound else {
                return nil
            }
            let token = String(line[start...].prefix { $0 != "&" })
            return (token, renders.first { String(decoding: $0, as: UTF8.self).contains(token) })
        }
    }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
}
