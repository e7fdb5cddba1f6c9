import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// What is recorded of a socket: every frame, how it began and how it ended.
@Suite struct RecorderSocketTests {
    private let requestEnd = upgradeRequest("/live/websocket?vsn=2.0.0").utf8.count
    private let answerEnd = upgradeAnswer.utf8.count

    @Test func aSocketOpensTalksAndCloses() throws {
        let talk = try RecorderTalk()
        talk.openSocket()
        talk.send(wire(.text, "[1]", from: .client), from: .client)
        talk.send(wire(.text, "[2]", from: .server), from: .server)
        talk.send(wire(.close, [0x03, 0xe9], from: .client), from: .client)
        talk.send(wire(.close, [0x03, 0xe9], from: .server), from: .server)
        talk.recorder.closed(by: .server, cause: "end of stream", now: talk.tick())
        #expect(
            talk.told() == [
                "connectionOpened by client 127.0.0.1:50000",
                "client head 1 @0 GET /live/websocket?vsn=2.0.0 HTTP/1.1",
                "server head 1 @0 HTTP/1.1 101 Switching Protocols",
                "socketOpened by server exchange 1 /live/websocket?vsn=2.0.0 phoenix permessage-deflate recorded",
                "client frame 0 @\(requestEnd) <81><83>7<fa>!=l<cb>|",
                "server frame 0 @\(answerEnd) <81><03>[2]",
                "client frame 1 @\(requestEnd + 9) <88><82>7<fa>!=4<13>",
                "server frame 1 @\(answerEnd + 5) <88><02><03><e9>",
                "socketClosed by client exchange 1 end of stream code 1001",
                "connectionClosed by server end of stream",
            ])
        let statistics = talk.statistics
        #expect(statistics.sockets == 1 && statistics.openSockets == 0)
        #expect(statistics.connections == 1 && statistics.openConnections == 0)
        #expect(statistics.client.frames == 2 && statistics.client.messages == 1)
        #expect(statistics.client.frameBytes == 17 && statistics.server.frameBytes == 9)
        #expect(statistics.server.bytes == UInt64(answerEnd + 9))
    }

    /// Fragments, control frames in between, an empty one, one of 300 and one of 70,000 bytes.
    private func stream(from sender: Peer) -> [UInt8] {
        wire(.text, "one", from: sender, isFinal: false) + wire(.ping, "p", from: sender)
            + wire(.continuation, "two", from: sender, isFinal: false) + wire(.continuation, "", from: sender)
            + wire(.binary, [UInt8](repeating: 9, count: 300), from: sender) + wire(.text, "", from: sender)
    }

    @Test(arguments: Peer.allCases)
    func anySplitTellsTheSame(sender: Peer) throws {
        let bytes = stream(from: sender) + wire(.close, [0x03, 0xf3, 0x21], from: sender)
        let whole = try told(of: [bytes], from: sender)
        #expect(whole.filter { $0.contains(" frame ") }.count == 7)
        #expect(whole.suffix(2).first == "socketClosed by \(sender) exchange 1 lost code 1011")
        for pieces in splits(of: bytes, random: 20) { #expect(try told(of: pieces, from: sender) == whole) }
    }

    private func told(of pieces: [[UInt8]], from sender: Peer) throws -> [String] {
        let talk = try RecorderTalk()
        talk.openSocket()
        for piece in pieces { talk.send(piece, from: sender) }
        talk.recorder.closed(by: .proxy, cause: "lost", now: talk.tick())
        #expect(talk.statistics[sender].messages == 3)
        #expect(talk.statistics[sender].frames == 7)
        #expect(talk.statistics.largest.map(\.payloadBytes) == [300, 6, 0])
        #expect(talk.statistics.largest.first?.sender == sender)
        return talk.toldOfSocket()
    }

    @Test func bothDirectionsInterleaveInPieces() throws {
        var generator = SeededGenerator(seed: 5)
        let payload = generator.bytes(70_000)
        let streams = (client: wire(.binary, payload, from: .client), server: wire(.binary, payload, from: .server))
        let talk = try RecorderTalk()
        talk.openSocket()
        var client = randomSplit(of: streams.client, using: &generator)[...]
        var server = randomSplit(of: streams.server, using: &generator)[...]
        while !client.isEmpty || !server.isEmpty {
            if let piece = client.popFirst() { talk.send(piece, from: .client) }
            if let piece = server.popFirst() { talk.send(piece, from: .server) }
        }
        let frames = talk.toldOfSocket()
        #expect(
            Set(frames) == [
                "client frame 0 @\(requestEnd) \(visible(streams.client))",
                "server frame 0 @\(answerEnd) \(visible(streams.server))",
            ])
        #expect(talk.statistics.largest.map(\.payloadBytes) == [70_000, 70_000])
    }

    @Test func theFirstCloseFrameTellsWhoAndWhy() throws {
        let talk = try RecorderTalk()
        talk.openSocket()
        talk.send(wire(.close, "", from: .server), from: .server)
        talk.send(wire(.close, [0x03, 0xe8], from: .client), from: .client)
        talk.recorder.closed(by: .client, cause: "end of stream", now: talk.tick())
        #expect(talk.told().suffix(2).first == "socketClosed by server exchange 1 end of stream")
        let lost = try RecorderTalk()
        lost.openSocket()
        lost.recorder.closed(by: .client, cause: "connection reset by peer", now: lost.tick())
        lost.recorder.closed(by: .server, cause: "again", now: lost.tick())
        #expect(
            lost.told().suffix(2) == [
                "socketClosed by client exchange 1 connection reset by peer",
                "connectionClosed by client connection reset by peer",
            ])
        #expect(lost.statistics.openConnections == 0 && lost.statistics.openSockets == 0)
    }

    /// A close frame cut off within its code has none, whatever comes behind it.
    @Test func aCloseCodeIsOfItsOwnFrame() throws {
        let talk = try RecorderTalk()
        talk.openSocket()
        talk.send(wire(.close, [0x03], from: .server) + wire(.text, "abc", from: .server), from: .server)
        talk.recorder.closed(by: .client, cause: "lost", now: talk.tick())
        #expect(talk.told().suffix(2).first == "socketClosed by server exchange 1 lost")
    }

    @Test func earlyClientBytesAreRawAndCounted() throws {
        let talk = try RecorderTalk()
        let early = wire(.text, "hi", from: .client)
        talk.client(upgradeRequest("/ws"))
        talk.send(early, from: .client)
        talk.server(upgradeAnswer)
        talk.send(wire(.text, "x", from: .client), from: .client)
        let end = upgradeRequest("/ws").utf8.count
        #expect(
            talk.told().dropFirst(2).map { $0.replacing(" phoenix permessage-deflate", with: "") } == [
                "client raw unansweredUpgrade @\(end) \(visible(early))",
                "server head 1 @0 HTTP/1.1 101 Switching Protocols",
                "socketOpened by server exchange 1 /ws recorded early \(early.count)",
                "client frame 1 @\(end + early.count) <81><81>7<fa>!=O",
            ])
    }

    @Test func aSocketThatIsLeftOutHasNoFrames() throws {
        var settings = RecorderSettings()
        settings.sockets.ignore = ["/phoenix/live_reload"]
        let talk = try RecorderTalk(settings)
        talk.openSocket("/phoenix/live_reload/socket/websocket?vsn=2.0.0")
        talk.send(wire(.text, "secret", from: .server), from: .server)
        talk.send([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3], from: .server)
        talk.send([0x82], from: .client)
        talk.recorder.ended(.client, now: talk.tick())
        talk.recorder.closed(by: .client, cause: "end of stream", now: talk.tick())
        let told = talk.told()
        #expect(told.contains { $0.hasPrefix("socketOpened") && $0.hasSuffix(" not recorded") })
        #expect(told.contains { $0.hasPrefix("socketClosed") })
        #expect(!told.contains { $0.contains(" frame ") || $0.contains(" raw ") })
        #expect(talk.statistics.ignoredSockets == 1 && talk.statistics.sockets == 1)
        #expect(talk.statistics.server.messages == 1)
    }

    @Test func anUnframeableLengthIsSaidAndTheRestIsRaw() throws {
        let talk = try RecorderTalk()
        talk.openSocket()
        talk.send([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3], from: .server)
        talk.send([4], from: .server)
        #expect(
            talk.toldOfSocket() == [
                "unframeable by server the head at offset \(answerEnd) states a length of 9223372036854775808 bytes",
                "server raw unframeable @\(answerEnd) <82><7f><80><00><00><00><00><00><00><00><01><02><03><04>",
            ])
    }

    @Test func anUnfinishedFrameHeadIsRawAtTheEnd() throws {
        let talk = try RecorderTalk()
        talk.openSocket()
        talk.send([0x81, 0xfe, 1], from: .client)
        talk.recorder.ended(.client, now: talk.tick())
        talk.recorder.ended(.server, now: talk.tick())
        #expect(talk.toldOfSocket() == ["client raw unfinishedHead @\(requestEnd) <81><fe><01>"])
    }

    @Test func requestsBeforeTheSocketCountFromOne() throws {
        let talk = try RecorderTalk()
        talk.client("GET / HTTP/1.1\r\n\r\n")
        talk.server("HTTP/1.1 204 No Content\r\n\r\n")
        talk.client(upgradeRequest("/ws"))
        talk.server("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        talk.openSocket("/ws")
        talk.recorder.closed(by: .client, cause: "lost", now: talk.tick())
        let exchanges = talk.told().compactMap { $0.firstMatch(of: /head (\d)/).map { String($0.1) } }
        #expect(exchanges == ["1", "1", "2", "2", "3", "3"])
        #expect(talk.told().contains { $0.hasPrefix("socketOpened by server exchange 3 /ws") })
        #expect(talk.told().contains { $0.hasPrefix("socketClosed by client exchange 3") })
        #expect(talk.statistics.exchanges == 3 && talk.statistics.forbiddenUpgrades == 1)
        #expect(talk.recorder.isSocket && !talk.recorder.hasUnansweredRequest)
    }

    @Test func aTLSHandshakeIsRecordedWithItsLeg() throws {
        let talk = try RecorderTalk()
        talk.recorder.secured(
            leg: .server, version: "TLSv1.3", cipher: "AES", alpn: "http/1.1", serverName: "a.example",
            now: talk.tick())
        guard case .socket(let record) = talk.records().last else {
            Issue.record("no record")
            return
        }
        #expect(record.kind == .tls && record.direction == .server && record.by == .server)
        #expect(record.tls == .init(version: "TLSv1.3", cipher: "AES", alpn: "http/1.1", serverName: "a.example"))
    }
}
