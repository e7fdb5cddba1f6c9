import CChecksum

/// CRC32C (Castagnoli, RFC 3720 appendix B.4), which each of our messages carries; taken in as many pieces as one likes.
package struct CRC32C: Hashable, Sendable {
    /// The checksum of what was taken so far; 0 for nothing.
    package private(set) var value: UInt32 = 0

    package init() {}

    package init(of bytes: Span<UInt8>) { update(bytes) }

    package mutating func update(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBytes { update($0) }  // unsafe pointer: C takes no Span
    }

    /// - Parameter bytes: read during the call only. A pointer, for the bytes of a buffer that has no Span.
    @inline(__always)
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        value = livetape_crc32c(value, bytes.baseAddress, bytes.count)
    }
}
