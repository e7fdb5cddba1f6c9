/// Writes an MCAP Message up to the last bytes of its data, without allocating: opcode, length, Message fields, and our
/// protobuf message as far as the tag and length of its last field, whose bytes follow from elsewhere.
///
/// It is unsafe for speed: an event loop writes hundreds of thousands a second, between two of its buffers.
struct MessageHeadWriter {
    /// The most that a writer puts before the fields of the message's own: record head 9, Message 22, checksum 5,
    /// connection 11, sequence 11, times 18.
    static let stampByteCount = 76
    /// Word stores go at most this far behind what they count.
    static let slack = 8

    /// Where the bytes covered by the checksum begin, but for the channel id: behind the checksum's own field.
    private static let coveredStart = 36
    private static let checksumPosition = 32

    private let base: UnsafeMutableRawPointer  // unsafe: see above; the callers check the room
    private(set) var count = 0

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer, _ channel: JournalChannel, _ stamp: RecordStamp) {
        self.base = base
        base.storeBytes(of: MCAPOpcode.message.rawValue, as: UInt8.self)
        count = MCAP.recordHeadByteCount
        word16(channel.rawValue)
        word32(UInt32(truncatingIfNeeded: stamp.sequence))
        word64(stamp.wallNanoseconds)
        word64(stamp.wallNanoseconds)
        tag(1, .fixed32)
        count += 4
        tag(2, .varint)
        varint(stamp.connection)
        tag(3, .varint)
        varint(stamp.sequence)
        tag(4, .fixed64)
        word64(stamp.wallNanoseconds)
        tag(5, .fixed64)
        word64(stamp.monotonicNanoseconds)
    }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        base.storeBytes(of: value, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func word16(_ value: UInt16) {
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt16.self)
        count += 2
    }

    @inline(__always)
    mutating func word32(_ value: UInt32) {
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }

    @inline(__always)
    mutating func word64(_ value: UInt64) {
        base.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    /// - Parameter field: 1 to 31: up to 15 the tag is one byte, from there on two.
    @inline(__always)
    mutating func tag(_ field: UInt8, _ type: ProtobufWireType) {
        if field < 16 {
            byte(field << 3 | type.rawValue)
        } else {
            byte((field & 15) << 3 | type.rawValue | 0x80)
            byte(field >> 4)
        }
    }

    @inline(__always)
    mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func varint(_ field: UInt8, _ number: UInt64) {
        tag(field, .varint)
        varint(number)
    }

    /// Up to 16 bytes as words, the first byte lowest.
    @inline(__always)
    mutating func bytes(_ field: UInt8, _ words: (low: UInt64, high: UInt64), byteCount: UInt8) {
        tag(field, .bytes)
        byte(byteCount)
        let start = count
        word64(words.low)
        word64(words.high)
        count = start + Int(byteCount)
    }

    /// Writes the last field's tag and length, then fills in the record's length and the checksum.
    /// - Parameter payload: the bytes that will follow; read for the checksum only.
    /// - Returns: how many bytes there are before the payload.
    @inline(__always)
    mutating func finish(_ field: UInt8, payload: UnsafeRawBufferPointer) -> Int {
        tag(field, .bytes)
        varint(UInt64(payload.count))
        let length = UInt64(count - MCAP.recordHeadByteCount) &+ UInt64(payload.count)
        base.storeBytes(of: length.littleEndian, toByteOffset: 1, as: UInt64.self)
        var checksum = CRC32C()
        checksum.update(UnsafeRawBufferPointer(start: base + MCAP.recordHeadByteCount, count: 2))
        checksum.update(
            UnsafeRawBufferPointer(start: base + Self.coveredStart, count: count - Self.coveredStart))
        checksum.update(payload)
        base.storeBytes(of: checksum.value.littleEndian, toByteOffset: Self.checksumPosition, as: UInt32.self)
        return count
    }
}

/// Makes a whole record from a head writer and its payload, for those who may allocate.
func encodedRecord(
    maximumHead: Int, payload: [UInt8], _ writeHead: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int
) -> [UInt8] {
    let head = [UInt8](unsafeUninitializedCapacity: maximumHead) { room, count in
        // unsafe pointers: the same writer as the event loop's
        count = payload.withUnsafeBytes { writeHead($0, UnsafeMutableRawBufferPointer(room)) }
    }
    return head + payload
}
