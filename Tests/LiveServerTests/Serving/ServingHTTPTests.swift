import LiveServer
import Testing
import Transport
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingHTTPTests {
    @Test func oneConnectionServesRequestAfterRequest() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let first = try await client.get("/page/a%20b?x=1")
            #expect(first.status == 200)
            #expect(first.body == "GET /page/a%20b ?x=1 ")
            #expect(first["X-Content-Type-Options"] == "nosniff")
            #expect(first["Date"]?.hasSuffix(" GMT") == true)
            let second = try await client.post("/page", "name=value", type: "application/x-www-form-urlencoded")
            #expect(second.body == "POST /page ? name=value")
            #expect(try await client.get("/nothing").status == 404)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let paths = (1...20).map { "/page/\($0)" }
            try await client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
            for path in paths { #expect(try await client.answer().body == "GET \(path) ? ") }
        }
    }

    @Test func headIsAnsweredWithoutBody() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            try await client.send("HEAD /page HTTP/1.1\r\nHost: test\r\n\r\n")
            let head = try await client.answer(hasBody: false)
            #expect(head["Content-Length"] == "13")
            #expect(try await client.get("/page").body == "GET /page ? ", "the connection goes on behind it")
        }
    }

    @Test func http10ConnectionsEndWithTheAnswer() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            try await client.send("GET /page HTTP/1.0\r\n\r\n")
            #expect(try await client.answer()["Connection"] == "close")
            #expect(await client.readToEnd().isEmpty)
        }
    }

    @Test(arguments: ["HTTP/1.0", "HTTP/1.1"])
    func aClientThatSendsNoMoreGetsTheWholeAnswer(_ version: String) async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server, readsAtOnce: false)
            try await client.send("GET /large \(version)\r\nHost: test\r\n\r\n")
            try await client.halfClose()
            try await client.readOn()
            #expect(try await client.answer().body.utf8.count == 5_000_000)
            #expect(await client.readToEnd().isEmpty)
        }
    }

    @Test func anOfferOfAnotherProtocolIsPassedOver() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let answer = try await client.get("/page", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
            #expect(answer.status == 200)
        }
    }

    @Test func expectationsAreMet() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            try await client.send(
                "POST /page HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.answer().status == 100)
            try await client.send("ok")
            #expect(try await client.answer().body == "POST /page ? ok")
        }
    }

    @Test(arguments: [
        ("GET /page HTTP/1.1\r\n\r\n", 400), ("GET /page HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("hello\r\n\r\n", 400), ("GET /page HTTP/1.1\r\nHost : test\r\n\r\n", 400),
        ("TRACE / HTTP/1.1\r\nHost: test\r\n\r\n", 405), ("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 405),
        ("GET page HTTP/1.1\r\nHost: test\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: test\r\nCookie: " + String(repeating: "c", count: 40_000) + "\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: test\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n", 431),
        ("POST /page HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\n", 413),
        (
            "POST /page HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                + String(repeating: "x", count: 1_001) + "\r\n0\r\n\r\n", 413
        ),
    ])
    func badRequestsGetAPageAndTheEnd(_ request: String, _ status: Int) async throws {
        try await TestApplication.serve { settings in
            settings.http.maximumBodyBytes = 1_000
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            try await client.send(request)
            let answer = try await client.answer()
            #expect(answer.status == status)
            #expect(answer.body.contains("<h1>\(status) "))
            #expect(answer["Connection"] == "close")
            #expect(await client.readToEnd().isEmpty)
        }
    }

    @Test func aFileThatTheBrowserHasIsNotSentAgain() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let first = try await client.get("/file")
            #expect(first.body == "body{}")
            #expect(first["Cache-Control"] == "no-cache")
            let tag = try #require(first["ETag"])
            let second = try await client.get("/file", "If-None-Match: \"other\", W/\(tag)")
            #expect(second.status == 304)
            #expect(second.body.isEmpty)
            #expect(try await client.get("/file", "If-None-Match: \"other\"").status == 200)
        }
    }

    @Test func aFieldCannotBeginAnother() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let good = try await client.get("/redirect?to=/page")
            #expect(good.status == 302)
            #expect(good["Location"] == "/page")
            let bad = try await client.get("/redirect?to=/page%0d%0aSet-Cookie:%20evil=1")
            #expect(bad["Location"] == nil)
            #expect(bad["Set-Cookie"] == nil)
        }
    }

    @Test func aLargeBodyComesWhole() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let body = String(repeating: "0123456789", count: 700_000)
            #expect(try await client.post("/page", body).body == "POST /page ? " + body)
        }
    }

    @Test func forwardedHeadersAreBelievedOnlyWhenTold() async throws {
        for isTrusted in [false, true] {
            try await TestApplication.serve { settings in
                settings.trustsForwardedHeaders = isTrusted
            } _: { server, _ in
                let client = try await TestClient.connect(to: server)
                let fields = ["Origin: https://public.example", "X-Forwarded-Host: public.example"]
                try await client.send(TestClient.handshake("/live/websocket", fields))
                #expect(try await client.answer().status == (isTrusted ? 101 : 403))
            }
        }
    }
}
