import ArgumentParser
import RecordingFormat
import RecordingStore
import WebSocketWire

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say what is in a recording.",
        discussion: """
            Files, times, sockets, messages, the largest ones, and what is missing.

              livetape info                        the newest run in Recordings/local
              livetape info run.mcap --json | jq .server.inflated

            The exit code is 0 if the recording could be read, 2 if not.
            """)

    @OptionGroup var recording: RecordingArgument

    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        try reading { output in
            let run = try recording.chosenRun()
            var reader = try ConversationReader(run: run)
            var summary = RunSummary(start: run.startedWallNanoseconds)
            var bar = ProgressBar(total: run.byteCount)
            reading: while true {
                bar.advance(to: reader.reader.bytesRead)
                switch try reader.next() {
                case .event(let event): summary.add(event)
                case .skipped(let skipped): summary.add(skipped)
                case .missing(let missing): summary.add(missing)
                case .caughtUp: continue
                case .ended(let ending):
                    summary.ending = ending
                    break reading
                }
            }
            bar.clear()
            if json {
                var writer = JSONWriter()
                InfoJSON(run: run, summary: summary).append(to: &writer)
                try output.write { $0 += writer.bytes }
            } else {
                for line in InfoText(run: run, summary: summary).lines() { try output.writeLine(line) }
            }
        }
    }
}

extension RunEnding {
    /// As in `info --json`.
    var word: String {
        switch self {
        case .closed: "closed"
        case .live: "live"
        case .cutOff: "cutOff"
        }
    }

    var sentence: String {
        switch self {
        case .closed: "closed in order"
        case .live: "being recorded now"
        case .cutOff: "cut off: the proxy was killed, or the last file is missing"
        }
    }
}
