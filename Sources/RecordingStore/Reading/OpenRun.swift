package import RecordingFormat
internal import WebSocketWire

/// Takes a run of frames apart: gives each frame the record that it would have alone.
package struct OpenRun: Sequence, IteratorProtocol {
    let offset: UInt64
    private let run: FrameRun
    private let bytes: [UInt8]
    private var parser: FrameParser
    private var position = 0
    private var given: UInt64 = 0

    /// - Parameters:
    ///   - run: what the record says of the frames.
    ///   - frames: their bytes, heads included.
    ///   - offset: where in the file the run's record begins.
    /// - Throws: if the bytes are not as many whole frames as the run says.
    package init(_ run: FrameRun, frames: [UInt8], offset: UInt64) throws(FormatError) {
        self.run = run
        self.offset = offset
        bytes = frames
        parser = FrameParser(offset: run.offset)
        var (counting, position, count) = (parser, 0, 0 as UInt64)
        while case .piece(let piece) = counting.next(frames.span, at: &position), piece.isLast { count += 1 }
        guard count == run.count, position == frames.count, counting.isBetweenFrames else {
            throw FormatError(
                offset: offset, record: "Frame", expected: "a run of \(run.count) whole frames", actual: "\(count)")
        }
    }

    /// - Returns: nil when all of them were given.
    package mutating func next() -> JournalRecord? {
        // A local copy, since the bytes are lent from `self` while it works.
        var (parser, position) = (parser, position)
        let step = parser.next(bytes.span, at: &position)
        (self.parser, self.position) = (parser, position)
        guard case .piece(let piece) = step, let head = piece.head else { return nil }
        var stamp = run.stamp
        stamp.sequence &+= given
        let words = head.words
        let frame = FrameRecord(
            stamp: stamp, direction: run.direction, offset: piece.offset, number: run.number &+ given,
            head: WireHead(low: words.low, high: words.high, byteCount: UInt8(head.byteCount)))
        given += 1
        return .frame(frame, payload: Array(bytes[piece.payload]))
    }
}
