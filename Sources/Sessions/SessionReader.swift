package import RecordingStore

extension SessionTracker {
    /// Follows a whole run on this task.
    /// - Parameter use: called for each step.
    package static func follow(
        _ run: RecordingRun, settings: SessionSettings = SessionSettings(), _ use: (SessionStep, PathTable) -> Void
    ) throws(RecordingError) {
        var reader = try ConversationReader(run: run)
        var tracker = SessionTracker(settings: settings)
        let paths = tracker.paths
        while true {
            switch try reader.next() {
            case .event(let event): tracker.receive(event) { use($0, paths) }
            case .skipped(let bytes): tracker.skipped(bytes) { use($0, paths) }
            case .missing(let records): tracker.missing(records) { use($0, paths) }
            case .caughtUp: continue
            case .ended:
                tracker.end { use($0, paths) }
                return
            }
        }
    }
}
