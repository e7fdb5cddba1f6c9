import Foundation
import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// Records become messages, exchanges and the rest.
@Suite struct ReadingConversationTests {
    @Test(arguments: [1, 2, 3, 7])
    func partsOfAFrameAreJoined(parts: Int) {
        var journal = TestJournal()
        journal.open(1)
        journal.text(1, .client, "hello, live view", parts: parts)
        journal.text(1, .server, "hello, browser", parts: parts)
        let messages = decode(journal.records).messages
        #expect(messages.map(\.sender) == [.client, .server])
        #expect(decode(journal.records).texts == ["hello, live view", "hello, browser"])
        #expect(messages.map(\.target) == ["/live", "/live"])
        #expect(messages.allSatisfy { $0.completeness == .whole && $0.violations.isEmpty })
        #expect(messages.last?.stamp == journal.records.last?.stamp)
    }

    private static func deflated(_ texts: [String]) -> [[UInt8]] {
        var deflater = Deflater()
        return texts.map { text in
            var bytes: [UInt8] = []
            _ = deflater.append(message: Array(text.utf8).span, to: &bytes)
            return bytes
        }
    }

    private static let diffs = (0..<4).map { "{\"diff\":\"the same words in each message\",\"n\":\($0)}" }

    @Test func compressionContextIsCarriedOver() {
        var journal = TestJournal()
        journal.open(1, extensions: "permessage-deflate")
        for bytes in Self.deflated(Self.diffs) {
            journal.frame(1, .server, wireFrame(.text, bytes, from: .server, deflated: true))
        }
        let events = decode(journal.records)
        #expect(events.texts == Self.diffs)
        #expect(events.messages.map(\.isCompressed) == [true, true, true, true])
    }

