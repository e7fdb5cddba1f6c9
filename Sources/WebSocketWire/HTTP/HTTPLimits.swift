/// How much an HTTP message may ask of the parser. Beyond a limit the direction is no longer read as HTTP.
package struct HTTPLimits: Hashable, Sendable {
    /// The most bytes of one head, start line and empty line included, and of one trailer section. Default 65,536.
    package var headByteCount: Int
    /// The most field lines of one head. Default 256.
    package var fieldCount: Int
    /// The most bytes of one chunk line: size, extensions and line end. Default 4,096.
    package var chunkLineByteCount: Int
    /// The most requests of one connection that wait for their answer. Default 1,000.
    package var unansweredRequestCount: Int

    package init(
        headByteCount: Int = 65_536, fieldCount: Int = 256, chunkLineByteCount: Int = 4_096,
        unansweredRequestCount: Int = 1_000
    ) {
        self.headByteCount = headByteCount
        self.fieldCount = fieldCount
        self.chunkLineByteCount = chunkLineByteCount
        self.unansweredRequestCount = unansweredRequestCount
    }
}
