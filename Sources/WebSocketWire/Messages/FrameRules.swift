extension FrameHead {
    /// The rules that a head breaks by itself, whatever came before it.
    /// - Parameter hasDeflate: whether permessage-deflate was negotiated, which gives RSV1 a meaning.
    func violations(sender: Peer, hasDeflate: Bool) -> [ProtocolViolation.Kind] {
        var found: [ProtocolViolation.Kind] = []
        if opcode.isReserved { found.append(.reservedOpcode(opcode)) }
        if !reservedBits.isEmpty { found += reservedBitViolations(hasDeflate: hasDeflate) }
        switch sender {
        case .client: if !isMasked { found.append(.unmaskedClientFrame) }
        case .server: if isMasked { found.append(.maskedServerFrame) }
        }
        let length = payloadLength
        if lengthEncoding != .shortest(for: length) {
            found.append(.nonMinimalLength(lengthEncoding, length: length))
        }
        if opcode.isControl {
            if length > 125 { found.append(.controlFrameTooLong(length: length)) }
            if !isFinal { found.append(.fragmentedControlFrame) }
        }
        return found
    }

    private func reservedBitViolations(hasDeflate: Bool) -> [ProtocolViolation.Kind] {
        guard hasDeflate else { return [.reservedBits(reservedBits)] }
        var found: [ProtocolViolation.Kind] = []
        if rsv1, opcode.isControl { found.append(.rsv1OnControlFrame) }
        if rsv1, opcode == .continuation { found.append(.rsv1OnContinuation) }
        let others = reservedBits.subtracting(.rsv1)
        if !others.isEmpty { found.append(.reservedBits(others)) }
        return found
    }
}

extension ControlFrame {
    /// The rules that the payload of a close frame breaks (RFC 6455 section 5.5.1).
    var closeViolations: [ProtocolViolation.Kind] {
        guard opcode == .close, isWhole else { return [] }
        guard payload.count != 1 || wirePayloadSize != 1 else { return [.closePayloadOfOneByte] }
        var found: [ProtocolViolation.Kind] = []
        if let code = closeStatus?.code, !code.isAllowedInCloseFrame { found.append(.invalidCloseCode(code)) }
        guard payload.count > 2 else { return found }
        var text = UTF8Validator()
        var offset = text.receive(payload.span.extracting(2...))
        // What was cut off a frame that is too long may have been the rest of a character.
        if offset == nil, UInt64(payload.count) == wirePayloadSize { offset = text.end() }
        if let offset { found.append(.invalidCloseReason(reasonOffset: offset)) }
        return found
    }
}