    @Test func behindAGapCompressedMessagesAreSaidToBeUndecodable() {
        var journal = TestJournal()
        journal.open(1, extensions: "permessage-deflate")
        let payloads = Self.deflated(Self.diffs)
        journal.frame(1, .server, wireFrame(.text, payloads[0], from: .server, deflated: true))
        journal.append(
            .gap(
                GapRecord(
                    stamp: journal.stamp(1), cause: "disk full", fromWallNanoseconds: 1, toWallNanoseconds: 2,
                    records: 1, bytes: 50)))
        journal.frame(1, .server, wireFrame(.text, payloads[1], from: .server, deflated: true))
        journal.text(1, .server, "plain")
        let messages = decode(journal.records).messages
        #expect(
            messages.map(\.completeness) == [.whole, .undecodable(.compressionContextLost), .whole])
        #expect(messages.last.map { String(decoding: $0.payload, as: UTF8.self) } == "plain")
    }

    @Test func aMissingSequenceNumberIsAGapForItsConnection() throws {
        let folder = try TemporaryFolder()
        var journal = TestJournal()
        journal.open(1, extensions: "permessage-deflate")
        let payloads = Self.deflated(Self.diffs)
        journal.frame(1, .server, wireFrame(.text, payloads[0], from: .server, deflated: true))
        journal.lose(1, of: 1)
        journal.countFrames(1, 1, .server)
        journal.frame(1, .server, wireFrame(.text, payloads[2], from: .server, deflated: true))
        let path = try folder.write(journal.bytes())
        var reader = try ConversationReader(run: RecordingRun.find(at: [path])[0])
        var completeness: [Message.Completeness] = []
        var missing: UInt64 = 0
        reading: while true {
            switch try reader.next() {
            case .event(.message(let message)): completeness.append(message.completeness)
            case .missing(let records): missing += records.count
            case .event, .skipped, .caughtUp: continue
            case .ended: break reading
            }
        }
        #expect(missing == 1)
        #expect(completeness == [.whole, .undecodable(.compressionContextLost)])
    }

    @Test func earlyClientBytesAreFramesWhenTheSocketOpens() {
        let first = wireFrame(.text, Array("early".utf8), from: .client)
        let second = wireFrame(.text, Array("torn by the answer".utf8), from: .client)
        var journal = TestJournal()
        journal.request(1, "GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")
        journal.raw(1, .unansweredUpgrade, first + second.prefix(9), offset: 60)
        journal.http(1, .server, .head, Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8))
        journal.open(1, early: UInt64(first.count + 9))
        journal.raw(1, .unansweredUpgrade, Array(second.dropFirst(9)), offset: 60 + UInt64(first.count) + 9)
        journal.countFrames(2, 1, .client)
        journal.text(1, .client, "after")
        let events = decode(journal.records)
        #expect(events.texts == ["early", "torn by the answer", "after"])
        #expect(events.messages.map(\.firstFrame) == [0, 1, 2])
        #expect(events.messages.allSatisfy { $0.completeness == .whole })
    }

    @Test func earlyClientBytesAreRequestsWhenTheUpgradeIsRefused() {
        let pipelined = Array("GET /next HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var journal = TestJournal()
        journal.request(1, "GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")
        journal.raw(1, .unansweredUpgrade, pipelined, offset: 60)
        journal.http(1, .server, .head, Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8))
        let raws = decode(journal.records).compactMap { event in
            switch event {
            case .raw(let raw): raw
            default: nil
            }
        }
        #expect(raws.map(\.kind) == [.pipelinedHTTP])
        #expect(raws.map(\.bytes) == [pipelined])
    }

    @Test func earlyBytesThatAreNotAllThereAreLeftRaw() {
        var journal = TestJournal()
        journal.raw(1, .unansweredUpgrade, [1, 2, 3], offset: 60)
        journal.open(1, early: 10)
        journal.text(1, .client, "after")
        let events = decode(journal.records)
        #expect(events.texts == ["after"])
        #expect(
            events.contains { event in
                if case .raw(let raw) = event { raw.kind == .unclassified } else { false }
            })
    }

    @Test func violationsComeWithTheMessageThatBrokeTheRule() {
        var journal = TestJournal()
        journal.open(1)
        journal.frame(1, .client, [0x01, 0x01] + Array("a".utf8))  // unmasked, and not final
        journal.frame(1, .client, wireFrame(.ping, [], from: .client))
        journal.frame(1, .client, [0x80, 0x81, 0, 0, 0, 0] + Array("b".utf8))
        let messages = decode(journal.records).messages
        #expect(messages.map(\.opcode) == [.ping, .text])
        #expect(messages.map(\.violations.count) == [0, 1])
        #expect(messages.last?.violations.first?.kind == .unmaskedClientFrame)
    }

    @Test func anUnfinishedMessageComesOutWhenItsSocketCloses() {
        var journal = TestJournal()
        journal.open(1)
        journal.frame(1, .server, [0x01, 0x03] + Array("abc".utf8))
        journal.event(1, .socketClosed, by: .server) {
            $0.cause = "reset"
            $0.closeCode = 1006
        }
        let events = decode(journal.records)
        #expect(events.messages.map(\.completeness) == [.endedEarly])
        guard case .socketClosed(let closing)? = events.last else {
            Issue.record("\(events)")
            return
        }
        #expect(closing.by == .server && closing.cause == "reset" && closing.closeCode?.rawValue == 1006)
    }

    @Test func memoryIsBoundedByTheLimits() {
        var journal = TestJournal()
        journal.open(1)
        journal.text(1, .server, String(repeating: "x", count: 5000), parts: 5)
        var limits = ConversationLimits()
        limits.messages = MessageLimits(messageBytes: 100)
        limits.connections = 3
        let messages = decode(journal.records, limits: limits).messages
        #expect(messages.map(\.payload.count) == [100])
        #expect(messages.map(\.size) == [5000])
        #expect(messages.map(\.completeness) == [.cut])
        var many = TestJournal()
        for connection in 1...10 as ClosedRange<UInt64> {
            many.open(connection)
            many.frame(connection, .server, [0x01, 0x01] + Array("a".utf8))
        }
        #expect(decode(many.records, limits: limits).messages.count == 10)
    }
}
