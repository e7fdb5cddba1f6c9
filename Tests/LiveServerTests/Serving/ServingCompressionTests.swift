import LiveServer
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingCompressionTests {
    static let text = String(repeating: "<div class=\"row\">live</div>", count: 100)

    /// What a client offers, whether the server has context takeover, and what they agree on.
    static let offers: [(String, Bool, String?)] = [
        ("permessage-deflate", true, "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits", false,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        ("permessage-deflate; server_max_window_bits=10", true, "permessage-deflate; server_max_window_bits=10"),
        (
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover", true,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        ("permessage-deflate; client_max_window_bits=9", true, "permessage-deflate; client_max_window_bits=9"),
        ("permessage-deflate; unknown=1, permessage-deflate", true, "permessage-deflate"),
        ("permessage-deflate; server_max_window_bits=16", true, nil),
        ("permessage-deflate; server_max_window_bits", true, nil),
        ("x-webkit-deflate-frame", true, nil),
        ("permessage-deflate; client_max_window_bits; client_max_window_bits=9", true, nil),
    ]

    @Test(arguments: offers)
    func offersAreAgreedOn(_ offer: String, _ takeover: Bool, _ agreement: String?) async throws {
        try await TestApplication.serve { settings in
            settings.socket.compression = SocketCompressionSettings()
            settings.socket.compression?.contextTakeover = takeover
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            let answer = try await client.open("/live/websocket", "Sec-WebSocket-Extensions: \(offer)")
            #expect(answer["Sec-WebSocket-Extensions"] == agreement)
            let agreed = try PermessageDeflate.negotiated(inResponse: agreement)
            var deflater = agreed?.deflater(for: .client)
            var sizes: [UInt64] = []
            for _ in 0..<3 {
                var payload: [UInt8] = []
                let isDeflated = deflater?.append(message: Array(Self.text.utf8).span, to: &payload) ?? false
                try await client.sendFrame(
                    .text, bits: isDeflated ? .rsv1 : [], isDeflated ? payload : Array(Self.text.utf8))
                guard case .message(let message) = try await client.next() else {
                    Issue.record("expected a message")
                    return
                }
                #expect(message.payload == Array(Self.text.utf8))
                #expect(message.isCompressed == (agreed != nil))
                sizes.append(message.wirePayloadSize)
            }
            guard let agreed else { return }
            #expect((sizes[1] < sizes[0]) == agreed.contextTakeover(of: .server), "\(sizes)")
        }
    }

    @Test func compressionIsOffUntilItIsSet() async throws {
        try await TestApplication.serve { server, _ in
            let client = try await TestClient.connect(to: server)
            let answer = try await client.open("/live/websocket", "Sec-WebSocket-Extensions: permessage-deflate")
            #expect(answer["Sec-WebSocket-Extensions"] == nil)
        }
    }

    @Test func smallMessagesGoAsTheyAre() async throws {
        try await TestApplication.serve { settings in
            settings.socket.compression = SocketCompressionSettings()
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open("/live/websocket", "Sec-WebSocket-Extensions: permessage-deflate")
            try await client.send(text: "small")
            guard case .message(let message) = try await client.next() else {
                Issue.record("expected a message")
                return
            }
            #expect(!message.isCompressed)
        }
    }

    @Test func aBombIsStoppedAtTheLimit() async throws {
        try await TestApplication.serve { settings in
            settings.socket.compression = SocketCompressionSettings()
            settings.socket.maximumMessageBytes = 10_000
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open("/live/websocket", "Sec-WebSocket-Extensions: permessage-deflate")
            var deflater = Deflater(contextTakeover: false)
            var bomb: [UInt8] = []
            _ = deflater.append(message: [UInt8](repeating: 0x61, count: 1 << 20).span, to: &bomb)
            #expect(bomb.count < 10_000)
            try await client.sendFrame(.text, bits: .rsv1, bomb)
            #expect(try await client.closing().code == .messageTooBig)
        }
    }
}
