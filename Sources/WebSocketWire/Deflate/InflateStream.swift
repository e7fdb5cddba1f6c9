import CZlib

/// One zlib inflate stream. Its callers, which are structs, change it only while they alone hold it.
final class InflateStream {
    /// How the deflated bytes are wrapped; the raw value is zlib's `windowBits`, always with the largest window.
    enum Wrapping: Int32, Hashable, Sendable {
        case raw = -15
        case zlib = 15
        case gzip = 31
    }

    enum Step: Hashable, Sendable {
        /// All input is used, and all output that it makes is out.
        case needsInput
        /// As much output was made as one step may; there may be more.
        case madeOutput
        /// The final block, and the trailer if the wrapping has one, are over; input after it is not used.
        case ended
        case failed(InflateError)
    }

    /// The most bytes that one step makes.
    static let stepBytes = 16 << 10

    private let stream: UnsafeMutablePointer<z_stream>  // zlib keeps the address, so it must not move

    /// - Returns: nil if there is no memory.
    init?(_ wrapping: Wrapping, windowBits: Int32? = nil) {
        stream = .allocate(capacity: 1)  // freed in deinit
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, windowBits ?? wrapping.rawValue, ZLIB_VERSION, size) == Z_OK else { return nil }
    }

    private init?(copying other: InflateStream) {
        stream = .allocate(capacity: 1)  // freed in deinit
        stream.initialize(to: z_stream())
        guard inflateCopy(stream, other.stream) == Z_OK else { return nil }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func copy() -> InflateStream? { InflateStream(copying: self) }

    /// Begins anew, with nothing in the window.
    func reset() { inflateReset(stream) }

    /// Begins a new stream of blocks that may refer to what was inflated before (raw only).
    func restartKeepingWindow() {
        let window = self.window
        inflateReset(stream)
        setWindow(window)
    }

    /// The last bytes inflated, at most 32 KiB, which later blocks can refer to.
    var window: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32 << 10) { buffer, count in  // zlib writes at most a window, 32 KiB
            var length: uInt = 0
            let result = inflateGetDictionary(stream, buffer.baseAddress, &length)
            count = result == Z_OK ? Int(length) : 0
        }
    }

    func setWindow(_ window: [UInt8]) {
        guard !window.isEmpty else { return }
        inflateSetDictionary(stream, window, uInt(clamping: window.count))
    }

    /// Whether all blocks so far are whole, and the last one ended with its byte: so a message must end
    /// (zlib.h, `inflate`, on `data_type`).
    var isBetweenBlocks: Bool { stream.pointee.data_type & 0xff == 0x80 }

    /// Inflates from `position` on and appends at most `room` bytes to `output`, 1 to ``stepBytes``.
    func next(
        _ input: Span<UInt8>, at position: inout Int, into output: inout [UInt8], room: Int = stepBytes
    ) -> Step {
        let capacity = min(max(room, 1), Self.stepBytes)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { room in  // not kept between steps
            input.withUnsafeBufferPointer { bytes in  // zlib takes pointers; used inside this call only
                let count = min(bytes.count - position, 1 << 30)
                if let start = bytes.baseAddress {
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: start + position)  // zlib only reads it
                }
                stream.pointee.avail_in = uInt(count)
                stream.pointee.next_out = room.baseAddress
                stream.pointee.avail_out = uInt(room.count)
                let result = inflate(stream, Z_SYNC_FLUSH)
                position += count - Int(stream.pointee.avail_in)
                let made = room.count - Int(stream.pointee.avail_out)
                output.append(contentsOf: room[..<made])
                return step(for: result, isAllUsed: position == bytes.count)
            }
        }
    }

    private func step(for result: Int32, isAllUsed: Bool) -> Step {
        switch result {
        case Z_STREAM_END: .ended
        case Z_OK, Z_BUF_ERROR: stream.pointee.avail_out == 0 || !isAllUsed ? .madeOutput : .needsInput
        case Z_MEM_ERROR: .failed(.outOfMemory)
        case Z_NEED_DICT: .failed(.invalid("a preset dictionary is needed"))
        default: .failed(.invalid(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(result)"))
        }
    }
}

/// Why bytes could not be inflated.
package enum InflateError: Hashable, Sendable, CustomStringConvertible {
    /// The bytes are not deflated data; what zlib says about them.
    case invalid(String)
    /// The message, or body, ended within a block.
    case unfinished
    /// A message of no bytes at all; an empty one is deflated to one byte (RFC 7692 section 7.2.3.6).
    case empty
    case outOfMemory

    package var description: String {
        switch self {
        case .invalid(let reason): "invalid data (\(reason))"
        case .unfinished: "an end within a block"
        case .empty: "no bytes"
        case .outOfMemory: "no memory for inflating"
        }
    }
}
