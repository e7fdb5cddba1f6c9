/// Finds the records in a file's bytes, in whatever pieces they are read.
///
/// It keeps no bytes: a record is handed out when all of it is in the bytes given. The caller keeps what was not used
/// and gives it again, with more behind it. A step costs the same whatever the record's length, so small pieces cost
/// nothing extra.
///
/// After damage the reader stands still: it says the same again until ``resume(at:)``. Where to resume is found by
/// ``RecordSearch``.
package struct MCAPRecordReader: Hashable, Sendable {
    private enum State: Hashable, Sendable {
        case openingMagic
        case records
        case closingMagic
        case ended
        case damaged(FormatError)
    }

    package enum Step: Hashable, Sendable {
        /// The bytes from `position` on are no whole record (or none are left). Give them again, `atLeast` in number;
        /// at the file's end the rest is a torn record, or nothing.
        case needsBytes(atLeast: Int)
        /// The magic that opens or closes the file.
        case magic(isClosing: Bool)
        /// One record; `body` are indices into the bytes given.
        case record(MCAPOpcode, offset: UInt64, body: Range<Int>)
        /// The bytes at `position` are no record. Nothing was used.
        case damaged(FormatError)
    }

    /// The longest body that is believed, in bytes; 64 MiB unless told. A longer one is damage.
    package let recordByteLimit: Int
    private var state: State
    /// Where in the file the next unused byte is.
    package private(set) var offset: UInt64

    /// - Parameters:
    ///   - offset: where in the file the first byte stands. 0 expects the opening magic, others a record.
    ///   - recordByteLimit: the longest body that is believed, in bytes.
    package init(offset: UInt64 = 0, recordByteLimit: Int = MCAPRecordReader.defaultRecordByteLimit) {
        self.offset = offset
        self.recordByteLimit = min(max(recordByteLimit, 0), 1 << 40)
        state = offset == 0 ? .openingMagic : .records
    }

    /// 64 MiB.
    package static let defaultRecordByteLimit = 64 << 20

    /// Whether the closing magic was read: the file is whole.
    package var hasEnded: Bool { state == .ended }

    /// Goes on at a place where a record begins, after damage.
    package mutating func resume(at offset: UInt64) {
        self.offset = offset
        state = .records
    }

    /// - Parameters:
    ///   - bytes: what is at hand of the file.
    ///   - position: the first byte not yet used, which is the file's byte ``offset``; moved behind what was used.
    package mutating func next(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        switch state {
        case .openingMagic:
            return magic(bytes, at: &position, isClosing: false)
        case .closingMagic:
            return magic(bytes, at: &position, isClosing: true)
        case .records:
            return record(bytes, at: &position)
        case .ended:
            guard position < bytes.count else { return .needsBytes(atLeast: 1) }
            return damage("file", "the end after the closing magic", "more bytes")
        case .damaged(let error):
            return .damaged(error)
        }
    }

    private mutating func magic(_ bytes: Span<UInt8>, at position: inout Int, isClosing: Bool) -> Step {
        let available = min(bytes.count - position, MCAP.magic.count)
        for index in 0..<available where bytes[position + index] != MCAP.magic[index] {
            let name = isClosing ? "closing magic" : "magic"
            return damage(name, "89 4D 43 41 50 30 0D 0A", "\(hex(bytes[position + index])) as byte \(index)")
        }
        guard available == MCAP.magic.count else { return .needsBytes(atLeast: MCAP.magic.count) }
        position += available
        offset &+= UInt64(available)
        state = isClosing ? .ended : .records
        return .magic(isClosing: isClosing)
    }

    private mutating func record(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        guard position < bytes.count else { return .needsBytes(atLeast: MCAP.recordHeadByteCount) }
        guard let opcode = MCAPOpcode(rawValue: bytes[position]) else {
            return damage("record", "an opcode of 01 to 0F", hex(bytes[position]))
        }
        guard bytes.count - position >= MCAP.recordHeadByteCount else {
            return .needsBytes(atLeast: MCAP.recordHeadByteCount)
        }
        let length: UInt64 = bytes.littleEndian(at: position + 1)
        guard length >= opcode.minimumBodyByteCount else {
            return damage(opcode.name, "a length of at least \(opcode.minimumBodyByteCount)", "\(length)")
        }
        guard length <= UInt64(recordByteLimit) else {
            return damage(opcode.name, "a length of at most \(recordByteLimit) (the limit)", "\(length)")
        }
        let start = position + MCAP.recordHeadByteCount
        guard Int(length) <= bytes.count - start else {
            return .needsBytes(atLeast: MCAP.recordHeadByteCount + Int(length))
        }
        defer {
            position = start + Int(length)
            offset &+= UInt64(MCAP.recordHeadByteCount) &+ length
            if opcode == .footer { state = .closingMagic }
        }
        return .record(opcode, offset: offset, body: start..<(start + Int(length)))
    }

    private mutating func damage(_ record: String, _ expected: String, _ actual: String) -> Step {
        let error = FormatError(offset: offset, record: record, expected: expected, actual: actual)
        state = .damaged(error)
        return .damaged(error)
    }
}

/// A byte as two hexadecimal digits.
func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
}
