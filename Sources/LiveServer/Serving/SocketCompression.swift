internal import WebSocketWire

/// What a socket whose messages may be deflated keeps.
final class SocketCompression {
    let agreement: PermessageDeflate
    private let minimumBytes: Int
    /// nil without context takeover: the loop's own serves then.
    private var deflater: Deflater?

    /// - Returns: nil if the client offers nothing that fits.
    init?(offers: String?, _ settings: SocketCompressionSettings?) {
        guard let settings, let offer = DeflateOffer.offers(inRequest: offers).first else { return nil }
        agreement = offer.accepted(within: settings.limits)
        minimumBytes = settings.minimumBytes
        if agreement.contextTakeover(of: .server) {
            deflater = agreement.deflater(for: .server, level: settings.level)
        }
    }

    /// - Returns: nil for a message that is better sent as it is.
    func deflate(_ message: [UInt8], on loop: ServingLoop) -> [UInt8]? {
        guard message.count >= minimumBytes else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(message.count / 2)
        let isDone =
            deflater?.append(message: message.span, to: &output)
            ?? loop.deflate(message, windowBits: agreement.windowBits(of: .server), into: &output)
        return isDone ? output : nil
    }
}
