internal import NIOCore

/// Sizes the buffers that a connection is read into, so that an idle one keeps almost nothing.
///
/// NIO keeps the first buffer of a channel for as long as it is large enough, and throws larger ones away if one read
/// is made at a time (`maxMessagesPerRead` is 1). So the first is small, as most messages from browsers are, and only
/// what fills it gets larger ones, which are given back.
struct ReceiveAllocator: RecvByteBufferAllocator {
    static let smallest = 256
    static let largest = 64 << 10

    private var size = smallest

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

    /// - Returns: whether the next read gets a buffer of its own.
    mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= size {
            size = min(size * 8, Self.largest)
        } else if actualReadBytes <= Self.smallest {
            size = Self.smallest
        }
        return size > Self.smallest
    }

    /// Sets up a channel that was just accepted.
    static func install(on channel: any Channel) throws {
        try channel.syncOptions?.setOption(.recvAllocator, value: ReceiveAllocator())
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    }
}
