import ArgumentParser
import Foundation
import Interchange
import RecordingFormat
import RecordingStore

/// The recording that a command reads, the same for all of them.
struct RecordingArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A file, several files, or a folder of recordings; a text twin (*.ndjson, - for standard input) is one too.",
            discussion: "One file stands for all files of its run; of a folder the newest run is read.",
            valueName: "recording"))
    var paths: [String] = [RecordingFolder.defaultPath]

    @Option(help: ArgumentHelp("Read this run of the folder.", valueName: "id"))
    var run: String?

    /// Finds the run, and says on standard error which one if there was a choice.
    func chosenRun() throws -> RecordingRun {
        if paths == [RecordingFolder.defaultPath], access(RecordingFolder.defaultPath, F_OK) != 0 {
            throw RecordingError.nothingFound(path: RecordingFolder.defaultPath)
        }
        let runs = try RecordingRun.find(at: paths.map { PackedTwin.isTwin($0) ? try PackedTwin.pack($0) : $0 })
        if let id = run {
            guard let chosen = runs.first(where: { $0.id == id }) else {
                throw RecordingError.unknownRun(id: id, known: runs.suffix(10).map(\.id))
            }
            return chosen
        }
        guard let newest = runs.last else { throw RecordingError.nothingFound(path: paths.joined(separator: ", ")) }
        if runs.count > 1 {
            let others = runs.dropLast().suffix(5).reversed().map(Self.summary).joined(separator: ", ")
            complain("\(runs.count) runs; this is the newest, \(Self.summary(newest)). Others by --run ID: \(others)")
        }
        return newest
    }

    private static func summary(_ run: RecordingRun) -> String {
        guard let start = run.startedWallNanoseconds else { return run.id }
        return "\(run.id) (\(formattedLocal(nanoseconds: start)))"
    }
}

/// A line on standard error. If that cannot be written, there is nobody to tell.
func complain(_ line: String) {
    let output = Output(descriptor: 2)
    try? output.writeLine(Preview.of(PlaceNames.applied(to: line)))
    try? output.flush()
}

/// The exit codes of the commands that read.
enum ReadingExit {
    static let problemsFound = ExitCode(1)
    static let unreadable = ExitCode(2)
}

/// Runs a command that reads, and turns what stops it into an exit code and a line for a person.
func reading(_ body: (Output) throws -> Void) throws {
    // A reader of ours that goes away is then an error of write(2), and no sudden death.
    signal(SIGPIPE, SIG_IGN)
    let output = Output(descriptor: 1)
    do {
        do {
            try body(output)
        } catch let error as RecordingError {
            try output.flush()
            complain("\(error)")
            throw ReadingExit.unreadable
        } catch let failure as TextTwinPacking.Failure {
            try output.flush()
            complain("\(failure)")
            throw ReadingExit.unreadable
        } catch let failure as Failure {
            try output.flush()
            complain("\(failure)")
            throw ExitCode(failure.code)
        } catch let code as ExitCode {
            try output.flush()
            throw code
        }
        try output.flush()
    } catch is OutputClosed {
        return
    } catch let error as OutputFailed {
        complain("\(error)")
        throw ReadingExit.unreadable
    }
}
