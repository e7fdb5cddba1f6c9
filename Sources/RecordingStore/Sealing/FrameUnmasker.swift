internal import RecordingFormat
internal import WebSocketWire

/// Takes the masks off frames, so that their text can be compressed; a key that stands beside puts them on again.
///
/// A frame's later parts have no head: from its first part on the key is remembered, turned to where the next begins.
struct FrameUnmasker {
    private struct Open {
        var number: UInt64
        var nextPart: UInt32
        /// What the first byte of the next part is masked with, first.
        var key: UInt32
    }

    private struct Direction: Hashable {
        var connection: UInt64
        var isClient: Bool
    }

    private var open: [Direction: Open] = [:]
    private let limit: Int

    /// - Parameter limit: frames at a time; parts of more stay masked.
    init(limit: Int) { self.limit = limit }

    /// Unmasks the payload of a masked frame or part; all else stays as it is.
    mutating func unmask(_ frame: inout FrameRecord, _ payload: inout [UInt8]) {
        guard frame.kind == .frame, let key = key(of: frame, byteCount: payload.count), !payload.isEmpty else { return }
        MaskKey(littleEndian: key).apply(to: &payload)
        frame.form = .unmasked(key: key)
    }

    /// Records of the connection are missing, or it is over: what comes next belongs to no frame that is known.
    mutating func forget(_ connection: UInt64) {
        guard !open.isEmpty else { return }
        open[Direction(connection: connection, isClient: true)] = nil
        open[Direction(connection: connection, isClient: false)] = nil
    }

    /// - Returns: nil if the frame is not masked, the key is not known, or the mask is off already.
    private mutating func key(of frame: FrameRecord, byteCount: Int) -> UInt32? {
        let key: UInt32?
        let isWire = frame.form == .wire
        if frame.part == 0 {
            key = frame.head.maskKey
            if frame.isLast, open.isEmpty { return isWire ? key : nil }
        } else {
            guard !open.isEmpty else { return nil }
            key = nil
        }
        let direction = Direction(connection: frame.stamp.connection, isClient: frame.direction == .client)
        let found = key ?? continued(frame, direction)
        guard let found, !frame.isLast else {
            open[direction] = nil
            return isWire ? found : nil
        }
        if open.count < limit || open[direction] != nil {
            open[direction] = Open(
                number: frame.number, nextPart: frame.part &+ 1, key: Self.turned(found, by: byteCount))
        }
        return isWire ? found : nil
    }

    private func continued(_ frame: FrameRecord, _ direction: Direction) -> UInt32? {
        guard frame.part > 0, let open = open[direction], open.number == frame.number, open.nextPart == frame.part
        else { return nil }
        return open.key
    }

    /// The key as it stands behind so many bytes of payload.
    private static func turned(_ key: UInt32, by byteCount: Int) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: byteCount & 3) &* 8
        return bits == 0 ? key : key &>> bits | key &<< (32 &- bits)
    }
}

extension WireHead {
    /// The frame's mask key, its first byte lowest (RFC 6455 section 5.2); nil if it has none, or is no whole head.
    package var maskKey: UInt32? {
        guard byteCount >= 6, low & 0x8000 != 0 else { return nil }
        switch low >> 8 & 0x7f {
        case 126: return byteCount == 8 ? UInt32(truncatingIfNeeded: low >> 32) : nil
        case 127: return byteCount == 14 ? UInt32(truncatingIfNeeded: high >> 16) : nil
        default: return byteCount == 6 ? UInt32(truncatingIfNeeded: low >> 16) : nil
        }
    }
}

extension JournalRecord {
    /// The bytes of a frame's payload as they were on the wire: masked, if they were. Nil if it is no frame, or if the
    /// payload was redacted.
    package var wirePayload: [UInt8]? {
        guard case .frame(let frame, let payload) = self else { return nil }
        switch frame.form {
        case .wire: return payload
        case .plain: return nil
        case .unmasked(let key):
            var masked = payload
            MaskKey(littleEndian: key).apply(to: &masked)
            return masked
        }
    }
}
