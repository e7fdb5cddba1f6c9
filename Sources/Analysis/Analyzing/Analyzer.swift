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

        /// Whether ``Analysis/whatIf`` is estimated, and how; it takes the time of deflating. Default: not.
        package var whatIf: WhatIfSettings?

        package init() {}
    }

    package var settings: Settings
    /// Batches that are read ahead of the lanes; about 1 MB of a journal, or a chunk, each.
    private static let waitingBatchCount = 4

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Analyses a run on all cores. All sockets of one page are on one task.
    /// - Parameter progress: told the records of a batch when it is worked at.
    package func analyze(
        _ run: RecordingRun, progress: (@Sendable (RecordBatch) -> Void)? = nil
    ) async throws -> Analysis {
        let count = max(1, settings.laneCount)
        let workers = (0..<count).map { number in
            var own = settings
            own.sessions.firstNumber = number
            own.sessions.numberStride = count
            own.sessions.treeSlotLimit /= count
            return LaneWorker(own)
        }
        var sorter = LaneSorter(laneCount: count)
        // A few batches wait for each lane: one that has more to do than the others does not stop the reading.
        var last: [Task<Void, Never>] = []
        var waiting: [[Task<Void, Never>]] = []
        try await run.mapChunks(transform: { $0 }) { batch in
            progress?(batch)
            let work = sorter.sort(batch)
            if waiting.count >= Self.waitingBatchCount { for task in waiting.removeFirst() { await task.value } }
            let before = last
            last = zip(workers, work).enumerated().map { number, pair in
                Task {
                    // In order: an actor alone does not promise that.
                    if number < before.count { await before[number].value }
                    await pair.0.take(pair.1)
                }
            }
            waiting.append(last)
        }
        for tasks in waiting { for task in tasks { await task.value } }
        var analysis = Analysis()
        for worker in workers { analysis.merge(await worker.end()) }
        analysis.group()
        analysis.sort()
        return analysis
    }

    /// Analyses a run on this task, and finds what is missing in it as ``RecordingReader`` does.
    package func analyzeInOrder(_ run: RecordingRun) throws(RecordingError) -> Analysis {
        var reader = try ConversationReader(run: run)
        var lane = Lane(settings)
        while true {
            switch try reader.next() {
            case .event(let event): lane.receive(event)
            case .skipped(let bytes): lane.skipped(bytes)
            case .missing(let records): lane.missing(records)
            case .caughtUp: continue
            case .ended:
                var analysis = lane.end()
                analysis.group()
                analysis.sort()
                return analysis
            }
        }
    }

    /// Analyses events that somebody else reads, such as a test.
    package func analyze(_ events: [ConversationEvent]) -> Analysis {
        var lane = Lane(settings)
        for event in events { lane.receive(event) }
        var analysis = lane.end()
        analysis.group()
        analysis.sort()
        return analysis
    }
}
