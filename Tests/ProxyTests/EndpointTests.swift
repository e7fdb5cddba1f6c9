import Testing
import Transport

/// What a person writes for an address, and what is said when it is none.
@Suite struct EndpointTests {
    @Test(arguments: [
        ("127.0.0.1:4001", "127.0.0.1", 4001), ("[::1]:1", "::1", 1), ("localhost:0", "localhost", 0),
        (":4001", "127.0.0.1", 4001), ("4001", "127.0.0.1", 4001), ("0.0.0.0:65535", "0.0.0.0", 65535),
    ])
    func anEndpointIsRead(text: String, host: String, port: Int) throws {
        #expect(try Endpoint(parsing: text) == Endpoint(host: host, port: port))
    }

    @Test func anEndpointIsWrittenAsItIsRead() throws {
        for text in ["127.0.0.1:4001", "[::1]:1", "localhost:0"] {
            #expect(try Endpoint(parsing: text).description == text)
        }
    }

    @Test(arguments: [
        ("localhost", "has no port"), ("::1", "in brackets"), ("a:b", "a port is a number"), ("a:65536", "0 to 65535"),
        ("[::1]4001", "after ']'"), ("[::1]", "has no port"), ("", "port"), ("a:-1", "a port is a number"),
        ("a:", "a port is a number"), ("99999999999999999999", "a port is a number"), ("a:+80", "a port is a number"),
    ])
    func whatIsNoEndpointIsExplained(text: String, part: String) {
        let error = #expect(throws: EndpointError.self) { try Endpoint(parsing: text) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("http://127.0.0.1:4000", false, "127.0.0.1", 4000), ("https://example.test", true, "example.test", 443),
        ("ws://localhost/", false, "localhost", 80), ("wss://[::1]:8443", true, "::1", 8443),
        ("HTTP://x:1", false, "x", 1),
    ])
    func aTargetIsRead(text: String, isSecure: Bool, host: String, port: Int) throws {
        let target = try Target(parsing: text)
        #expect(target.isSecure == isSecure && target.host == host && target.port == port)
    }

    @Test(arguments: [
        ("https://example.test:443", "example.test", "https://example.test"),
        ("http://[::1]:80", "[::1]", "http://[::1]"), ("http://a:443", "a:443", "http://a:443"),
    ])
    func theSchemesOwnPortIsNotNamed(text: String, authority: String, origin: String) throws {
        let target = try Target(parsing: text)
        #expect(target.authority == authority && target.origin == origin && target.description == origin)
    }

    @Test(arguments: [
        ("localhost:4000", "has no scheme"), ("ftp://x", "the scheme must be"), ("http://x/live", "without a path"),
        ("http://u@x", "without a path"), ("http://", "has no host"), ("http://:4000", "has no host"),
        ("http://x:0x50", "a port is a number"), ("http://::1", "in brackets"), ("http://x:0", "port"),
    ])
    func whatIsNoTargetIsExplained(text: String, part: String) {
        let error = #expect(throws: EndpointError.self) { try Target(parsing: text) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
}
