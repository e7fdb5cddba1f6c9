package import RecordingStore
package import Sessions

/// Runs recordings past the rules.
package struct Analyzer: Sendable {
    package struct Settings: Sendable {
        package var sessions = SessionSettings()
        /// The rules, made anew for each task. Default: all.
        package var makeRules: @Sendable () -> [any Rule] = { AllRules.make() }
        /// Tasks that work at sockets side by side. Default: 3; reading takes its share of the cores besides.
        package var laneCount = 3
        /// Whether ``Details`` has points over time and the largest diffs' texts. Default: no.
        package var keepsPictures = false

        package init() {}
    }

    package var settings: Settings

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Analyses a run on all cores. All sockets of one page are on one task.
    /// - Parameter progress: told the records of a batch when it is worked at.
    package func analyze(
        _ run: RecordingRun, progress: (@Sendable (RecordBatch) -> Void)? = nil
    ) async throws -> Analysis {
        let count = max(1, settings.laneCount)
        let workers = (0..<count).map { number in
            var sessions = settings.sessions
            sessions.firstNumber = number
            sessions.numberStride = count
            sessions.treeSlotLimit = settings.sessions.treeSlotLimit / count
            return LaneWorker(settings: sessions, rules: settings.makeRules(), keepsPictures: settings.keepsPictures)
        }
        var sorter = LaneSorter(laneCount: count)
        // One batch a lane is worked at while the next is read.
        var working: [Task<Void, Never>] = []
        try await run.mapChunks(transform: { $0 }) { batch in
            progress?(batch)
            let work = sorter.sort(batch)
            for task in working { await task.value }
            working = zip(workers, work).map { worker, part in Task { await worker.take(part) } }
        }
        for task in working { await task.value }
        var analysis = Analysis()
        for worker in workers { analysis.merge(await worker.end()) }
        analysis.sort()
        return analysis
    }

    /// Analyses a run on this task, and finds what is missing in it as ``RecordingReader`` does.
    package func analyzeInOrder(_ run: RecordingRun) throws(RecordingError) -> Analysis {
        var reader = try ConversationReader(run: run)
        var lane = Lane(settings: settings.sessions, rules: settings.makeRules(), keepsPictures: settings.keepsPictures)
        while true {
            switch try reader.next() {
            case .event(let event): lane.receive(event)
            case .skipped(let bytes): lane.skipped(bytes)
            case .missing(let records): lane.missing(records)
            case .caughtUp: continue
            case .ended:
                var analysis = lane.end()
                analysis.sort()
                return analysis
            }
        }
    }

    /// Analyses events that somebody else reads, such as a test.
    package func analyze(_ events: [ConversationEvent]) -> Analysis {
        var lane = Lane(settings: settings.sessions, rules: settings.makeRules(), keepsPictures: settings.keepsPictures)
        for event in events { lane.receive(event) }
        var analysis = lane.end()
        analysis.sort()
        return analysis
    }
}
