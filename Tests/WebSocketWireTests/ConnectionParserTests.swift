import TestSupport
import Testing
import WebSocketWire

@Suite struct ConnectionParserTests {
    @Test func aSettledConnectionIsSmall() {
        #expect(MemoryLayout<ConnectionParser>.size <= 136)
    }

    @Test func requestAndAnswer() {
        let turns = [
            client("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
            client("HEAD /b HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ]
        let expected = [
            "client request 0 @0 GET /a", "client end of 0", "server response 0 @0 200", "server body 0 hello",
            "server end of 0", "client request 1 @28 HEAD /b", "client end of 1", "server response 1 @43 200",
            "server end of 1",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }

    @Test func anUpgradeTurnsBothDirectionsIntoFrames() {
        let turns: [Turn] = [
            client(upgradeRequest), server(upgradeAnswer + "\u{1}\u{2}hi"),
            (.client, [0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b]), (.server, [0x88, 0x00]),
        ]
        let end = upgradeRequest.utf8.count
        let answerEnd = upgradeAnswer.utf8.count
        let expected = [
            "client request 0 @0 GET /live/websocket?vsn=2.0.0", "client end of 0", "server response 0 @0 101",
            "socket 0 /live/websocket?vsn=2.0.0 protocol - extensions permessage-deflate early 0",
            "server frame 0 @\(answerEnd) <01><02>hi",
            "client frame 0 @\(end) <81><82><01><02><03><04>ik",
            "server frame 1 @\(answerEnd + 4) <88><00>",
        ]
        #expect(toldInAnySplit(turns) == [expected])
    }
}
