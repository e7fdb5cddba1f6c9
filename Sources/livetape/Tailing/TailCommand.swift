import ArgumentParser
import Foundation
import RecordingStore

struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print what each live view does, as liveSocket.enableDebug() does in a browser.",
        discussion: """
            For all tabs at once, while the run is being recorded: mount, update, error and destroyed, with sizes and \
            the diff. What was on the client already is faint, what changed is bold.

              livetape tail                   the newest run in Recordings/local
              livetape tail run.mcap | less   what was recorded
              livetape proxy --to http://127.0.0.1:4000 --tail

            On a terminal, d disables the output, e enables it, the space bar changes it, and q ends. \
            The exit code is 0 if the recording could be read, 2 if not.
            """)

    @OptionGroup var recording: RecordingArgument
    @OptionGroup var options: TailOptions

    func run() throws {
        let keys = TailKeys()
        defer { keys?.restore() }
        let stop = try StopPipe(restoring: keys)
        defer { stop.close() }
        try reading { output in
            var tail = Tail(
                try recording.chosenRun(), options: options, output: output, keys: keys, stop: stop.descriptor)
            try tail.follow()
        }
    }
}

struct TailOptions: ParsableArguments {
    enum Start: String, EnumerableFlag {
        case enable, disable

        static func help(for value: Start) -> ArgumentHelp? {
            switch value {
            case .enable: "Print from the beginning."
            case .disable: "Print nothing before the key e is pressed."
            }
        }
    }

    @Flag var start = Start.enable

    @Option(help: ArgumentHelp("Print so many bytes of a diff; 0 for all.", valueName: "bytes"))
    var diffBytes = 2_000
}

extension Tail {
    init(_ run: RecordingRun, options: TailOptions, output: Output, keys: TailKeys?, stop: Int32) {
        let limit = options.diffBytes > 0 ? options.diffBytes : Int.max / 4
        let text = TailText(
            terminal: Terminal.attached(to: 1), byteLimit: limit, start: run.startedWallNanoseconds)
        self.init(
            run, text: text, output: output, keys: keys, isEnabled: options.start == .enable, stop: stop)
    }
}

/// SIGINT and SIGTERM as a descriptor, so that the terminal is left as it was found.
final class StopPipe {
    private var ends: [Int32] = [-1, -1]
    private var sources: [any DispatchSourceSignal] = []
    private let isListening: Bool

    var descriptor: Int32 { ends[0] }

    /// - Parameter keys: without keys, signals end the command as they end any.
    init(restoring keys: TailKeys?) throws {
        isListening = keys != nil
        guard isListening else { return }
        guard pipe(&ends) == 0 else { throw Failure("no pipe: \(String(cString: strerror(errno)))", code: 2) }
        let end = ends[1]
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                var byte: UInt8 = 1
                _ = Foundation.write(end, &byte, 1)
            }
            source.resume()
            sources.append(source)
        }
    }

    func close() {
        for source in sources { source.cancel() }
        for end in ends where end >= 0 { _ = Foundation.close(end) }
    }
}
