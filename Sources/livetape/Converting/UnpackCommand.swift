import ArgumentParser
import Interchange
import RecordingStore

struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Write a recording as text: its twin, for git and the editor.",
        discussion: """
            One line a record, relative times, payloads unmasked, JSON as JSON. 'livetape pack' makes the same recording \
            of it again, record for record; all commands read a twin where they read a recording. TextTwin in the \
            documentation says what stands in a line.

              livetape unpack > page.ndjson              the newest run in Recordings/local
              livetape unpack run.mcap -o run.ndjson     a file that only you can read
              git config diff.livetape.textconv "livetape unpack"
                                                         with '*.mcap diff=livetape' in .gitattributes, git shows \
            recordings as text

            Recordings hold cookies, tokens and form input, and so do their twins. What cannot be read is said on \
            standard error and in a comment. The exit code is 0 if the recording could be read, 2 if not.
            """)

    @OptionGroup var recording: RecordingArgument

    @Option(name: .shortAndLong, help: ArgumentHelp("Write this file.", valueName: "file"), completion: .file())
    var output: String?

    @Flag(help: "Replace the file if it is there.")
    var force = false

    @Option(
        name: .customLong("comment-bytes"),
        help: ArgumentHelp(
            "Show so many bytes of a deflated message's text in a comment; 0 for no comments.", valueName: "count"))
    var commentBytes = TextTwinWriter.Settings().commentByteLimit

    func validate() throws {
        guard commentBytes >= 0 else { throw ValidationError("--comment-bytes is a number from 0") }
    }

    func run() throws {
        try reading { standardOutput in
            let run = try recording.chosenRun()
            guard let path = output else { return try unpack(run, to: standardOutput) }
            let file = try NewFile(path, replaces: force)
            let output = Output(descriptor: file.descriptor)
            try unpack(run, to: output)
            try output.flush()
            try file.finish()
        }
    }

    private func unpack(_ run: RecordingRun, to output: Output) throws {
        var settings = TextTwinWriter.Settings()
        settings.commentByteLimit = commentBytes
        var lines = try TextTwinLines(run: run, settings: settings)
        var problems = Problems()
        var isAtEnd = false
        while !isAtEnd {
            var outcome = Result<TextTwinLines.Step, any Error>.success(.lines)
            try output.write { bytes in
                outcome = Result { try lines.next(appendingTo: &bytes) }
            }
            switch try outcome.get() {
            case .lines: continue
            case .skipped(let skipped): problems.add(skipped)
            case .missing(let missing): problems.add(missing)
            case .ended: isAtEnd = true
            }
        }
        problems.summary().forEach { complain($0) }
    }
}
