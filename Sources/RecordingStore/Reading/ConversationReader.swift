/// Reads a run and decodes it: what most commands want.
package struct ConversationReader {
    package enum Step: Sendable {
        case event(ConversationEvent)
        case skipped(SkippedBytes)
        case missing(MissingRecords)
        /// See ``RecordingReader/Step/caughtUp``.
        case caughtUp
        case ended(RunEnding)
    }

    package private(set) var reader: RecordingReader
    private var decoder: ConversationDecoder
    private var events: [ConversationEvent] = []
    /// The next of `events` to be given.
    private var position = 0
    private var ending: RunEnding?

    package init(
        run: RecordingRun, settings: RecordingReader.Settings = .init(), limits: ConversationLimits = .init()
    ) throws(RecordingError) {
        reader = try RecordingReader(run: run, settings: settings)
        decoder = ConversationDecoder(limits: limits)
    }

    package mutating func next() throws(RecordingError) -> Step {
        while true {
            if position < events.count {
                defer { position += 1 }
                return .event(events[position])
            }
            events.removeAll(keepingCapacity: true)
            position = 0
            if let ending { return .ended(ending) }
            switch try reader.next() {
            case .record(let record, _):
                decoder.receive(record, into: &events)
            case .skipped(let bytes):
                return .skipped(bytes)
            case .missing(let missing):
                decoder.lostRecords(of: missing.connection, missing.stamp, into: &events)
                return .missing(missing)
            case .caughtUp:
                return .caughtUp
            case .ended(let ending):
                self.ending = ending
                decoder.end(into: &events)
            }
        }
    }

    package func waitForGrowth(milliseconds: Int32? = nil) { reader.waitForGrowth(milliseconds: milliseconds) }
}
