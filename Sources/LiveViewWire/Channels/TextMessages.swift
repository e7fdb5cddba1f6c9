/// Text messages of Channels, in both layouts.
extension ChannelMessage {
    /// Reads a text message. The payload is checked to be JSON, and stays where it is.
    /// - Parameter sender: only a server's `phx_reply` is a reply.
    package init(
        text bytes: Span<UInt8>, from sender: ChannelSender, serializer: ChannelSerializer = .v2,
        limits: JSONLimits = JSONLimits()
    ) throws(ChannelError) {
        var parts = TextParts(bytes.count, limits: limits)
        switch serializer {
        case .v1: try parts.readObject(bytes, from: sender)
        case .v2: try parts.readArray(bytes, from: sender)
        }
        let kind: ChannelHead.Kind = parts.status.map { .reply(status: $0) } ?? .push(event: parts.event)
        self.init(
            head: ChannelHead(joinRef: parts.joinRef, ref: parts.ref, topic: parts.topic, kind: kind),
            payload: parts.payload, form: .json)
    }
}

/// The five parts of a text message.
private struct TextParts {
    var joinRef: String?
    var ref: String?
    var topic = ""
    var event = ""
    /// A push's payload or a reply's response.
    var payload = 0..<0
    /// The status of a reply.
    var status: String?
    private var reader: JSONReader
    private let limits: JSONLimits

    init(_ count: Int, limits: JSONLimits) {
        reader = JSONReader(0..<count, limits: limits)
        self.limits = limits
    }

    mutating func readArray(_ bytes: Span<UInt8>, from sender: ChannelSender) throws(ChannelError) {
        try part("message") { reader throws(JSONError) in try reader.beginArray(bytes) }
        try element("join_ref", bytes)
        joinRef = try refPart("join_ref", bytes)
        try element("ref", bytes)
        ref = try refPart("ref", bytes)
        try element("topic", bytes)
        topic = try textPart("topic", bytes)
        try element("event", bytes)
        event = try textPart("event", bytes)
        try element("payload", bytes)
        if sender == .server, event == ChannelEvent.reply {
            var inner = reader
            try readReply(bytes, &inner)
            reader = inner
        } else {
            payload = try part("payload") { reader throws(JSONError) in try reader.skip(bytes) }
        }
        let offset = reader.position
        guard try !part("message", { reader throws(JSONError) in try reader.nextElement(bytes) }) else {
            throw ChannelError("message", offset: offset, expected: "an array of five", actual: "a sixth element")
        }
        try part("message") { reader throws(JSONError) in try reader.finish(bytes) }
    }

    /// V1: `ref`, `topic`, `event` and `payload` must be there, in any order.
    mutating func readObject(_ bytes: Span<UInt8>, from sender: ChannelSender) throws(ChannelError) {
        var missing: Set = ["topic", "event", "payload"]
        try part("message") { reader throws(JSONError) in try reader.beginObject(bytes) }
        while let key = try part("message", { reader throws(JSONError) in try reader.nextKey(bytes) }) {
            let name = key.string(bytes)
            missing.remove(name)
            switch name {
            case "join_ref": joinRef = try refPart(name, bytes)
            case "ref": ref = try refPart(name, bytes)
            case "topic": topic = try textPart(name, bytes)
            case "event": event = try textPart(name, bytes)
            case "payload": payload = try part(name) { reader throws(JSONError) in try reader.skip(bytes) }
            default: try part(name) { reader throws(JSONError) in _ = try reader.skip(bytes) }
            }
        }
        try part("message") { reader throws(JSONError) in try reader.finish(bytes) }
        guard missing.isEmpty else {
            let names = missing.sorted().joined(separator: ", ")
            throw ChannelError("message", offset: 0, expected: names, actual: "an object without")
        }
        // Only now the event is known for sure.
        guard sender == .server, event == ChannelEvent.reply else { return }
        var inner = JSONReader(payload, limits: limits)
        try readReply(bytes, &inner)
    }

    /// Reads a reply's payload: `{"status":..,"response":..}`.
    private mutating func readReply(_ bytes: Span<UInt8>, _ reader: inout JSONReader) throws(ChannelError) {
        let start = reader.position
        var response: Range<Int>?
        do throws(JSONError) {
            try reader.beginObject(bytes)
            while let key = try reader.nextKey(bytes) {
                if key.equals("status", bytes) {
                    status = try reader.string(bytes).string(bytes)
                } else if key.equals("response", bytes) {
                    response = try reader.skip(bytes)
                } else {
                    try reader.skip(bytes)
                }
            }
        } catch {
            throw ChannelError("reply", error)
        }
        guard status != nil, let response else {
            let missing = status == nil ? "\"status\"" : "\"response\""
            throw ChannelError("reply", offset: start, expected: missing, actual: "an object without it")
        }
        payload = response
    }

    private mutating func element(_ name: String, _ bytes: Span<UInt8>) throws(ChannelError) {
        guard try part(name, { reader throws(JSONError) in try reader.nextElement(bytes) }) else {
            throw ChannelError(
                name, offset: reader.position - 1, expected: "an array of five", actual: "its end before the \(name)")
        }
    }

    private mutating func refPart(_ name: String, _ bytes: Span<UInt8>) throws(ChannelError) -> String? {
        try part(name) { reader throws(JSONError) in try reader.stringOrNull(bytes) }?.string(bytes)
    }

    private mutating func textPart(_ name: String, _ bytes: Span<UInt8>) throws(ChannelError) -> String {
        try part(name) { reader throws(JSONError) in try reader.string(bytes) }.string(bytes)
    }

    @inline(__always)
    private mutating func part<Result>(
        _ name: String, _ read: (inout JSONReader) throws(JSONError) -> Result
    ) throws(ChannelError) -> Result {
        do throws(JSONError) {
            return try read(&reader)
        } catch {
            throw ChannelError(name, error)
        }
    }
}

extension ChannelHead {
    /// Writes a text message.
    /// - Parameters:
    ///   - payload: a push's payload or a reply's response; that it is JSON is the caller's part.
    ///   - serializer: V1 has no place for a server's join_ref, which is left out.
    package func appendText(
        payload: Span<UInt8>, from sender: ChannelSender, serializer: ChannelSerializer = .v2, to output: inout [UInt8]
    ) {
        var json = JSONWriter(taking: &output)
        switch serializer {
        case .v2:
            json.beginArray()
            json.stringOrNull(joinRef)
            json.stringOrNull(ref)
            json.string(topic)
            json.string(event)
            write(payload, to: &json)
            json.endArray()
        case .v1:
            json.beginObject()
            if sender == .client, let joinRef {
                json.key("join_ref")
                json.string(joinRef)
            }
            json.key("topic")
            json.string(topic)
            json.key("event")
            json.string(event)
            json.key("payload")
            write(payload, to: &json)
            json.key("ref")
            json.stringOrNull(ref)
            json.endObject()
        }
        output = json.bytes
    }

    private func write(_ payload: Span<UInt8>, to json: inout JSONWriter) {
        switch kind {
        case .push:
            json.raw(payload)
        case .reply(let status):
            json.beginObject()
            json.key("status")
            json.string(status)
            json.key("response")
            json.raw(payload)
            json.endObject()
        }
    }
}

extension JSONWriter {
    fileprivate mutating func stringOrNull(_ text: String?) {
        if let text { string(text) } else { null() }
    }
}
