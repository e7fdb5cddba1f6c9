internal import WebSocketWire

/// Whole frames that stand one behind the other in the bytes at hand: they become one record.
struct PassingRun {
    private(set) var first: FramePiece?
    private(set) var count: UInt64 = 0
    /// Where in the bytes the frames are, heads included.
    private(set) var bytes = 0..<0

    /// Adds the frame that stands behind those so far.
    /// - Returns: false if it cannot be in a run with them: a part, a frame whose head began in earlier bytes, or one
    ///   behind bytes that are not recorded.
    @inline(__always)
    mutating func take(_ piece: FramePiece) -> Bool {
        guard piece.isLast, let head = piece.head, piece.payload.lowerBound >= head.byteCount else { return false }
        let start = piece.payload.lowerBound - head.byteCount
        if first == nil {
            first = piece
            bytes = start..<piece.payload.upperBound
        } else {
            guard start == bytes.upperBound else { return false }
            bytes = bytes.lowerBound..<piece.payload.upperBound
        }
        count += 1
        return true
    }
}
