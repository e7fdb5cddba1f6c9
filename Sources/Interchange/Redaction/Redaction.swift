internal import Glibc
internal import RecordingFormat
package import RecordingStore
internal import WebSocketWire

/// Makes a copy of a run without its secrets: same records, times, sizes and order; placeholders in place of secrets.
///
/// It reads the run twice, first to learn the secrets, then to replace them wherever they stand; and reads the result
/// once, to search it for what is left.
package struct Redaction {
    package struct Settings: Sendable {
        package var rules = RedactionRules()
        package var key = RedactionKey.random()
        /// The run id of the result: another one, so that both can lie in one folder.
        package var runID = RecordingFolder.newRunIdentifier()
        /// Whether the result may replace another file.
        package var replacesFile = false
        /// Whether the result stays even if secrets are left in it.
        package var keepsLeftovers = false
        /// The most different secrets that are remembered. Default: 200 000.
        package var secretLimit = 200_000
        /// The longest message that is redacted, inflated, in bytes; a longer one is dropped. Default: 32 MiB.
        package var messageByteLimit = 32 << 20
        /// Records that wait for the end of a message or a body, in bytes; what waits longest is then dropped. Default:
        /// 64 MiB.
        package var holdByteLimit = 64 << 20
        /// The version of the program, for the result's Header.
        package var release = "0"

        package init() {}
    }

    /// What was done.
    package struct Report: Sendable {
        /// How many places were redacted, by kind.
        package var counts: [SecretKind: UInt64] = [:]
        /// How many different secrets of ``RedactionRules/shortestEcho`` bytes or more there were.
        package var secrets = 0
        /// How many of them are ordinary words, replaced in their own fields only.
        package var ordinaryWords = 0
        package var dropped = DroppedContent()
        package var leftovers = Leftovers()
        package var records: UInt64 = 0
        /// What could not be read of the run, in words; the first hundred.
        package var unreadable: [String] = []
        package var ending = RunEnding.closed
        /// Whether the result is there under its name.
        package var isPublished = false
    }

    private let run: RecordingRun
    private let output: String
    private let settings: Settings
    private let redactor: Redactor
    private let limits: ConversationLimits
    private var report = Report()

    package init(run: RecordingRun, output: String, settings: Settings = Settings()) {
        self.run = run
        self.output = output
        self.settings = settings
        redactor = Redactor(settings.rules, key: settings.key, secretLimit: settings.secretLimit)
        var limits = ConversationLimits()
        limits.messages.messageBytes = settings.messageByteLimit
        limits.messages.inflatedBytes = UInt64(clamping: settings.messageByteLimit) &* 2
        self.limits = limits
    }

    /// - Parameter progress: is given how much of the work is done, from 0 to 1, now and then.
    /// - Throws: ``RedactionError`` or ``RecordingError``; then there is no result.
    package mutating func redact(progress: (Double) -> Void) throws -> Report {
        guard settings.replacesFile || access(output, F_OK) != 0 else { throw RedactionError.exists(path: output) }
        redactor.mode = .collect
        try visit(run) { progress($0 / 3) }
        redactor.known.seal()
        redactor.mode = .replace
        let file = try RedactedFile(
            path: output, preamble: preamble(), release: settings.release, replacing: settings.replacesFile)
        do {
            try write(to: file) { progress((1 + $0) / 3) }
            redactor.mode = .check
            for result in try RecordingRun.find(at: [file.temporaryPath]) {
                try visit(result) { progress((2 + $0) / 3) }
            }
            return try finish(file)
        } catch {
            file.remove()
            throw error
        }
    }

    private mutating func finish(_ file: RedactedFile) throws(RedactionError) -> Report {
        report.counts = redactor.counts
        report.secrets = redactor.known.count
        report.ordinaryWords = redactor.known.ordinaryCount
        report.leftovers = redactor.leftovers
        if report.leftovers.count > 0, !settings.keepsLeftovers {
            file.remove()
        } else {
            try file.publish(replacing: settings.replacesFile)
            report.isPublished = true
        }
        return report
    }

    private func preamble() -> JournalPreamble {
        var details: [String: String] = [:]
        for (key, value) in run.files.lazy.compactMap(\.preamble).first?.details ?? [:] {
            details[key] = redactor.words(value)
        }
        details[JournalPreamble.DetailKey.redactedRun] = run.id
        return JournalPreamble(runID: settings.runID, fileNumber: 1, details: details)
    }

    // MARK: - The second reading

    private mutating func write(to file: RedactedFile, progress: (Double) -> Void) throws {
        var records = RecordRedactor(redactor, limits: limits, holdByteLimit: settings.holdByteLimit)
        var reader = try RecordingReader(run: run)
        let total = Double(max(run.byteCount, 1))
        var newest: RecordStamp?
        func append(_ ready: [JournalRecord]) throws(RedactionError) {
            for record in ready {
                report.records += 1
                try file.append(record)
                if record.stamp.connection == 0 || newest == nil { newest = record.stamp }
            }
        }
        reading: while true {
            progress(min(1, Double(reader.bytesRead) / total))
            switch try reader.next() {
            case .record(let record, _): try append(records.receive(record))
            case .skipped(let skipped): note("\(skipped)")
            case .missing(let missing):
                note("\(missing)")
                try append(records.lostRecords(of: missing.connection, missing.stamp))
            case .caughtUp: continue
            case .ended(let ending):
                report.ending = ending
                break reading
            }
        }
        try append(records.end())
        report.dropped = records.dropped
        if report.dropped.total > 0 { try file.append(.note(warning(behind: newest))) }
        try file.finish()
    }

    private mutating func note(_ trouble: String) {
        if report.unreadable.count < 100 { report.unreadable.append(trouble) }
    }

    /// The result says itself what it lacks, as the last record of the run.
    private func warning(behind newest: RecordStamp?) -> NoteRecord {
        var stamp = newest ?? RecordStamp(connection: 0, sequence: 0, wallNanoseconds: 0, monotonicNanoseconds: 0)
        stamp.sequence = stamp.connection == 0 && newest != nil ? stamp.sequence &+ 1 : 0
        stamp.connection = 0
        return NoteRecord(
            stamp: stamp, kind: .warning, text: "dropped, since it could not be redacted: \(report.dropped.words)")
    }

    // MARK: - The first reading, and the search of the result

    private func visit(_ run: RecordingRun, progress: (Double) -> Void) throws {
        var reader = try ConversationReader(run: run, limits: limits)
        let total = Double(max(run.byteCount, 1))
        redactor.place = "preamble"
        for file in run.files {
            for detail in file.preamble?.details.values.sorted() ?? [] { _ = redactor.words(detail) }
        }
        while true {
            progress(min(1, Double(reader.reader.bytesRead) / total))
            if let failure = redactor.failure { throw failure }
            switch try reader.next() {
            case .event(let event): redactor.visit(event)
            case .skipped, .missing, .caughtUp: continue
            case .ended: return
            }
        }
    }
}

extension JournalPreamble.DetailKey {
    /// The run that a redacted one is of.
    package static let redactedRun = "redacted_run"
}
