/// Why a socket is closed (RFC 6455 section 7.4, and IANA's registry of WebSocket close codes).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let normalClosure = CloseCode(rawValue: 1000)
    package static let goingAway = CloseCode(rawValue: 1001)
    package static let protocolError = CloseCode(rawValue: 1002)
    package static let unsupportedData = CloseCode(rawValue: 1003)
    /// Stands for a close frame without a code; never on the wire.
    package static let noStatusReceived = CloseCode(rawValue: 1005)
    /// Stands for a connection that ended without a close frame; never on the wire.
    package static let abnormalClosure = CloseCode(rawValue: 1006)
    package static let invalidFramePayloadData = CloseCode(rawValue: 1007)
    package static let policyViolation = CloseCode(rawValue: 1008)
    package static let messageTooBig = CloseCode(rawValue: 1009)
    package static let mandatoryExtension = CloseCode(rawValue: 1010)
    package static let internalError = CloseCode(rawValue: 1011)
    package static let serviceRestart = CloseCode(rawValue: 1012)
    package static let tryAgainLater = CloseCode(rawValue: 1013)
    package static let badGateway = CloseCode(rawValue: 1014)
    /// Stands for a failed TLS handshake; never on the wire.
    package static let tlsHandshake = CloseCode(rawValue: 1015)

    /// Whether a close frame may hold this code: 1000 to 1003 and 1007 to 1014 as registered, 3000 to 3999 for
    /// libraries, 4000 to 4999 for applications (RFC 6455 sections 7.4.1 and 7.4.2).
    package var isAllowedInCloseFrame: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// What a close frame says (RFC 6455 section 5.5.1).
package struct CloseStatus: Hashable, Sendable {
    /// nil if the frame holds no code.
    package var code: CloseCode?
    /// Why, in words for people; what is not UTF-8 is replaced by U+FFFD. Empty if the frame holds no reason.
    package var reason: String

    package init(code: CloseCode?, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// Reads the payload of a close frame.
    init(payload: [UInt8]) {
        if payload.count >= 2 {
            code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        }
        reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
    }

    /// The payload of a close frame that says this, at most 125 bytes: a longer reason is cut between two characters.
    /// Without a code there is no reason either.
    package var payload: [UInt8] {
        guard let code else { return [] }
        var bytes = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xff)]
        for scalar in reason.unicodeScalars {
            let character = Array(String(scalar).utf8)
            guard bytes.count + character.count <= 125 else { break }
            bytes += character
        }
        return bytes
    }
}
