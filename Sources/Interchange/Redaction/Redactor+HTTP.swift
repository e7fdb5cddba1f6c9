internal import WebSocketWire

extension Redactor {
    /// Redacts a request's or an answer's head.
    func head(_ bytes: [UInt8]) -> [UInt8] {
        var text = RedactedText(bytes)
        var name: [UInt8] = []
        var isFirst = true
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            var line = start..<end
            while let last = line.last, Markup.isBlank(bytes[last]) { line = line.lowerBound..<last }
            if isFirst, !line.isEmpty {
                // The request's target, or a status line in which nothing is found.
                self.part(&text, line) { self.text(&$0) }
                isFirst = false
            } else if let first = line.first, !isFirst {
                if Markup.isBlank(bytes[first]) {
                    value(&text, line, of: name)
                } else if let colon = line.first(where: { bytes[$0] == 0x3a }) {
                    name = bytes[line.lowerBound..<colon].map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
                    value(&text, (colon + 1)..<line.upperBound, of: name)
                } else {
                    self.part(&text, line) { self.text(&$0) }
                }
            }
            start = end + 1
        }
        echoes(&text)
        return text.bytes
    }

    /// Redacts what the Sec-WebSocket-Protocol field says: Phoenix sends a token of authentication in it.
    func subprotocol(_ bytes: [UInt8]) -> [UInt8] {
        var text = RedactedText(bytes)
        subprotocol(&text, text.all)
        echoes(&text)
        return text.bytes
    }

    /// Works on a part that is in no encoding.
    private func part(_ text: inout RedactedText, _ range: Range<Int>, _ body: (inout RedactedText) -> Void) {
        var inner = RedactedText(Array(text.bytes[range]), isDone: Array(text.isDone[range]))
        body(&inner)
        text.bytes.replaceSubrange(range, with: inner.bytes)
        text.isDone.replaceSubrange(range, with: inner.isDone)
    }

    private func value(_ text: inout RedactedText, _ value: Range<Int>, of name: [UInt8]) {
        var range = value
        while let first = range.first, Markup.isBlank(text.bytes[first]) { range = (first + 1)..<range.upperBound }
        guard !range.isEmpty else { return }
        switch String(decoding: name, as: UTF8.self) {
        case "cookie": cookies(&text, range, isSetting: false)
        case "set-cookie": cookies(&text, range, isSetting: true)
        case "authorization", "proxy-authorization":
            // The scheme stays: it is no secret.
            let blank = range.first { text.bytes[$0] == 0x20 }
            hit(&text, (blank.map { $0 + 1 } ?? range.lowerBound)..<range.upperBound, .authorization)
        case "sec-websocket-protocol": subprotocol(&text, range)
        case "sec-websocket-key", "sec-websocket-accept", "date", "content-length", "host": return
        default:
            if let kind = field(name) {
                hit(&text, range, kind)
            } else {
                part(&text, range) { self.text(&$0) }
            }
        }
    }

    /// Redacts the values of cookies; their names and attributes stay.
    private func cookies(_ text: inout RedactedText, _ range: Range<Int>, isSetting: Bool) {
        let bytes = text.bytes
        for pair in range.split(whereSeparator: { bytes[$0] == 0x3b }) {
            guard let equals = pair.first(where: { bytes[$0] == 0x3d }) else {
                if !isSetting { hit(&text, pair.startIndex..<pair.endIndex, .cookie) }
                continue
            }
            let name = bytes[pair.startIndex..<equals].filter { !Markup.isBlank($0) }
            if !names.isKept(name) { hit(&text, (equals + 1)..<pair.endIndex, in: .percent, .cookie) }
            if isSetting { return }
        }
    }

    private static let bearer = "base64url.bearer.phx."

    private func subprotocol(_ text: inout RedactedText, _ range: Range<Int>) {
        let bytes = text.bytes
        for start in PatternSearch.places(of: Self.bearer, in: Array(bytes[range])) {
            let value = (range.lowerBound + start + Self.bearer.utf8.count)..<range.upperBound
            let end = bytes[value].firstIndex { $0 == 0x2c || Markup.isBlank($0) } ?? value.upperBound
            hit(&text, value.lowerBound..<end, .authorization)
        }
    }

    // MARK: - Bodies

    /// Redacts a body whose content coding is undone.
    /// - Parameter type: its Content-Type; empty for none.
    func body(_ bytes: [UInt8], type: String) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        guard isText(type, bytes) else { return rules.keepsBinary ? message(bytes) : binary(bytes) }
        return message(bytes)
    }

    func isText(_ type: String, _ bytes: [UInt8]) -> Bool {
        let type = type.lowercased()
        if type.isEmpty { return UTF8Check.isText(bytes) }
        if type.hasPrefix("multipart/") || type.hasPrefix("text/") { return type.hasPrefix("text/") }
        return ["json", "xml", "javascript", "x-www-form-urlencoded", "graphql"].contains { type.contains($0) }
    }

    // MARK: - Messages

    /// Redacts text as a whole: a message, a body, lines of JSON.
    func message(_ bytes: [UInt8]) -> [UInt8] {
        var text = RedactedText(bytes)
        if !json(&text, depth: 0), bytes.contains(0x0a), bytes.first == 0x5b || bytes.first == 0x7b {
            // The requests of a long poll: a JSON text a line.
            for line in bytes.indices.split(whereSeparator: { bytes[$0] == 0x0a }) {
                part(&text, line.startIndex..<line.endIndex) { self.text(&$0) }
            }
        } else {
            self.text(&text)
        }
        return text.bytes
    }

    /// Redacts a binary message. The head that Phoenix puts before the bytes of an upload stays, redacted as text.
    func binaryMessage(_ bytes: [UInt8]) -> [UInt8] {
        if rules.keepsBinary { return message(bytes) }
        let headByteCount = PhoenixBinary.headByteCount(of: bytes)
        var head = RedactedText(Array(bytes[..<headByteCount]))
        patterns(&head, TextTraits(head.bytes.span))
        echoes(&head)
        return head.bytes + binary(Array(bytes[headByteCount...]))
    }

    /// Redacts a control frame's payload: a close frame's reason, or what a ping carries.
    func control(_ bytes: [UInt8], isClose: Bool) -> [UInt8] {
        let prefix = isClose ? min(2, bytes.count) : 0
        return bytes[..<prefix] + message(Array(bytes[prefix...]))
    }

    /// Redacts a text of the recording itself, such as a target or a cause.
    func words(_ words: String) -> String {
        guard !words.isEmpty else { return words }
        var text = RedactedText(Array(words.utf8))
        self.text(&text)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

/// The head of a binary message of Phoenix Channels (serializer 2.0.0): kind, lengths, names.
enum PhoenixBinary {
    /// - Returns: 0 if the bytes have none.
    static func headByteCount(of bytes: [UInt8]) -> Int {
        guard let kind = bytes.first else { return 0 }
        // Push and reply: join_ref, ref, topic, event; from a server a push has no ref. Broadcast: topic, event.
        let counts = [0: [4, 3], 1: [4], 2: [2]][kind] ?? []
        for count in counts where bytes.count > count {
            let total = bytes[1...count].reduce(1 + count) { $0 + Int($1) }
            guard total <= bytes.count, total > 1 + count else { continue }
            if bytes[(1 + count)..<total].allSatisfy({ (0x20...0x7e).contains($0) }) { return total }
        }
        return 0
    }
}

enum UTF8Check {
    /// Whether the bytes are UTF-8 without control characters but blanks.
    static func isText(_ bytes: [UInt8]) -> Bool {
        !bytes.contains { $0 < 0x20 && !Markup.isBlank($0) } && String(validating: bytes, as: UTF8.self) != nil
    }
}
