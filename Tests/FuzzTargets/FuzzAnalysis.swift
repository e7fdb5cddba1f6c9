internal import Analysis
internal import RecordingStore

/// Analyses a file of any bytes, in its order and on lanes.
enum FuzzAnalysis {
    static func failure(of bytes: [UInt8]) async -> String? {
        let place = FuzzFile(bytes)
        // No recording, or one of a newer version: refused in words.
        guard let run = try? RecordingRun.find(at: [place.path]).first else { return nil }
        var analyzer = Analyzer()
        analyzer.settings.laneCount = bytes.count % 3 + 1
        do {
            let inOrder = try analyzer.analyzeInOrder(run)
            let onLanes = try await analyzer.analyze(run)
            for analysis in [inOrder, onLanes] {
                if let problem = FuzzSessions.problem(in: analysis) { return problem }
            }
            guard try isWhole(run) else { return nil }
            let counts = [inOrder, onLanes].map { "\($0.totals.fromClient), \($0.totals.fromServer)" }
            return counts[0] == counts[1] ? nil : "in order \(counts[0]), on lanes \(counts[1])"
        } catch {
            return "\(error)"
        }
    }

    /// Whether all of the file is there, and as a recorder writes it: of others, the index may tell something else than
    /// what is between its first and its last byte.
    private static func isWhole(_ run: RecordingRun) throws -> Bool {
        var reader = try RecordingReader(run: run)
        reading: while true {
            switch try reader.next() {
            case .skipped, .missing: return false
            case .record, .caughtUp: continue
            case .ended: break reading
            }
        }
        var isWhole = true
        for file in run.files where file.isSealed {
            var verifier = SealedVerifier()
            try verifier.verify(file) { _ in isWhole = false }
        }
        return isWhole
    }
}
