import Proxy
import RecordingFormat
import RecordingStore
import Testing
import Transport

/// The target cannot be reached: the browser gets a page that says what was tried.
@Suite struct UnreachableTargetTests {
    private let dead = DeadPort()

    @Test func aTargetThatIsDownGivesAPageThatNamesIt() async throws {
        let target = "http://127.0.0.1:\(dead.port)"
        try await Rig.with(target: target) { rig in
            let client = try await rig.connect()
            try await client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            let page = String(decoding: try await client.waitForEnd().received, as: UTF8.self)
            #expect(page.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
            #expect(page.contains(target) && page.contains("connection refused"))
            try await expectRecordedAnswer(rig, cause: "connection refused")
            #expect(rig.events.now.contains { $0.contains(target) && $0.contains("connection refused") })
        }
    }

    @Test func aNameThatCannotBeResolvedIsSaid() async throws {
        try await Rig.with(target: "http://no-such-host.invalid:4000") { rig in
            let client = try await rig.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let page = String(decoding: try await client.waitForEnd().received, as: UTF8.self)
            #expect(page.contains("the name &#39;no-such") || page.contains("the name 'no-such-host.invalid' cannot"))
            try await expectRecordedAnswer(rig, cause: "cannot be resolved")
        }
    }

    /// `printf … | nc -N` does this.
    @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7])
    func aClientThatHalfClosesAtOnceGetsThePageToo(_: Int) async throws {
        try await Rig.with(target: "http://127.0.0.1:\(dead.port)") { rig in
            let client = try await rig.connect()
            try await client.sendAndHalfClose("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let page = String(decoding: try await client.waitForClose().received, as: UTF8.self)
            #expect(page.hasPrefix("HTTP/1.1 502") && page.hasSuffix("</html>\n"))
        }
    }

    @Test func theProxyItselfAsTargetIsRefused() async throws {
        let port = dead.port
        let error = await #expect(throws: ProxyError.self) {
            try await Rig.with(target: "http://localhost:\(port)", { $0.proxy.listen.port = port }) { _ in }
        }
        #expect(error.map { "\($0)" }?.contains("is this proxy itself") == true)
    }

    @Test func aPortThatIsTakenIsAClearError() async throws {
        let server = try await RawServer.start()
        let error = await #expect(throws: ProxyError.self) {
            try await Rig.with(target: "http://127.0.0.1:1", { $0.proxy.listen.port = server.port }) { _ in }
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("cannot listen on 127.0.0.1:\(server.port): address already in use"))
        await server.close()
    }

    private func expectRecordedAnswer(_ rig: Rig, cause: String) async throws {
        let recorded = try await rig.stopAndRead()
        let answer = try #require(recorded.http(.server, .head).first)
        #expect(answer.record.isMadeByProxy && answer.record.exchange == 1)
        #expect(recorded.heads(.client).count == 1)
        let failure = try #require(recorded.socketRecords(.connectFailed).first)
        #expect(failure.cause.contains(cause))
        #expect(rig.journal.statistics.failedConnects == 1)
    }
}
