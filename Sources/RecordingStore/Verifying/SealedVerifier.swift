package import RecordingFormat
internal import WebSocketWire

/// Compares everything in sealed files with everything that refers to it: checksums, indexes, statistics, checkpoints.
///
/// Give it the files of a run in order, journals too: what a checkpoint should say comes of all records before it. What
/// is wrong with single records is a ``RecordingReader``'s to say; they are left out here, and what must then differ with
/// them. Memory: one chunk, what a ``ConversationDecoder`` needs, and the file's indexes twice.
package struct SealedVerifier {
    private let settings: RecordingReader.Settings
    private var sockets: CheckpointCheck

    package init(settings: RecordingReader.Settings = RecordingReader.Settings()) {
        self.settings = settings
        sockets = CheckpointCheck(connectionLimit: settings.connectionLimit)
    }

    /// Takes the records of a file that is a journal.
    package mutating func follow(_ record: JournalRecord) { sockets.follow(record) }

    /// - Parameters:
    ///   - report: told each thing that is wrong.
    ///   - progress: told now and then how many bytes of the file are behind.
    package mutating func verify(
        _ file: RecordingFile, report: (FormatError) throws -> Void, progress: (UInt64) -> Void = { _ in }
    ) throws {
        var pass = SealedPass(sockets, settings)
        var window = FileWindow(file: try InputFile(path: file.path), bufferByteCount: settings.bufferByteCount)
        var reader = MCAPRecordReader(recordByteLimit: settings.recordByteLimit)
        reading: while true {
            let begin = window.position
            var position = begin
            let step = reader.next(window.bytes.span, at: &position)
            switch step {
            case .needsBytes(let count):
                if try window.require(count) { continue }
                break reading
            case .magic(let isClosing):
                if !isClosing { pass.cover(window.bytes.span.extracting(begin..<position)) }
            // A reader of the records tells of it, and searches what is behind it.
            case .damaged: break reading
            case .record(let opcode, let offset, let body):
                pass.take(
                    opcode, window.bytes.span.extracting(body), offset: offset,
                    window.bytes.span.extracting(begin..<position))
            }
            window.position = position
            try pass.takeProblems().forEach(report)
            progress(window.offset)
        }
        pass.end(isWhole: reader.hasEnded, offset: window.offset)
        try pass.takeProblems().forEach(report)
        sockets = pass.sockets
    }
}

/// Decodes the sockets of a run from its beginning, to compare checkpoints with.
struct CheckpointCheck {
    private var decoder: ConversationDecoder
    private var nextSequence: [UInt64: UInt64] = [:]
    private var events: [ConversationEvent] = []
    private let connectionLimit: Int

    init(connectionLimit: Int) {
        self.connectionLimit = connectionLimit
        var limits = ConversationLimits()
        // Only what is open counts here, not what messages and bodies hold.
        limits.messages.messageBytes = 0
        limits.bodyBytes = 0
        limits.connections = connectionLimit
        decoder = ConversationDecoder(limits: limits)
    }

    mutating func follow(_ record: JournalRecord) {
        guard !record.isAddition else { return }
        let stamp = record.stamp
        if stamp.sequence != nextSequence[stamp.connection] ?? 0 {
            decoder.lostRecords(of: stamp.connection, stamp, into: &events)
        }
        if record.endsConnection {
            nextSequence[stamp.connection] = nil
        } else {
            nextSequence[stamp.connection] = stamp.sequence &+ 1
            if nextSequence.count > connectionLimit, let oldest = nextSequence.keys.min() { nextSequence[oldest] = nil }
        }
        decoder.receive(record, into: &events)
        events.removeAll(keepingCapacity: true)
    }

    /// - Returns: what the checkpoint says that it should not; nil if all is well, or what came before it is not known.
    mutating func compare(_ checkpoint: CheckpointRecord) -> String? {
        let stamp = checkpoint.stamp
        guard nextSequence[stamp.connection] == stamp.sequence else {
            // The files before are not there: from here on it is known.
            let isBehind = stamp.sequence < nextSequence[stamp.connection] ?? 0
            nextSequence[stamp.connection] = stamp.sequence
            decoder.resume(from: checkpoint)
            return isBehind ? "a sequence that is not the connection's next" : nil
        }
        guard let expected = decoder.checkpoint(of: stamp.connection) else { return "a socket between two messages" }
        guard checkpoint != expected else { return nil }
        if checkpoint.client != expected.client { return "another state of the client's stream" }
        if checkpoint.server != expected.server { return "another state of the server's stream" }
        if checkpoint.stamp != expected.stamp { return "another stamp than the connection's newest record" }
        return "other facts of the socket"
    }
}
