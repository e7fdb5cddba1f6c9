import CChecksum

/// CRC32 (ISO-HDLC, as in zip), which MCAP has over its data section, summary and chunks; taken in as many pieces as one
/// likes.
package struct CRC32: Hashable, Sendable {
    /// The checksum of what was taken so far; 0 for nothing, which in MCAP also means "not available".
    package private(set) var value: UInt32 = 0

    package init() {}

    package init(of bytes: Span<UInt8>) { update(bytes) }

    package mutating func update(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBytes { update($0) }  // unsafe pointer: C takes no Span
    }

    /// - Parameter bytes: read during the call only. A pointer, for the bytes of a buffer that has no Span.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        value = livetape_crc32(value, bytes.baseAddress, bytes.count)
    }
}
