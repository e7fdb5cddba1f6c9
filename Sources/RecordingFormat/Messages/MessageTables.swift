// One table per message: the source of the embedded descriptor and of the `.proto` text. A test holds the encoders to it.

extension ProtobufEnumTable {
    static let direction = ProtobufEnumTable("Direction", of: Direction.self)
}

extension ProtobufMessageTable {
    private init(_ name: String, _ comment: String, enums: [ProtobufEnumTable] = [], _ fields: [ProtobufFieldTable]) {
        self.init(name: name, comment: comment, enums: enums, fields: Self.stamp + fields)
    }

    private static let stamp: [ProtobufFieldTable] = [
        .init(
            1, "crc32c", .fixed32,
            "CRC32C of the channel id (2 bytes, little endian) and of all bytes after this field, which is the first."),
        .init(2, "connection", .uint64, "The TCP connection's number in the run, from 1; 0 is the run itself."),
        .init(3, "sequence", .uint64, "Counts all records of the connection in the run, from 0."),
        .init(4, "wall_ns", .fixed64, "Nanoseconds since 1970; equals log_time and publish_time."),
        .init(5, "monotonic_ns", .fixed64, "Nanoseconds on a clock that never goes back."),
    ]

    static let frame: ProtobufMessageTable = {
        let kind = ProtobufEnumTable("Kind", in: "Frame", of: FrameRecord.StoredKind.self)
        let reason = ProtobufEnumTable("RawReason", in: "Frame", of: FrameRecord.RawReason.self)
        return ProtobufMessageTable(
            "Frame", "A WebSocket frame as it was on the wire, a part of one, several, or bytes that are no frame.",
            enums: [kind, reason],
            [
                .init(6, "direction", .value(.direction), "Who sent it; agrees with the channel."),
                .init(7, "kind", .value(kind), "What it is."),
                .init(
                    8, "offset", .uint64, "Where the frame's head, or the first raw byte, is in the sender's stream."),
                .init(9, "number", .uint64, "The frame's number in its direction of the socket, from 0."),
                .init(10, "part", .uint32, "Which part of the frame this is, from 0."),
                .init(11, "last", .bool, "Whether the frame ends with this part."),
                .init(12, "raw_reason", .value(reason), "Why bytes are raw."),
                .init(13, "head", .bytes, "The frame's head, verbatim (2 to 14 bytes); with part 0 only."),
                .init(14, "payload", .bytes, "The payload as on the wire: masked, compressed. The last field."),
                .init(
                    15, "mask_key", .fixed32,
                    "With unmasked: what its first 4 bytes were masked with, the first byte lowest; and so on from there."
                ),
                .init(16, "wire_size", .uint64, "With plain: how many bytes of payload there were on the wire."),
                .init(
                    17, "unmasked", .bytes, "In place of payload, in sealed files: without its mask. The last field."),
                .init(
                    18, "plain", .bytes,
                    "In place of payload, where it was redacted: without mask and compression. The last field."),
                .init(19, "count", .uint64, "With RUN: how many frames there are."),
                .init(
                    20, "run", .bytes,
                    "In place of payload, with RUN: frames with their heads, one behind the other. The last field."),
            ])
    }()

    static let http: ProtobufMessageTable = {
        let kind = ProtobufEnumTable("Kind", in: "Http", of: HTTPRecord.Kind.self)
        return ProtobufMessageTable(
            "Http", "A piece of HTTP/1.1.", enums: [kind],
            [
                .init(6, "direction", .value(.direction), "Who sent it."),
                .init(7, "kind", .value(kind), "What it is."),
                .init(
                    8, "exchange", .uint64, "The request's number on its connection, from 1; its answer has the same."),
                .init(9, "offset", .uint64, "Where the bytes begin in the sender's stream."),
                .init(10, "made_by_proxy", .bool, "Whether the proxy said it itself."),
                .init(11, "body_size", .uint64, "With END: how many bytes of body passed."),
                .init(12, "body_recorded", .uint64, "With END: how many of them were recorded."),
                .init(14, "bytes", .bytes, "The head verbatim, or a piece of the body as on the wire. The last field."),
                .init(15, "wire_size", .uint64, "With plain: how many bytes there were on the wire."),
                .init(
                    16, "plain", .bytes,
                    "In place of bytes, where a body was redacted: its content coding undone. The last field."),
            ])
    }()

