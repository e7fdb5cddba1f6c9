import CZlib

/// Deflates the messages of one direction of a socket (RFC 7692 section 7.2.1).
///
/// A copy is independent of the original.
package struct Deflater: @unchecked Sendable /* the stream is changed only while one value alone holds it */ {
    private let contextTakeover: Bool
    private let windowBits: Int
    private let level: Int
    private var stream: DeflateStream?

    /// - Parameters:
    ///   - windowBits: how far back references go, as negotiated: 2^8 to 2^15 bytes; others are brought into that.
    ///   - contextTakeover: whether a message may refer to earlier ones.
    ///   - level: 1 (fast) to 9 (small).
    package init(windowBits: Int = 15, contextTakeover: Bool = true, level: Int = 6) {
        self.windowBits = min(max(windowBits, 8), 15)
        self.contextTakeover = contextTakeover
        self.level = min(max(level, 1), 9)
    }

    /// Deflates one message and appends what goes on the wire, without the 00 00 FF FF at its end.
    /// - Returns: whether there was enough memory; if not, nothing was appended and the message can be sent as it is.
    package mutating func append(message: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        guard !message.isEmpty else {
            output.append(0x00)  // zlib does not flush twice with nothing between (RFC 7692 section 7.2.3.6)
            return true
        }
        guard let stream = ownStream() else { return false }
        let start = output.count
        guard stream.deflate(message, into: &output) else {
            output.removeLast(output.count - start)
            self.stream = nil
            return false
        }
        output.removeLast(min(4, output.count - start))
        if !contextTakeover { stream.reset() }
        return true
    }

    private mutating func ownStream() -> DeflateStream? {
        if stream == nil {
            stream = DeflateStream(windowBits: windowBits, level: level)
        } else if !isKnownUniquelyReferenced(&stream) {
            stream = stream?.copy()
        }
        return stream
    }
}

/// One zlib deflate stream, raw.
private final class DeflateStream {
    private let stream: UnsafeMutablePointer<z_stream>  // zlib keeps the address, so it must not move

    init?(windowBits: Int, level: Int) {
        stream = .allocate(capacity: 1)  // freed in deinit
        stream.initialize(to: z_stream())
        // zlib has no raw window of 2^8 bytes. In one of 2^9 it refers at most 512 - 262 = 250 bytes back, which
        // is within 2^8.
        let bits = Int32(max(windowBits, 9))
        let size = Int32(MemoryLayout<z_stream>.size)
        let result = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, -bits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard result == Z_OK else { return nil }
    }

    private init?(copying other: DeflateStream) {
        stream = .allocate(capacity: 1)  // freed in deinit
        stream.initialize(to: z_stream())
        guard deflateCopy(stream, other.stream) == Z_OK else { return nil }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func copy() -> DeflateStream? { DeflateStream(copying: self) }

    func reset() { deflateReset(stream) }

    /// Deflates all input and flushes it to a byte's end with an empty block, 00 00 FF FF.
    func deflate(_ input: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16 << 10) { room in  // no bytes kept between calls
            input.withUnsafeBufferPointer { bytes in  // zlib takes pointers; used inside this call only
                var position = 0
                repeat {
                    let count = min(bytes.count - position, 1 << 30)
                    if let start = bytes.baseAddress {
                        stream.pointee.next_in = UnsafeMutablePointer(mutating: start + position)  // only read
                    }
                    stream.pointee.avail_in = uInt(count)
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = uInt(room.count)
                    let isLast = position + count == bytes.count
                    let result = CZlib.deflate(stream, isLast ? Z_SYNC_FLUSH : Z_NO_FLUSH)
                    guard result == Z_OK || result == Z_BUF_ERROR else { return false }
                    position += count - Int(stream.pointee.avail_in)
                    output.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
                } while position < bytes.count || stream.pointee.avail_out == 0
                return true
            }
        }
    }
}
