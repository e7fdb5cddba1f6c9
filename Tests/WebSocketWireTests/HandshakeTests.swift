import Testing

@testable import WebSocketWire

@Suite struct HandshakeTests {
    /// FIPS 180-4's examples, and lengths around the ends of a block.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        (String(repeating: "a", count: 56), "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ])
    func sha1(_ message: String, digest: String) {
        let hexadecimal = SHA1.hash(Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        #expect(hexadecimal.joined() == digest)
    }

    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64(_ plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test func base64OfAllBytes() {
        let all = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encode(all)) == all)
        #expect(Base64.encode([0xfb, 0xff, 0xfe]) == "+//+")
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm-_", "Zg=A", "Zmé"])
    func anotherTextIsNotBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    /// RFC 6455 section 1.3.
    @Test func theAcceptKeyOfTheRFC() throws {
        let key = try #require(HandshakeKey(bytes: Array("the sample nonce".utf8)))
        #expect(key.text == "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(key.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(HandshakeKey(bytes: [1, 2, 3]) == nil && HandshakeKey(text: "Zm9v") == nil)
    }
}

@Suite struct HandshakeMessageTests {
    let request: HandshakeRequest

    init() throws {
        request = HandshakeRequest(
            host: "localhost:4000", target: "/live/websocket",
            key: try #require(HandshakeKey(bytes: Array("the sample nonce".utf8))), subprotocols: ["a", "b"],
            extensions: ["permessage-deflate; client_max_window_bits", "x"],
            extraFields: [HTTPField("Origin", "http://localhost:4000")])
    }

    @Test func aRequestReadsAsItWasWritten() throws {
        let bytes = try request.encoded()
        let head = try #require(HTTPRequestHead(bytes: bytes))
        #expect(try HandshakeRequest(head) == request)
        #expect(head.asksForWebSocket)
        #expect(
            String(decoding: bytes, as: UTF8.self).hasPrefix("GET /live/websocket HTTP/1.1\r\nHost: localhost:4000\r\n")
        )
    }

    @Test func anAnswerReadsAsItWasWritten() throws {
        let response = HandshakeResponse(
            accepting: request, subprotocol: "b", extensions: ["permessage-deflate; server_no_context_takeover"],
            extraFields: [HTTPField("Set-Cookie", "a=b")])
        let head = try #require(HTTPResponseHead(bytes: try response.encoded()))
        #expect(try HandshakeResponse(head, to: request) == response)
        #expect(head.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(arguments: [
        ("GET", "POST", HandshakeViolation.method(expected: "GET", actual: "POST")),
        ("1.1", "1.0", .version(expected: .http11, actual: .http10)),
        ("Host: ", "Hose: ", .field(name: "Host", expected: "the server", actual: nil)),
        ("websocket\r\n", "h2c\r\n", .field(name: "Upgrade", expected: "websocket", actual: "h2c")),
        ("keep-alive, Upgrade", "close", .field(name: "Connection", expected: "upgrade", actual: "close")),
        (
            "dGhlIHNhbXBsZSBub25jZQ==", "Zm9v",
            .field(name: "Sec-WebSocket-Key", expected: "16 bytes in Base64", actual: "Zm9v")
        ),
        (
            "Version: 13", "Version: 8",
            .field(name: "Sec-WebSocket-Version", expected: "13", actual: "8")
        ),
    ])
    func aServerFindsWhatIsWrong(_ right: String, wrong: String, violation: HandshakeViolation) throws {
        // The first line feed of the target's own "websocket" is behind " HTTP/1.1", so only the field's is replaced.
        let text = replacing(right, by: wrong, in: upgradeRequest)
        let head = try #require(HTTPRequestHead(bytes: Array(text.utf8)))
        #expect(throws: violation) { try HandshakeRequest(head) }
    }

    @Test(arguments: [
        ("101", "200", HandshakeViolation.status(expected: 101, actual: 200)),
        ("WebSocket\r\n", "h2c\r\n", .field(name: "Upgrade", expected: "websocket", actual: "h2c")),
        ("Connection: upgrade", "A: b", .field(name: "Connection", expected: "upgrade", actual: nil)),
        (
            "s3pPLM", "S3pPLM",
            .field(
                name: "Sec-WebSocket-Accept", expected: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                actual: "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        ),
        (
            "permessage-deflate", "y; permessage-deflate",
            .extension(offered: ["permessage-deflate; client_max_window_bits", "x"], actual: "y; permessage-deflate")
        ),
        (
            "\r\n\r\n", "\r\nSec-WebSocket-Protocol: A\r\n\r\n",
            .subprotocol(offered: ["a", "b"], actual: "A")
        ),
    ])
    func aClientFindsWhatIsWrong(_ right: String, wrong: String, violation: HandshakeViolation) throws {
        let text = replacing(right, by: wrong, in: upgradeAnswer)
        let head = try #require(HTTPResponseHead(bytes: Array(text.utf8)))
        #expect(throws: violation) { try HandshakeResponse(head, to: request) }
    }

    @Test func noValueLeavesItsLine() {
        var injected = request
        injected.extraFields = [HTTPField("Cookie", "a\r\nEvil: b")]
        #expect(throws: HandshakeViolation.unencodable(name: "Cookie", value: "a\r\nEvil: b")) {
            try injected.encoded()
        }
        injected = request
        injected.extraFields = [HTTPField("A:B", "c")]
        #expect(throws: HandshakeViolation.unencodable(name: "A:B", value: "c")) { try injected.encoded() }
        injected = request
        injected.target = "/a b"
        #expect(throws: HandshakeViolation.unencodable(name: "target", value: "/a b")) { try injected.encoded() }
    }
}

/// Replaces the first occurrence, byte by byte: Swift's strings hold CR LF for one character.
private func replacing(_ old: String, by new: String, in text: String) -> String {
    let (bytes, old) = (Array(text.utf8), Array(old.utf8))
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: old) }) else { return text }
    return String(decoding: bytes[..<start] + Array(new.utf8) + bytes[(start + old.count)...], as: UTF8.self)
}
