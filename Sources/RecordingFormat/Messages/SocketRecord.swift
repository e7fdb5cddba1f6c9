/// Something that happened to a connection or to the socket on it. What is not known is empty, 0 or nil.
package struct SocketRecord: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Hashable, Sendable, ProtobufEnum {
        case connectionOpened = 1
        /// The proxy could not reach the server; the cause says why.
        case connectFailed = 2
        /// A TLS handshake is done on the leg of ``SocketRecord/direction``.
        case tls = 3
        /// The 101 has passed.
        case socketOpened = 4
        case socketClosed = 5
        case connectionClosed = 6
        /// From here on the direction's bytes are recorded raw: they are not HTTP/1.1.
        case notHTTP = 7
        /// From here on the direction's bytes are recorded raw: a frame's head states a length beyond any.
        case unframeable = 8
    }

    package enum Actor: UInt8, CaseIterable, Hashable, Sendable, ProtobufEnum {
        case client = 1
        case server = 2
        case proxy = 3
    }

    /// What a TLS handshake agreed on.
    package struct TLS: Hashable, Sendable {
        package var version: String
        package var cipher: String
        package var alpn: String
        package var serverName: String

        package init(version: String = "", cipher: String = "", alpn: String = "", serverName: String = "") {
            self.version = version
            self.cipher = cipher
            self.alpn = alpn
            self.serverName = serverName
        }
    }

    package var stamp: RecordStamp
    package var kind: Kind
    /// Who did it.
    package var by: Actor?
    /// The number of the upgrade request on its connection, from 1; 0: none.
    package var exchange: UInt64 = 0
    /// The request's target.
    package var target = ""
    package var subprotocol = ""
    /// The answer's Sec-WebSocket-Extensions.
    package var extensions = ""
    package var clientAddress = ""
    package var serverAddress = ""
    package var cause = ""
    /// The close frame's code; 0: none seen.
    package var closeCode: UInt32 = 0
    /// Whether the socket's frames are in the recording: not if the user left it out.
    package var isRecorded = false
    /// How many bytes the client had sent behind its upgrade request before the 101.
    package var earlyClientBytes: UInt64 = 0
    package var tls = TLS()
    package var direction: Direction?

    /// The other fields begin empty; set those that are known.
    package init(stamp: RecordStamp, kind: Kind, by: Actor? = nil) {
        self.stamp = stamp
        self.kind = kind
        self.by = by
    }
}

extension SocketRecord {
    func write(to writer: inout ProtobufWriter) {
        writer.value(6, kind)
        writer.value(7, by)
        writer.uint(8, exchange)
        writer.text(9, target)
        writer.text(10, subprotocol)
        writer.text(11, extensions)
        writer.text(12, clientAddress)
        writer.text(13, serverAddress)
        writer.text(14, cause)
        writer.uint(15, UInt64(closeCode))
        writer.bool(16, isRecorded)
        writer.uint(17, earlyClientBytes)
        writer.text(18, tls.version)
        writer.text(19, tls.cipher)
        writer.text(20, tls.alpn)
        writer.text(21, tls.serverName)
        writer.value(22, direction)
    }

    static func decode(_ bytes: Span<UInt8>, _ message: ProtobufReader) throws(FormatError) -> SocketRecord {
        var reader = message
        var stamp = RecordStamp()
        var kind: Kind?
        var record = SocketRecord(stamp: stamp, kind: .connectionOpened)
        while let field = try reader.next(bytes) {
            if try stamp.take(field, reader) { continue }
            switch field.number {
            case 6: kind = try reader.value(field)
            case 7: record.by = try reader.value(field)
            case 8: record.exchange = try reader.uint(field)
            case 9: record.target = try reader.text(field, bytes)
            case 10: record.subprotocol = try reader.text(field, bytes)
            case 11: record.extensions = try reader.text(field, bytes)
            case 12: record.clientAddress = try reader.text(field, bytes)
            case 13: record.serverAddress = try reader.text(field, bytes)
            case 14: record.cause = try reader.text(field, bytes)
            case 15: record.closeCode = try reader.uint32(field)
            case 16: record.isRecorded = try reader.bool(field)
            case 17: record.earlyClientBytes = try reader.uint(field)
            case 18: record.tls.version = try reader.text(field, bytes)
            case 19: record.tls.cipher = try reader.text(field, bytes)
            case 20: record.tls.alpn = try reader.text(field, bytes)
            case 21: record.tls.serverName = try reader.text(field, bytes)
            case 22: record.direction = try reader.value(field)
            default: continue
            }
        }
        record.stamp = stamp
        record.kind = try reader.required(kind, "a kind")
        return record
    }
}
