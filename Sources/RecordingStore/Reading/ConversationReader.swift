internal import RecordingFormat

/// Reads a run and decodes it: what most commands want.
///
/// With a selection it gives what a reader of everything gives, but for the events that came of records of other
/// connections or times. An event of a socket that was opened before is preceded by its opening.
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
    private var filter: EventFilter

    package init(
        run: RecordingRun, settings: RecordingReader.Settings = .init(), limits: ConversationLimits = .init()
    ) throws(RecordingError) {
        var settings = settings
        settings.givesCheckpoints = true
        reader = try RecordingReader(run: run, settings: settings)
        decoder = ConversationDecoder(limits: limits)
        filter = EventFilter(settings.selection)
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
                filter.choose(from: &events, of: record.stamp)
            case .skipped(let bytes):
                return .skipped(bytes)
            case .missing(let missing):
                decoder.lostRecords(of: missing.connection, missing.stamp, into: &events)
                if filter.choose(from: &events, of: missing.stamp) { return .missing(missing) }
            case .caughtUp:
                return .caughtUp
            case .ended(let ending):
                self.ending = ending
                end()
            }
        }
    }

    /// What is unfinished comes out, of connections whose end was read.
    private mutating func end() {
        for number in decoder.openConnections {
            var last: [ConversationEvent] = []
            guard let stamp = decoder.end(number, into: &last), !reader.leavesOutEnd(of: number) else { continue }
            filter.choose(from: &last, of: stamp)
            events += last
        }
    }

    package func waitForGrowth(milliseconds: Int32? = nil) { reader.waitForGrowth(milliseconds: milliseconds) }
}
