import ArgumentParser
import RecordingStore

struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Compress and index recordings.",
        discussion: """
            A journal, which is what a proxy writes, becomes a sealed file of the same name: the same records, several \
            times smaller, read from any place without what lies before. The proxy does this by itself, so that it is \
            needed only where that was cut short.

              livetape seal Recordings/local
              livetape seal run.mcap

            What is sealed already is passed over. The exit code is 0 if all files are sealed, 1 if one was refused \
            (a proxy is writing it, or it is damaged: see 'livetape help recover'), 2 if one could not be read or written.
            """)

    @OptionGroup var recordings: SealedRecordings

    func run() throws {
        try reading { output in
            var outcome = SealingOutcome()
            var sealer = Sealer(release: LiveTape.release)
            for (file, run) in try recordings.files() {
                var bar = ProgressBar(total: file.byteCount)
                do {
                    let sealed = try sealer.seal(file, of: run) { done in
                        bar.advance(to: done)
                        return true
                    }
                    bar.clear()
                    try output.writeLine(Preview.of(sealed.line))
                } catch SealingError.alreadySealed {
                    try output.writeLine(
                        Preview.of("\(file.path): sealed already, \(formatted(bytes: file.byteCount))"))
                } catch let error as SealingError {
                    bar.clear()
                    outcome.note(error)
                }
                try output.flush()
            }
            try outcome.end()
        }
    }
}

/// Which files to seal or recover.
struct SealedRecordings: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files, or folders of recordings.",
            discussion: "A single file stands for all files of its run; of a folder, all runs are meant.",
            valueName: "recording"))
    var paths: [String]

    /// Each file with its whole run, also where only some of the run's files were named: what a socket carries from one
    /// file into the next has to be known.
    func files() throws(RecordingError) -> [(RecordingFile, RecordingRun)] {
        var files: [(RecordingFile, RecordingRun)] = []
        for named in try RecordingRun.find(at: paths) {
            let whole = try named.files.last.map { file throws(RecordingError) in
                try RecordingRun.find(at: [file.path]).last
            }
            for file in named.files { files.append((file, (whole ?? named) ?? named)) }
        }
        return files
    }
}

/// What stopped files from being sealed, for the exit code.
struct SealingOutcome {
    private var code: Int32 = 0

    mutating func note(_ error: SealingError) {
        complain("\(error)")
        switch error {
        case .live, .beingSealed, .damaged, .cancelled, .alreadySealed: code = max(code, 1)
        case .unreadable, .unwritable: code = 2
        }
    }

    mutating func noteLosses() { code = max(code, 1) }

    func end() throws {
        if code != 0 { throw ExitCode(code) }
    }
}

extension SealedFile {
    /// "run.mcap: 34 MB → 9.1 MB (0.27)"
    var line: String {
        let ratio = Double(byteCount) / Double(max(originalByteCount, 1))
        let hundredths = Int((ratio * 100).rounded())
        let digits = hundredths % 100 < 10 ? "0\(hundredths % 100)" : "\(hundredths % 100)"
        return "\(path): \(formatted(bytes: originalByteCount)) → \(formatted(bytes: byteCount)) "
            + "(\(hundredths / 100).\(digits))"
    }
}
