import LiveViewWire
import TestSupport
import Testing

@Suite struct ChannelMessageTests {
    /// Reads a message, and says it as a sentence.
    private func sentence(
        _ text: String, from sender: ChannelSender, _ serializer: ChannelSerializer = .v2
    ) throws -> String {
        let bytes = Array(text.utf8)
        let message = try ChannelMessage(text: bytes.span, from: sender, serializer: serializer)
        return sentence(message, bytes)
    }

    private func sentence(_ message: ChannelMessage, _ bytes: [UInt8]) -> String {
        let kind =
            switch message.head.kind {
            case .push(let event): event
            case .reply(let status): "reply \(status)"
            }
        let head = message.head
        let payload = String(decoding: bytes[message.payload], as: UTF8.self)
        return "\(head.joinRef ?? "-") \(head.ref ?? "-") \(head.topic): \(kind) \(payload)"
    }

    @Test func readsAConversation() throws {
        let join = #"["4","4","lv:phx-A","phx_join",{"session":"S"}]"#
        #expect(try sentence(join, from: .client) == #"4 4 lv:phx-A: phx_join {"session":"S"}"#)
        let joined = #"["4","4","lv:phx-A","phx_reply",{"response":{"rendered":{"s":[""]}},"status":"ok"}]"#
        #expect(try sentence(joined, from: .server) == #"4 4 lv:phx-A: reply ok {"rendered":{"s":[""]}}"#)
        let diff = #"["4",null,"lv:phx-A","diff",{"0":"2"}]"#
        #expect(try sentence(diff, from: .server) == #"4 - lv:phx-A: diff {"0":"2"}"#)
        let heartbeat = #"[null,"11","phoenix","heartbeat",{}]"#
        #expect(try sentence(heartbeat, from: .client) == "- 11 phoenix: heartbeat {}")
        let alive = #" [ null , "11","phoenix","phx_reply",{"status":"ok","response":{},"more":1} ] "#
        #expect(try sentence(alive, from: .server) == "- 11 phoenix: reply ok {}")
        let broadcast = #"[null,null,"room:1","shout",["any",1]]"#
        #expect(try sentence(broadcast, from: .server) == #"- - room:1: shout ["any",1]"#)
    }

    @Test func readsTheOlderLayout() throws {
        let push = #"{"topic":"t","event":"e","payload":{"a":1},"ref":"2","join_ref":"1"}"#
        #expect(try sentence(push, from: .client, .v1) == #"1 2 t: e {"a":1}"#)
        let reply =
            #"{"payload":{"status":"error","response":{"reason":"x"}},"ref":"2","topic":"t","event":"phx_reply"}"#
        #expect(try sentence(reply, from: .server, .v1) == #"- 2 t: reply error {"reason":"x"}"#)
        let diff = #"{"topic":"t","event":"diff","payload":{},"ref":null}"#
        #expect(try sentence(diff, from: .server, .v1) == "- - t: diff {}")
    }

    @Test func onlyAServerReplies() throws {
        let text = #"["1","2","t","phx_reply",{}]"#
        #expect(try sentence(text, from: .client) == "1 2 t: phx_reply {}")
        #expect(throws: ChannelError.self) { try sentence(text, from: .server) }
    }

