import ArgumentParser
import Interchange

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Make a recording of its text twin.",
        discussion: """
            The opposite of 'livetape unpack': the same records, with what the twin leaves out worked out again. A line \
            that is not as it should be is told with its number, and nothing is written.

              livetape pack page.ndjson                  writes page.mcap beside it
              livetape pack page.ndjson -o new.mcap --force
              sed 's/secret/public/' page.ndjson | livetape pack - -o public.mcap

            The exit code is 0 if the recording was written, 2 if not.
            """)

    @Argument(help: ArgumentHelp("A text twin; - for standard input.", valueName: "twin"))
    var twin: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write this file; by default the twin's name with .mcap.", valueName: "file"),
        completion: .file(extensions: ["mcap"]))
    var output: String?

    @Flag(help: "Replace the file if it is there.")
    var force = false

    func validate() throws {
        if twin == "-", output == nil { throw ValidationError("from standard input, name the recording with -o") }
    }

    func run() throws {
        try reading { _ in
            let file = try NewFile(output ?? defaultPath, replaces: force)
            let name = twin == "-" ? "standard input" : twin
            try PackedTwin.withTwin(twin, name: name) {
                try TextTwinPacking.pack($0, name: name, to: file.descriptor, release: LiveTape.release)
            }
            try reporting { try file.seal() }
            try file.finish()
        }
    }

    private var defaultPath: String {
        (twin.hasSuffix(".ndjson") ? String(twin.dropLast(".ndjson".count)) : twin) + ".mcap"
    }
}
