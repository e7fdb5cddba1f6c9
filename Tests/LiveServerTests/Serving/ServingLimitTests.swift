import LiveServer
import NIOCore
import Testing
import WebSocketWire

@Suite(.timeLimit(.minutes(1))) struct ServingLimitTests {
    /// What a client sends, and the code that its socket is closed with.
    static let offences: [(String, CloseCode, @Sendable (TestClient) async throws -> Void)] = [
        ("unmasked", .protocolError, { try await $0.sendFrame(.text, [0x61], maskKey: nil) }),
        ("reserved opcode", .protocolError, { try await $0.sendFrame(Opcode(rawValue: 3), []) }),
        ("reserved bit", .protocolError, { try await $0.sendFrame(.text, bits: .rsv1, [0x61]) }),
        ("continuation of nothing", .protocolError, { try await $0.sendFrame(.continuation, []) }),
        ("long ping", .protocolError, { try await $0.sendFrame(.ping, [UInt8](repeating: 0, count: 126)) }),
        ("close of one byte", .protocolError, { try await $0.sendFrame(.close, [3]) }),
        ("close with 1005", .protocolError, { try await $0.sendFrame(.close, [0x03, 0xed]) }),
        ("not UTF-8", .invalidFramePayloadData, { try await $0.sendFrame(.text, [0x61, 0xff]) }),
        ("half a character", .invalidFramePayloadData, { try await $0.sendFrame(.text, [0xc3]) }),
        (
            "not UTF-8 in a fragment", .invalidFramePayloadData,
            { try await $0.sendFrame(.text, isFinal: false, [0xff]) }
        ),
        ("too big", .messageTooBig, { try await $0.sendFrame(.text, [UInt8](repeating: 0x61, count: 1_001)) }),
        (
            "too big in fragments", .messageTooBig,
            {
                try await $0.sendFrame(.text, isFinal: false, [UInt8](repeating: 0x61, count: 600))
                try await $0.sendFrame(.continuation, isFinal: false, [UInt8](repeating: 0x61, count: 600))
            }
        ),
        (
            "the head of something too big", .messageTooBig,
            {
                let head = FrameHead(opcode: .binary, maskKey: MaskKey(1, 2, 3, 4), payloadLength: 1 << 40)
                try await $0.send(head.bytes)
            }
        ),
        ("2^63 bytes", .protocolError, { try await $0.send([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]) }),
    ]

    @Test(arguments: offences.indices)
    func offencesCloseTheSocketAndNoOther(_ index: Int) async throws {
        let (what, code, offence) = Self.offences[index]
        try await TestApplication.serve { settings in
            settings.eventLoops = 1
            settings.socket.maximumMessageBytes = 1_000
        } _: { server, application in
            let bystander = try await TestClient.connect(to: server)
            _ = try await bystander.open()
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            try await offence(client)
            let status = try await client.closing()
            #expect(status.code == code, "\(what)")
            #expect(!status.reason.isEmpty, "\(what)")
            #expect(await client.readToEnd().isEmpty)
            await application.heard.wait { $0.contains("closed") && $0.contains { $0.hasPrefix("event:") } }
            try await bystander.send(text: "still here")
            #expect(try await bystander.text() == "still here")
        }
    }

    @Test func tooManyMessagesAreRefused() async throws {
        try await TestApplication.serve { settings in
            settings.socket.maximumMessagesPerSecond = 10
        } _: { server, _ in
            let client = try await TestClient.connect(to: server)
            _ = try await client.open()
            // At most 10 in each of the two seconds that this may touch.
            for _ in 0..<21 { try await client.send(text: "log") }
            #expect(try await client.closing().code == .policyViolation)
        }
    }

    @Test func aClientThatDoesNotReadIsGivenUp() async throws {
        try await TestApplication.serve { settings in
            settings.socket.maximumQueuedBytes = 1 << 20
        } _: { server, application in
            let client = try await TestClient.connect(to: server, readsAtOnce: false)
            try await client.send(TestClient.handshake())
            try await client.sendFrame(.text, Array("flood".utf8))
            await application.heard.wait { $0.contains("closed") && $0.contains { $0.contains("with 1013") } }
        }
    }

    @Test func aReaderThatComesBackGetsAllAndTheServerReadsOn() async throws {
        try await TestApplication.serve { settings in
            settings.socket.maximumQueuedBytes = 64 << 20
        } _: { server, application in
            let client = try await TestClient.connect(to: server, readsAtOnce: false)
            try await client.send(TestClient.handshake())
            try await client.sendFrame(.text, Array("flood".utf8))
            try await client.sendFrame(.text, Array("the end".utf8))
            try await client.readOn()
            #expect(try await client.answer().status == 101)
            for _ in 0..<400 { _ = try await client.next() }
            #expect(try await client.text() == "the end")
        }
    }
}
