package import RecordingFormat

/// Takes the records of one file in order, and writes them to a sealed file, with checkpoints where they are due.
package struct RecordSealer {
    /// How far a socket is from its last checkpoint, or from its opening.
    private struct Progress {
        /// Bytes of records in the file at that place.
        var position: UInt64
        /// Payload bytes of its own since then.
        var payload: UInt64 = 0
        /// Chunks that hold frames of it since then, and the newest of them.
        var chunkCount: UInt64 = 0
        var newestChunk: UInt64?
        /// It was open when the run's earlier file ended, and this file has no checkpoint of it yet.
        var isDue = false

        /// A record of its own, with so many bytes of payload, stands in this chunk.
        mutating func note(payload: UInt64, chunk: UInt64) {
            self.payload &+= payload
            guard newestChunk != chunk else { return }
            newestChunk = chunk
            chunkCount += 1
        }
    }

    package private(set) var state: RunState
    private let writer: SealedFileWriter
    private let settings: SealingSettings
    private var sockets: [UInt64: Progress] = [:]
    private var facts: SealedFile
    private var newest = RecordStamp(connection: 0, sequence: 0, wallNanoseconds: 0, monotonicNanoseconds: 0)

    /// - Parameters:
    ///   - writer: new, nothing written to it.
    ///   - state: at the end of the run's file before.
    package init(
        _ writer: SealedFileWriter, state: RunState = RunState(), settings: SealingSettings = SealingSettings()
    ) throws(SealingError) {
        self.writer = writer
        self.state = state
        self.settings = settings
        facts = SealedFile(path: writer.path)
        for connection in state.openConnections { sockets[connection] = Progress(position: 0, isDue: true) }
        try writeCheckpoints()
    }

    /// Chunks so far: when the number rises it is time to say how far one is.
    package var chunkCount: UInt64 { writer.chunkCount }

    /// - Returns: the sequence number that its connection's next record should have had, if that is another.
    @discardableResult
    package mutating func append(_ record: consuming JournalRecord) throws(SealingError) -> UInt64? {
        if case .checkpoint = record { return nil }
        let (record, expected) = state.receive(record)
        newest = record.stamp
        follow(record)
        facts.recordCount += 1
        if try writer.append(record) { try writeCheckpoints() }
        return expected
    }

    /// Adds words of our own about the records here. They are no part of what was recorded: like a checkpoint's, the
    /// sequence is the next record's.
    package mutating func warn(_ text: String) throws(SealingError) {
        var stamp = newest
        stamp.connection = 0
        stamp.sequence = state.nextSequence(of: 0)
        try writer.append(.note(NoteRecord(stamp: stamp, kind: .warning, text: text)))
    }

    private mutating func follow(_ record: borrowing JournalRecord) {
        let connection = record.stamp.connection
        switch record {
        case .frame(_, let payload):
            let chunk = writer.chunkCount
            sockets[connection, default: Progress(position: writer.recordByteCount)]
                .note(payload: UInt64(payload.count), chunk: chunk)
            if sockets.count > settings.connectionLimit, let oldest = sockets.keys.min() { sockets[oldest] = nil }
        case .socket(let socket):
            switch socket.kind {
            case .socketOpened: sockets[connection] = Progress(position: writer.recordByteCount)
            case .socketClosed, .connectionClosed: sockets[connection] = nil
            case .connectionOpened, .connectFailed, .tls, .notHTTP, .unframeable: break
            }
        case .http, .gap, .note, .checkpoint: break
        }
    }

    /// One of each socket that is far enough from its last; of one within a message, at the next opportunity.
    private mutating func writeCheckpoints() throws(SealingError) {
        let position = writer.recordByteCount
        let due = sockets.filter { _, progress in
            progress.isDue
                || (position - progress.position >= settings.checkpointDistance
                    && (progress.payload >= settings.checkpointPayload
                        || progress.chunkCount >= settings.checkpointChunkCount))
        }
        for connection in due.keys.sorted() {
            guard let checkpoint = state.checkpoint(of: connection) else { continue }
            try writer.append(checkpoint)
            facts.checkpointCount += 1
            sockets[connection] = Progress(position: position)
        }
    }

    /// Puts the file in its place.
    /// - Parameter original: where the file that is replaced stays; nil: nowhere.
    /// - Returns: what was made; the state for the run's next file is in ``state``.
    package consuming func finish(keepingOriginalAs original: String? = nil) throws(SealingError) -> SealedFile {
        try writer.finish(keepingOriginalAs: original)
        facts.byteCount = writer.byteCount
        facts.chunkCount = writer.chunkCount
        return facts
    }

    /// Gives the file up: nothing of it stays.
    package func discard() { writer.discard() }
}
