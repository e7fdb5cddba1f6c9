/// Binary messages of Channels, which V2 alone has: a byte of kind, a byte of size for each field, the fields, and the
/// payload to the end. Kind 0 is laid out in two ways: a server's has no ref.
private enum BinaryKind: UInt8 {
    case push = 0
    case reply = 1
    case broadcast = 2
}

extension ChannelMessage {
    /// Reads a binary message. A field of no bytes where a ref belongs is no ref.
    package init(binary bytes: Span<UInt8>, from sender: ChannelSender) throws(ChannelError) {
        guard bytes.count > 0 else {
            throw ChannelError("kind", offset: 0, expected: "a byte", actual: "the end")
        }
        guard let kind = BinaryKind(rawValue: bytes[0]), sender == .server || kind == .push else {
            let expected = sender == .server ? "0, 1 or 2" : "0"
            throw ChannelError("kind", offset: 0, expected: expected, actual: "\(bytes[0])")
        }
        let names: [String] =
            switch (kind, sender) {
            case (.push, .client): ["join_ref", "ref", "topic", "event"]
            case (.push, .server): ["join_ref", "topic", "event"]
            case (.reply, _): ["join_ref", "ref", "topic", "status"]
            case (.broadcast, _): ["topic", "event"]
            }
        let (fields, payload) = try Self.fields(names, bytes)
        let last = fields["event"] ?? fields["status"] ?? ""
        self.init(
            head: ChannelHead(
                joinRef: fields["join_ref"].flatMap { $0.isEmpty ? nil : $0 },
                ref: fields["ref"].flatMap { $0.isEmpty ? nil : $0 },
                topic: fields["topic"] ?? "",
                kind: kind == .reply ? .reply(status: last) : .push(event: last)),
            payload: payload,
            form: .binary)
    }

    private static func fields(
        _ names: [String], _ bytes: Span<UInt8>
    ) throws(ChannelError) -> ([String: String], Range<Int>) {
        guard bytes.count > names.count else {
            throw ChannelError(
                "sizes", offset: 1, expected: "\(names.count) bytes", actual: "\(bytes.count - 1)")
        }
        var fields: [String: String] = [:]
        var position = 1 + names.count
        for (index, name) in names.enumerated() {
            let size = Int(bytes[1 + index])
            guard size <= bytes.count - position else {
                throw ChannelError(
                    name, offset: position, expected: "\(size) bytes", actual: "\(bytes.count - position)")
            }
            let range = position..<(position + size)
            fields[name] = String(decoding: [UInt8](copying: bytes, range), as: UTF8.self)
            position = range.upperBound
        }
        return (fields, position..<bytes.count)
    }
}

extension ChannelHead {
    /// Writes a binary message. A server's push without a join_ref is written as a broadcast.
    package func appendBinary(
        payload: Span<UInt8>, from sender: ChannelSender, to output: inout [UInt8]
    ) throws(ChannelError) {
        let layout: (kind: BinaryKind, fields: [(name: String, text: String)]) =
            switch (kind, sender) {
            case (.push(let event), .client):
                (.push, [("join_ref", joinRef ?? ""), ("ref", ref ?? ""), ("topic", topic), ("event", event)])
            case (.push(let event), .server):
                joinRef.map { (.push, [("join_ref", $0), ("topic", topic), ("event", event)]) }
                    ?? (.broadcast, [("topic", topic), ("event", event)])
            case (.reply(let status), _):
                (.reply, [("join_ref", joinRef ?? ""), ("ref", ref ?? ""), ("topic", topic), ("status", status)])
            }
        guard sender == .server || layout.kind == .push else {
            throw ChannelError("kind", offset: 0, expected: "a push from a client", actual: "a reply")
        }
        for (index, field) in layout.fields.enumerated() where field.text.utf8.count > 255 {
            throw ChannelError(
                field.name, offset: 1 + index, expected: "at most 255 bytes", actual: "\(field.text.utf8.count)")
        }
        output.append(layout.kind.rawValue)
        for field in layout.fields { output.append(UInt8(truncatingIfNeeded: field.text.utf8.count)) }
        for field in layout.fields { output.append(contentsOf: field.text.utf8) }
        output.append(payload, 0..<payload.count)
    }
}
