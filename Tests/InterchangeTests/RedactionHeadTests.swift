import Testing

@testable import Interchange

@Suite struct RedactionHeadTests {
    @Test func namesAndAttributesStay() {
        let head = """
            GET /live/websocket?_csrf_token=T0kenA&_mounts=0&vsn=2.0.0 HTTP/1.1\r\nHost: x:4000\r\n\
            Cookie: _app_key=SFMyNTY.abc; theme=dark7;x="quo ted"\r\nAuthorization: Bearer b3arer\r\n\
            X-CSRF-Token: T0kenA\r\nx-api-key:k3y\r\nReferer: http://x/?access_token=ref3rer\r\n\
            Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.YXV0aA\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Folded-Token: one1\r\n two2\r\n\r\n
            """
        let result = TextRedaction(learning: []).head(head)
        #expect(result.utf8.count == head.utf8.count)
        for secret in [
            "T0kenA", "SFMyNTY.abc", "dark7", "quo ted", "b3arer", "k3y", "ref3rer", "YXV0aA", "one1", "two2",
        ] {
            #expect(!result.contains(secret), "\(secret) in \(result)")
        }
        for kept in [
            "GET /live/websocket?_csrf_token=", "&_mounts=0&vsn=2.0.0 HTTP/1.1\r\n", "Host: x:4000\r\n", "_app_key=",
            "; theme=", "Authorization: Bearer ", "phoenix, base64url.bearer.phx.",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "\r\n\r\n",
        ] {
            #expect(result.contains(kept), "\(kept) in \(result)")
        }
        // One token, one placeholder.
        let parts = result.split(separator: "_csrf_token=").last?.prefix(6)
        #expect(parts.map { result.contains("X-CSRF-Token: \($0)\r\n") } ?? false)
    }

    @Test func setCookieKeepsItsAttributes() {
        let head =
            "HTTP/1.1 200 OK\r\nset-cookie: _k=va1ue; path=/; HttpOnly; SameSite=Lax\r\nset-cookie: __phoenix_flash__=f1ash%2E; max-age=60\r\n\r\n"
        let result = TextRedaction(learning: []).head(head)
        #expect(!result.contains("va1ue") && !result.contains("f1ash"))
        #expect(result.hasPrefix("HTTP/1.1 200 OK\r\nset-cookie: _k="))
        #expect(result.contains("; path=/; HttpOnly; SameSite=Lax\r\nset-cookie: __phoenix_flash__="))
        #expect(result.hasSuffix("; max-age=60\r\n\r\n") && result.utf8.count == head.utf8.count)
    }

    @Test func binaryUploadsKeepTheirHead() {
        let redaction = TextRedaction(learning: [])
        let head: [UInt8] = [0, 1, 1, 5, 5] + Array("45lvu:0chunk".utf8)
        let message = head + Array("the file's own words".utf8)
        let result = redaction.redactor.binaryMessage(message)
        #expect(result.count == message.count && result.prefix(head.count) == head[...])
        #expect(result.suffix(20) != message.suffix(20))
        #expect(redaction.redactor.binaryMessage(message) == result)
    }
}
