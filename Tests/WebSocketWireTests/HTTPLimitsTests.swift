import Testing
import WebSocketWire

/// A hostile head ends parsing, at the byte that goes beyond the limit and not before.
@Suite struct HTTPLimitsTests {
    @Test func aHeadMayFillItsLimit() {
        let head = "GET /\(String(repeating: "a", count: 100)) HTTP/1.1\r\n\r\n"
        let fits = HTTPLimits(headByteCount: head.utf8.count)
        #expect(toldInAnySplit([client(head)], limits: fits).count == 1)
        #expect(told([client(head)], limits: fits).last == "client end of 0")
        let tight = HTTPLimits(headByteCount: head.utf8.count - 1)
        let answers = toldInAnySplit([client(head)], limits: tight)
        #expect(
            answers == [
                [
                    "client not HTTP @0: head is longer than the limit of \(head.utf8.count - 1) bytes",
                    "client raw notHTTP \(shown(Array(head.utf8)))",
                ]
            ])
    }

    @Test func anEndlessHeadIsHeldUpToTheDefaultLimit() {
        let beginnings = [("", "a"), ("", "\r\n"), ("GET / HTTP/1.1\r\nX: y", "\r\n y"), ("GET /", "é")]
        for (beginning, filler) in beginnings {
            var parser = HTTPRequestParser()
            let bytes = Array((beginning + String(repeating: filler, count: 70_000)).utf8)
            var position = 0
            guard case .notHTTP(let violation, let held, offset: 0) = parser.next(bytes.span, at: &position) else {
                Issue.record("not stopped")
                continue
            }
            #expect(violation == .headTooLong(limit: 65_536))
            #expect(held.count == 65_536 && position == held.count)
            #expect(parser.unfinishedHead.isEmpty)
        }
    }

    @Test func aHeadMayHaveItsLimitOfFields() {
        func head(_ count: Int) -> Turn {
            client("GET / HTTP/1.1\r\n\(String(repeating: "A: b\r\n", count: count))\r\n")
        }
        #expect(told([head(256)]).last == "client end of 0")
        #expect(told([head(257)]).first == "client not HTTP @0: head has more than the limit of 256 fields")
    }

    @Test func aChunkLineMayFillItsLimit() {
        func chunks(_ extensionCount: Int) -> [Turn] {
            let line = "1;" + String(repeating: "x", count: extensionCount) + "\r\n"
            return [client("P / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(line)a\r\n0\r\n\r\n")]
        }
        let limits = HTTPLimits(chunkLineByteCount: 10)
        #expect(told(chunks(6), limits: limits).last == "client end of 0")
        #expect(toldInAnySplit(chunks(7), limits: limits).count == 1)
        #expect(told(chunks(7), limits: limits)[1].hasSuffix("chunk line is longer than the limit of 10 bytes"))
    }

    @Test func trailersMayFillTheLimitOfAHead() {
        func trailers(_ count: Int) -> [Turn] {
            let head = "P / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            return [client(head + "0\r\nT: " + String(repeating: "x", count: count) + "\r\n\r\n")]
        }
        let limits = HTTPLimits(headByteCount: 50)
        #expect(told(trailers(43), limits: limits).last == "client end of 0")
        #expect(told(trailers(44), limits: limits)[1].hasSuffix("trailers are longer than the limit of 50 bytes"))
    }

    @Test func aClientMayPipelineUpToTheLimit() {
        let request = "GET / HTTP/1.1\r\n\r\n"
        let limits = HTTPLimits(unansweredRequestCount: 3)
        let three = client(String(repeating: request, count: 3))
        let answer = server("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(told([three, answer, client(request)], limits: limits).last == "client end of 3")
        let tooMany = [three, client(request), answer, answer, answer, answer]
        #expect(
            told(tooMany, limits: limits).dropFirst(6) == [
                "client not HTTP @54: more than the limit of 3 requests wait for an answer",
                "client raw notHTTP GET / HTTP/1.1⏎↓⏎↓", "server response 0 @0 204", "server end of 0",
                "server response 1 @27 204", "server end of 1", "server response 2 @54 204", "server end of 2",
                "server not HTTP @81: the other direction is not HTTP any more",
                "server raw notHTTP HTTP/1.1 204 No Content⏎↓⏎↓",
            ])
        #expect(toldInAnySplit(tooMany, limits: limits).count == 1)
    }
}
