internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// Reads a file of any bytes in all ways.
enum FuzzReading {
    static func failure(of bytes: [UInt8]) -> String? {
        let file = FuzzFile(bytes)
        // No recording, or one of a newer version: refused in words.
        guard let run = try? RecordingRun.find(at: [file.path]).first else { return nil }
        // So that an input finds other ways through the same file, the last byte chooses one.
        let choice = Int(bytes.last ?? 0)
        do {
            var settings = limited(buffer: choice % 2 == 0 ? 64 : 4096)
            let all = try records(run, settings)
            settings.selection.connections = choice & 2 == 0 ? nil : [1]
            let times = all.map(\.stamp.wallNanoseconds)
            if !times.isEmpty {
                if choice & 4 != 0 { settings.selection.since = times[choice % times.count] }
                if choice & 8 != 0 { settings.selection.until = times[(choice / 3) % times.count] }
            }
            try decode(run, settings)
            if let file = run.files.first, file.isSealed {
                var verifier = SealedVerifier(settings: settings)
                try verifier.verify(file) { _ = "\($0)" }
                _ = try file.preambleProblems()
            }
        } catch {
            return "\(error)"
        }
        return nil
    }

    static func limited(buffer: Int) -> RecordingReader.Settings {
        var settings = RecordingReader.Settings()
        settings.bufferByteCount = buffer
        settings.recordByteLimit = 1 << 20
        settings.chunkByteLimit = 1 << 20
        settings.indexByteLimit = 1 << 20
        settings.connectionLimit = 100
        return settings
    }

    private static func records(_ run: RecordingRun, _ settings: RecordingReader.Settings) throws -> [JournalRecord] {
        var reader = try RecordingReader(run: run, settings: settings)
        var records: [JournalRecord] = []
        while true {
            switch try reader.next() {
            case .record(let record, _): records.append(record)
            case .skipped(let skipped): _ = "\(skipped)"
            case .missing(let missing): _ = "\(missing)"
            case .caughtUp: continue
            case .ended: return records
            }
        }
    }

    private static func decode(_ run: RecordingRun, _ settings: RecordingReader.Settings) throws {
        var limits = ConversationLimits()
        limits.messages.messageBytes = 1 << 16
        limits.messages.inflatedBytes = 1 << 20
        limits.bodyBytes = 1 << 16
        limits.connections = 50
        var reader = try ConversationReader(run: run, settings: settings, limits: limits)
        while true {
            if case .ended = try reader.next() { return }
        }
    }
}
