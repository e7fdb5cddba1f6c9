/// The value of `Sec-WebSocket-Key`: 16 bytes in Base64 (RFC 6455 section 4.1).
package struct HandshakeKey: Hashable, Sendable {
    /// As it stands in the field.
    package let text: String

    /// - Parameter bytes: the nonce; the caller draws it at random.
    /// - Returns: nil unless there are 16 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        text = Base64.encode(bytes)
    }

    /// - Returns: nil unless the text is Base64 of 16 bytes.
    package init?(text: String) {
        guard Base64.decode(text)?.count == 16 else { return nil }
        self.text = text
    }

    /// The value of `Sec-WebSocket-Accept` that answers this key (RFC 6455 section 4.2.2, step 5.4).
    package var accept: String {
        Base64.encode(SHA1.hash(Array(text.utf8) + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
    }
}
