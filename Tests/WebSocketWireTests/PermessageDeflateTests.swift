import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct PermessageDeflateTests {
    static let responses: [(String, PermessageDeflate?)] = [
        ("", nil), ("x-webkit-deflate-frame; no_context_takeover", nil), ("permessage-deflate", PermessageDeflate()),
        ("PerMessage-Deflate", PermessageDeflate()),
        (
            "foo;a=\"b\", ,permessage-deflate ; server_no_context_takeover",
            PermessageDeflate(serverNoContextTakeover: true)
        ),
        (
            "permessage-deflate; client_no_context_takeover;server_max_window_bits=\"10\"; client_max_window_bits = 15",
            PermessageDeflate(clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 15)
        ),
    ]

    @Test(arguments: responses)
    func readsAResponse(text: String, expected: PermessageDeflate?) throws {
        #expect(try PermessageDeflate.negotiated(inResponse: text) == expected)
    }

    @Test func readsNothingFromNoHeader() throws {
        #expect(try PermessageDeflate.negotiated(inResponse: nil) == nil)
    }

    static let malformed: [(String, ExtensionError)] = [
        ("permessage-deflate;", .malformed(expected: "a token", offset: 19)),
        ("permessage-deflate; =3", .malformed(expected: "a token", offset: 20)),
        ("permessage-deflate foo", .malformed(expected: "',' or ';'", offset: 19)),
        ("permessage-deflate; server_max_window_bits=", .malformed(expected: "a token", offset: 43)),
        ("a; b=\"c", .malformed(expected: "a quoted token", offset: 5)),
        ("a; b=\"\"", .malformed(expected: "a quoted token", offset: 5)),
        ("permessage-deflate, permessage-deflate", .repeatedExtension),
        ("permessage-deflate; foo", .unknownParameter("foo")),
        (
            "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
            .repeatedParameter("server_max_window_bits")
        ),
        ("permessage-deflate; server_max_window_bits", .invalidValue(parameter: "server_max_window_bits", value: nil)),
        ("permessage-deflate; client_max_window_bits", .invalidValue(parameter: "client_max_window_bits", value: nil)),
        (
            "permessage-deflate; server_max_window_bits=08",
            .invalidValue(parameter: "server_max_window_bits", value: "08")
        ),
        (
            "permessage-deflate; server_max_window_bits=7",
            .invalidValue(parameter: "server_max_window_bits", value: "7")
        ),
        (
            "permessage-deflate; server_max_window_bits=16",
            .invalidValue(parameter: "server_max_window_bits", value: "16")
        ),
        (
            "permessage-deflate; client_no_context_takeover=1",
            .invalidValue(parameter: "client_no_context_takeover", value: "1")
        ),
    ]

    @Test(arguments: malformed)
    func saysWhatIsWrong(text: String, error: ExtensionError) {
        #expect(throws: error) { try PermessageDeflate.negotiated(inResponse: text) }
    }

    @Test func writesWhatItReads() throws {
        for bits in [nil, 8, 15] {
            for flag in [false, true] {
                let deflate = PermessageDeflate(
                    serverNoContextTakeover: flag, clientNoContextTakeover: !flag, serverMaxWindowBits: bits,
                    clientMaxWindowBits: bits)
                #expect(try PermessageDeflate.negotiated(inResponse: deflate.responseText) == deflate)
            }
        }
        #expect(PermessageDeflate().responseText == "permessage-deflate")
        #expect(PermessageDeflate().offerText == "permessage-deflate; client_max_window_bits")
        #expect(
            PermessageDeflate(serverNoContextTakeover: true, clientMaxWindowBits: 9).offerText
                == "permessage-deflate; server_no_context_takeover; client_max_window_bits=9")
    }

    @Test func survivesAnyText() {
        var generator = SeededGenerator(seed: 7)
        let pieces = ["permessage-deflate", ";", ",", "=", "\"", "\\", " ", "server_max_window_bits", "9", "é", "\t"]
        for _ in 0..<3000 {
            let count = Int.random(in: 0...12, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            _ = try? PermessageDeflate.negotiated(inResponse: text)
        }
    }
}
