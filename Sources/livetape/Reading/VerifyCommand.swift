import ArgumentParser
import RecordingFormat
import RecordingStore

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of a recording.",
        discussion: """
            Checks the structure of the files, the checksum of every record, and that no record is missing; of sealed \
            files also every index entry, offset, count and checkpoint against what it refers to. Says what is wrong \
            and where. A gap, where the recorder itself says what it could not write, is told and is not wrong.

              livetape verify Recordings/local
              livetape verify run.mcap && echo whole

            The exit code is 0 if all is well, 1 if something is wrong, 2 if the recording could not be read.
            """)

    @OptionGroup var recording: RecordingArgument

    func run() throws {
        try reading { output in
            let run = try recording.chosenRun()
            var problems: UInt64 = 0
            func report(_ line: String) throws {
                problems += 1
                try output.writeLine(Preview.of(PlaceNames.applied(to: line)))
            }
            for number in run.missingFileNumbers { try report("file \(number) of run \(run.id) is missing") }
            for file in run.files {
                for problem in try file.preambleProblems() { try report("\(file.path): \(problem)") }
            }
            let (records, ending) = try check(run, report) {
                try output.writeLine(Preview.of(PlaceNames.applied(to: $0)))
            }
            if run.files.contains(where: \.isSealed) { try checkSealed(run, report) }
            let count = "\(counted(records, "record")) in \(counted(UInt64(run.files.count), "file")), run \(run.id)"
            try output.writeLine("\(count): \(ending.sentence)")
            guard problems == 0 else {
                try output.writeLine(counted(problems, "problem"))
                throw ReadingExit.problemsFound
            }
            let indexes = run.files.contains(where: \.isSealed) ? ", indexes, checkpoints" : ""
            try output.writeLine("all checksums\(indexes) and sequence numbers are right")
        }
    }

    private func check(
        _ run: RecordingRun, _ report: (String) throws -> Void, note: (String) throws -> Void
    ) throws -> (records: UInt64, RunEnding) {
        var reader = try RecordingReader(run: run)
        var bar = ProgressBar(total: run.byteCount)
        var records: UInt64 = 0
        while true {
            bar.advance(to: reader.bytesRead)
            switch try reader.next() {
            case .record(.gap(let gap), let place):
                records += 1
                bar.clear()
                let lost = "\(counted(gap.records, "record")) and \(formatted(bytes: gap.bytes)) lost"
                try note("\(place.path), byte \(place.offset): a gap, \(lost) (\(gap.cause))")
            case .record: records += 1
            case .skipped(let skipped):
                bar.clear()
                try report("\(skipped)")
            case .missing(let missing):
                bar.clear()
                try report("\(missing)")
            case .caughtUp: continue
            case .ended(let ending):
                bar.clear()
                return (records, ending)
            }
        }
    }

    /// What refers to records, in sealed files, against the records.
    private func checkSealed(_ run: RecordingRun, _ report: (String) throws -> Void) throws {
        var verifier = SealedVerifier()
        var bar = ProgressBar(total: run.byteCount)
        var behind: UInt64 = 0
        for file in run.files {
            if file.isSealed {
                try verifier.verify(file) { problem in
                    bar.clear()
                    try report("\(file.path): \(problem)")
                } progress: {
                    bar.advance(to: behind + $0)
                }
            } else {
                // Sockets go on from one file to the next, and checkpoints with them.
                var reader = try RecordingReader(run: run.only(file))
                following: while true {
                    switch try reader.next() {
                    case .record(let record, _): verifier.follow(record)
                    case .skipped, .missing, .caughtUp: continue
                    case .ended: break following
                    }
                }
            }
            behind += file.byteCount
        }
        bar.clear()
    }
}