    @Test(arguments: [
        (#"{}"#, #"message, byte 0: expected an array, found "{""#),
        (#"["1","2","t"]"#, "event, byte 12: expected an array of five, found its end before the event"),
        (#"[1,"2","t","e",{}]"#, #"join_ref, byte 1: expected a string or null, found "1""#),
        (#"["1",2,"t","e",{}]"#, #"ref, byte 5: expected a string or null, found "2""#),
        (#"["1","2",null,"e",{}]"#, #"topic, byte 9: expected a string, found "n""#),
        (#"["1","2","t","e",{"a":]"#, #"payload, byte 22: expected a value, found "]""#),
        (#"["1","2","t","e",{},0]"#, "message, byte 19: expected an array of five, found a sixth element"),
        (#"["1","2","t","e",{}] x"#, #"message, byte 21: expected the end, found "x""#),
        (
            #"["1","2","t","phx_reply",{"status":"ok"}]"#,
            #"reply, byte 25: expected "response", found an object without it"#
        ),
        (#"["1","2","t","phx_reply",[]]"#, #"reply, byte 25: expected an object, found "[""#),
    ])
    func errorsSayWhatWasExpectedWhere(text: String, message: String) {
        let error = #expect(throws: ChannelError.self) { try sentence(text, from: .server) }
        #expect(error.map { "\($0)" } == message)
    }

    @Test func anObjectWithoutATopicIsNoMessage() {
        let error = #expect(throws: ChannelError.self) {
            try sentence(#"{"event":"e","ref":"1"}"#, from: .client, .v1)
        }
        #expect(error.map { "\($0)" } == "message, byte 0: expected payload, topic, found an object without")
    }

    // MARK: - Binary

    /// The chunk of section 1.3 of our notes on the protocol, as a browser sent it.
    @Test func readsAnUploadChunk() throws {
        let bytes: [UInt8] = [0, 2, 2, 5, 5] + Array("1920lvu:0chunkabcd".utf8)
        let message = try ChannelMessage(binary: bytes.span, from: .client)
        #expect(sentence(message, bytes) == "19 20 lvu:0: chunk abcd")
        #expect(message.form == .binary)
    }

    @Test func kindZeroHasALayoutForEachSender() throws {
        let bytes: [UInt8] = [0, 1, 2, 3] + Array("1ttabcPAYLOAD".utf8)
        let message = try ChannelMessage(binary: bytes.span, from: .server)
        #expect(sentence(message, bytes) == "1 - tt: abc PAYLOAD")
        #expect(throws: ChannelError.self) { try ChannelMessage(binary: [0, 1, 2, 3].span, from: .client) }
    }

    @Test func readsRepliesAndBroadcasts() throws {
        let reply: [UInt8] = [1, 1, 1, 1, 2] + Array("12tok!".utf8)
        #expect(sentence(try ChannelMessage(binary: reply.span, from: .server), reply) == "1 2 t: reply ok !")
        let broadcast: [UInt8] = [2, 1, 3] + Array("tnew".utf8)
        #expect(sentence(try ChannelMessage(binary: broadcast.span, from: .server), broadcast) == "- - t: new ")
    }

    @Test(arguments: [
        ([], ChannelSender.server, "kind, byte 0: expected a byte, found the end"),
        ([3], .server, "kind, byte 0: expected 0, 1 or 2, found 3"),
        ([1, 0, 0, 0, 0], .client, "kind, byte 0: expected 0, found 1"),
        ([0, 1, 1], .client, "sizes, byte 1: expected 4 bytes, found 2"),
        ([2, 9, 0, 65], .server, "topic, byte 3: expected 9 bytes, found 1"),
    ])
    func binaryErrorsSayWhatWasExpectedWhere(bytes: [UInt8], sender: ChannelSender, message: String) {
        let error = #expect(throws: ChannelError.self) { try ChannelMessage(binary: bytes.span, from: sender) }
        #expect(error.map { "\($0)" } == message)
    }

    @Test func fieldsOfMoreThan255BytesHaveNoBinaryForm() {
        let head = ChannelHead(
            joinRef: "1", ref: nil, topic: String(repeating: "é", count: 128), kind: .push(event: "e"))
        var output: [UInt8] = []
        #expect(throws: ChannelError.self) {
            try head.appendBinary(payload: [UInt8]().span, from: .server, to: &output)
        }
        #expect(output.isEmpty)
    }

    // MARK: - Both ways

    /// Any message comes back from each of its forms.
    @Test func anyMessageComesBack() throws {
        var generator = SeededGenerator(seed: 11)
        func text(_ letters: [String]) -> String {
            (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                letters.randomElement(using: &generator) ?? ""
            }.joined()
        }
        for _ in 0..<2000 {
            let sender: ChannelSender = Bool.random(using: &generator) ? .client : .server
            let isReply = sender == .server && Bool.random(using: &generator)
            let letters = ["a", "lv:", "é", "\"", "\\", "\n", "😀"]
            let isPush = sender == .server && !isReply
            var head = ChannelHead(
                joinRef: text(["1", "2"]), ref: isPush ? nil : text(["3", "4"]), topic: text(letters),
                kind: isReply ? .reply(status: text(["ok", "error"])) : .push(event: text(letters)))
            if Bool.random(using: &generator), !isReply { head.joinRef = nil }
            let payload = Array(#"{"a":[1,"x"]}"#.utf8)

            var binary: [UInt8] = []
            try head.appendBinary(payload: payload.span, from: sender, to: &binary)
            let fromBinary = try ChannelMessage(binary: binary.span, from: sender)
            #expect(fromBinary.head == head && Array(binary[fromBinary.payload]) == payload)

            var output = Array("x".utf8)
            head.appendText(payload: payload.span, from: sender, to: &output)
            output.removeFirst()
            let fromText = try ChannelMessage(text: output.span, from: sender)
            #expect(fromText.head == head && Array(output[fromText.payload]) == payload)

            var old: [UInt8] = []
            head.appendText(payload: payload.span, from: sender, serializer: .v1, to: &old)
            if sender == .server { head.joinRef = nil }
            let fromOld = try ChannelMessage(text: old.span, from: sender, serializer: .v1)
            #expect(fromOld.head == head && Array(old[fromOld.payload]) == payload)
        }
    }

    @Test func refsCountOn() {
        var refs = ChannelRefs(after: 3)
        #expect([refs.next(), refs.next()] == ["4", "5"])
    }
}
