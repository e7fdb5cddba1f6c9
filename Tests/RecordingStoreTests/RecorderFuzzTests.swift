import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// Damaged conversations, in random pieces: nothing traps, no record is torn, and none is left out of the sequence.
@Suite struct RecorderFuzzTests {
    private var turns: [(Peer, [UInt8])] {
        [
            (.client, Array("POST /live/longpoll HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd".utf8)),
            (.server, Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>".utf8)),
            (.client, Array(upgradeRequest("/ws").utf8) + wire(.text, "early", from: .client)),
            (.server, Array(upgradeAnswer.utf8) + wire(.text, "hello", from: .server, isFinal: false)),
            (.client, wire(.binary, [UInt8](repeating: 1, count: 2000), from: .client)),
            (.server, wire(.continuation, "", from: .server) + wire(.close, [3, 232], from: .server)),
        ]
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func damagedConversationsAreRecordedWhole(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folder = JournalFolder()
        let journal = try Journal(folder.settings())
        let writer = JournalWriter(journal: journal)
        var settings = RecorderSettings()
        settings.bodies = .all
        settings.bodyByteLimit = 3
        for connection in 1...250 as ClosedRange<UInt64> {
            let recorder = ConnectionRecorder(
                connection: connection, settings: settings, writer: writer, clientAddress: "a", now: time(connection))
            for (sender, bytes) in turns {
                let damaged = mutated(bytes, using: &generator)
                for piece in randomSplit(of: damaged, using: &generator) {
                    recorder.receive(from: sender, piece.span, now: time(connection))
                    writer.commit(now: time(connection))
                }
            }
            for sender in Peer.allCases { recorder.ended(sender, now: time(connection)) }
            recorder.closed(by: .client, cause: "end of stream", now: time(connection))
        }
        writer.commit(now: time(0))
        journal.close()
        let contents = JournalContents(of: journal.paths[0])
        #expect(contents.trouble == nil)
        let byConnection = Dictionary(grouping: contents.records, by: \.stamp.connection)
        #expect(byConnection.count == 251)
        for records in byConnection.values {
            #expect(records.map(\.stamp.sequence) == Array(0..<UInt64(records.count)))
        }
        #expect(journal.statistics.connections == 250)
        #expect(journal.statistics.openConnections == 0 && journal.statistics.openSockets == 0)
        #expect(journal.statistics.rawConnections > 0 && journal.statistics.rawConnections <= 250)
        #expect(journal.statistics.sockets > 0)
    }

    private func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 30))
            }
        }
        return bytes
    }
}