    static let socket: ProtobufMessageTable = {
        let kind = ProtobufEnumTable("Kind", in: "Socket", of: SocketRecord.Kind.self)
        let actor = ProtobufEnumTable("Actor", in: "Socket", of: SocketRecord.Actor.self)
        return ProtobufMessageTable(
            "Socket", "Something that happened to a connection or to the socket on it.", enums: [kind, actor],
            [
                .init(6, "kind", .value(kind), "What happened."),
                .init(7, "by", .value(actor), "Who did it."),
                .init(8, "exchange", .uint64, "The upgrade request's number on its connection, from 1."),
                .init(9, "target", .string, "The request's target."),
                .init(10, "subprotocol", .string, "The agreed subprotocol."),
                .init(11, "extensions", .string, "The agreed extensions."),
                .init(12, "client_address", .string, "The client's address and port."),
                .init(13, "server_address", .string, "The server's address and port."),
                .init(14, "cause", .string, "Why, in words."),
                .init(15, "close_code", .uint32, "The close frame's code."),
                .init(16, "recorded", .bool, "Whether the socket's frames are in the recording."),
                .init(17, "early_client_bytes", .uint64, "Bytes that the client sent before the 101."),
                .init(18, "tls_version", .string, "TLS: the agreed version."),
                .init(19, "tls_cipher", .string, "TLS: the agreed cipher suite."),
                .init(20, "tls_alpn", .string, "TLS: the agreed application protocol."),
                .init(21, "tls_server_name", .string, "TLS: the name the client asked for."),
                .init(22, "direction", .value(.direction), "Whose leg or whose bytes it is about."),
            ])
    }()

    static let gap = ProtobufMessageTable(
        "Gap", "What crossed the wire and could not be recorded.",
        [
            .init(6, "cause", .string, "Why, in words."),
            .init(7, "from_wall_ns", .fixed64, "From when, in nanoseconds since 1970."),
            .init(8, "to_wall_ns", .fixed64, "To when."),
            .init(9, "records", .uint64, "How many records were lost."),
            .init(10, "bytes", .uint64, "How many bytes of traffic were lost."),
        ])

    static let note: ProtobufMessageTable = {
        let kind = ProtobufEnumTable("Kind", in: "Note", of: NoteRecord.Kind.self)
        return ProtobufMessageTable(
            "Note", "What the recorder says about the recording itself.", enums: [kind],
            [
                .init(6, "kind", .value(kind), "What it is about."),
                .init(7, "text", .string, "In words."),
                .init(8, "next_file", .uint32, "The number of the run's next file; 0: none."),
            ])
    }()

    static let checkpoint = ProtobufMessageTable(
        "Checkpoint",
        "In sealed files: all that a reader needs to go on with an open socket from here. No record of its own: its "
            + "sequence is that of the connection's next record.",
        [
            .init(6, "opened_sequence", .uint64, "The sequence of the socket's opening."),
            .init(7, "opened_wall_ns", .fixed64, "When it was opened, in nanoseconds since 1970."),
            .init(8, "opened_monotonic_ns", .fixed64, "The same on a clock that never goes back."),
            .init(9, "opening_recorded", .bool, "Whether the opening is in the run."),
            .init(10, "target", .string, "The request's target."),
            .init(11, "subprotocol", .string, "The agreed subprotocol."),
            .init(12, "extensions", .string, "The agreed extensions."),
            .init(13, "request", .bytes, "The upgrade request's head, verbatim."),
            .init(14, "response", .bytes, "The head of the 101, verbatim."),
        ] + stream("client", 15) + stream("server", 21))

    private static func stream(_ sender: String, _ first: UInt32) -> [ProtobufFieldTable] {
        [
            .init(first, "\(sender)_next_frame", .uint64, "The number of the \(sender)'s next frame."),
            .init(first + 1, "\(sender)_next_message", .uint64, "The number of its next message."),
            .init(first + 2, "\(sender)_closed", .bool, "Whether it sent a close frame."),
            .init(first + 3, "\(sender)_behind_gap", .bool, "Whether records were lost and no data frame came since."),
            .init(first + 4, "\(sender)_context_lost", .bool, "Whether its messages refer to bytes that are lost."),
            .init(first + 5, "\(sender)_window", .bytes, "Its last inflated bytes, at most 32 KiB."),
        ]
    }
}
