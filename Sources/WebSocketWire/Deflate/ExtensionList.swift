/// One extension of a `Sec-WebSocket-Extensions` header (RFC 6455 section 9.1).
package struct WebSocketExtension: Hashable, Sendable {
    package var name: String
    package var parameters: [Parameter]

    package struct Parameter: Hashable, Sendable {
        package var name: String
        /// Without its quotes; nil for a parameter that is a name only.
        package var value: String?

        package init(name: String, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    package init(name: String, parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    /// As it stands in a header.
    package var text: String {
        ([name] + parameters.map { $0.value.map { [name = $0.name] in "\(name)=\($0)" } ?? $0.name })
            .joined(separator: "; ")
    }
}

/// Why a `Sec-WebSocket-Extensions` header cannot be used.
package enum ExtensionError: Error, Hashable, Sendable {
    /// It is not a list of extensions; what was expected where, in bytes from the beginning of the value.
    case malformed(expected: String, offset: Int)
    /// permessage-deflate is there more than once, in a response.
    case repeatedExtension
    /// RFC 7692 section 7.1 does not define it.
    case unknownParameter(String)
    case repeatedParameter(String)
    /// The value is missing, not allowed, or not a number from 8 to 15 without a leading zero.
    case invalidValue(parameter: String, value: String?)
}

extension WebSocketExtension {
    /// Reads the value of a `Sec-WebSocket-Extensions` header; the values of several are joined by commas first.
    package static func list(in headerValue: String) throws(ExtensionError) -> [WebSocketExtension] {
        var reader = ExtensionReader(bytes: Array(headerValue.utf8))
        return try reader.readList()
    }
}

/// Reads the grammar of RFC 6455 section 9.1. Empty list elements are passed over (RFC 9110 section 5.6.1.2).
private struct ExtensionReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func readList() throws(ExtensionError) -> [WebSocketExtension] {
        var list: [WebSocketExtension] = []
        while true {
            while passOver(UInt8(ascii: ",")) {}
            guard position < bytes.count else { return list }
            list.append(try readExtension())
            guard position == bytes.count || bytes[position] == UInt8(ascii: ",") else {
                throw .malformed(expected: "',' or ';'", offset: position)
            }
        }
    }

    private mutating func readExtension() throws(ExtensionError) -> WebSocketExtension {
        var found = WebSocketExtension(name: try readToken())
        while passOver(UInt8(ascii: ";")) {
            var parameter = WebSocketExtension.Parameter(name: try readToken())
            if passOver(UInt8(ascii: "=")) { parameter.value = try readValue() }
            found.parameters.append(parameter)
        }
        return found
    }

    /// Passes over white space, the mark if it is there, and white space behind it.
    private mutating func passOver(_ mark: UInt8) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == mark else { return false }
        position += 1
        skipWhitespace()
        return true
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func readToken() throws(ExtensionError) -> String {
        let start = position
        while position < bytes.count, Self.isTokenByte(bytes[position]) { position += 1 }
        guard position > start else { throw .malformed(expected: "a token", offset: start) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A token, or a quoted string that holds one once it is unescaped.
    private mutating func readValue() throws(ExtensionError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return try readToken() }
        let start = position
        position += 1
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") { position += 1 }
            guard position < bytes.count, Self.isTokenByte(bytes[position]) else { break }
            value.append(bytes[position])
            position += 1
        }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), !value.isEmpty else {
            throw .malformed(expected: "a quoted token", offset: start)
        }
        position += 1
        return String(decoding: value, as: UTF8.self)
    }

    /// RFC 9110 section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
        }
    }
}
