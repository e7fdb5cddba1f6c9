import ArgumentParser
import Foundation
import RecordingFormat
import RecordingStore

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the sockets and messages of a recording.",
        discussion: """
            Each line is a message: seconds since the run began, connection, direction, kind, bytes on the wire and \
            inflated, and the beginning of its text.

              livetape show                                  the newest run in Recordings/local
              livetape show --follow --hide-heartbeats       what happens now
              livetape show run.mcap --grep phx_error        where something went wrong
              livetape show --direction server --larger-than 10kB
              livetape show --socket 3 --since 10:15 --limit 20
              livetape show --json | jq -r 'select(.opcode == "text").text'

            Of sealed files only that part is read which --socket, --since and --until need. \
            What cannot be read is said on standard error. The exit code is 0 if the recording could be read, 2 if not.
            """)

    @OptionGroup var recording: RecordingArgument
    @OptionGroup(title: "Filters") var filter: MessageFilter

    @Flag(help: "Go on while the run is being recorded.")
    var follow = false

    @Flag(help: "Show HTTP exchanges too.")
    var http = false

    @Flag(help: "One JSON object a line (ShowJSON in the documentation has the keys).")
    var json = false

    @Option(help: ArgumentHelp("Stop after so many messages.", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("Cut lines to this width; 0 for whole lines.", valueName: "columns"))
    var width: Int?

    func run() throws {
        try reading { output in
            let run = try recording.chosenRun()
            let first = try run.firstStamp()
            var settings = RecordingReader.Settings()
            settings.follows = follow
            settings.selection = filter.selection(runStart: run.startedWallNanoseconds ?? first?.wallNanoseconds)
            var reader = try ConversationReader(run: run, settings: settings)
            let terminal = Terminal.attached(to: 1, width: width)
            var show = try Show(
                run: run, first: first, filter: filter, form: json ? .json : .text, withHTTP: http,
                terminal: terminal, output: output)
            try show.begin()
            reading: while show.messageCount < limit ?? .max {
                switch try reader.next() {
                case .event(let event):
                    try show.show(event)
                    // A person wants to see the first match now, a pipe as few writes as can be.
                    if terminal.isTerminal { try output.flush() }
                case .skipped(let skipped): show.problems.add(skipped)
                case .missing(let missing): show.problems.add(missing)
                case .caughtUp:
                    try output.flush()
                    reader.waitForGrowth()
                case .ended: break reading
                }
            }
            try output.flush()
            show.problems.summary().forEach { complain($0) }
        }
    }
}

/// Shows events as they come; keeps a few facts of the open sockets only.
struct Show {
    enum Form { case text, json }

    private let run: RecordingRun
    private let filter: MessageFilter
    private let search: PayloadSearch?
    private let form: Form
    private let withHTTP: Bool
    private let text: MessageText
    private let json: MessageJSON
    private let output: Output
    private var timeline: Timeline
    /// Sockets that no line was shown of, with the time they opened.
    private var unannounced: [UInt64: (SocketFacts, elapsed: Int64)] = [:]
    var problems = Problems()
    /// Messages shown so far.
    private(set) var messageCount = 0

    /// - Parameter first: of the run's first record, which all times are told from.
    init(
        run: RecordingRun, first: RecordStamp?, filter: MessageFilter, form: Form, withHTTP: Bool, terminal: Terminal,
        output: Output
    ) throws {
        self.run = run
        self.filter = filter
        self.search = try filter.search()
        self.form = form
        self.withHTTP = withHTTP
        self.output = output
        text = MessageText(terminal: terminal)
        json = MessageJSON(run: run.id)
        timeline = Timeline(start: run.startedWallNanoseconds)
        if let first { _ = timeline.elapsed(first) }
    }

    func begin() throws {
        guard form == .text else { return }
        for line in text.header(of: run) { try output.writeLine(line) }
    }

    mutating func show(_ event: ConversationEvent) throws {
        switch event {
        case .message(let message): try show(message)
        case .socketOpened(let socket): try show(socket)
        case .socketClosed(let closing): try show(closing)
        case .exchange(let exchange): try show(exchange)
        case .gap(let gap):
            problems.add(gap)
            let elapsed = timeline.elapsed(gap.stamp)
            if form == .text { try output.writeLine(text.line(gap, elapsed: elapsed)) }
        case .raw(let raw):
            let elapsed = timeline.elapsed(raw.stamp)
            guard form == .text, !filter.isSelective else { return }
            try output.writeLine(text.line(raw, elapsed: elapsed))
        case .violation(let violation):
            let elapsed = timeline.elapsed(violation.stamp)
            guard form == .text, !filter.isSelective else { return }
            try output.writeLine(text.line(violation, elapsed: elapsed))
        case .connection(let record):
            _ = timeline.elapsed(record.stamp)
            if record.kind == .connectionClosed { unannounced[record.stamp.connection] = nil }
        case .note(let note):
            _ = timeline.elapsed(note.stamp)
            if note.kind == .warning { problems.add(note.text) }
        }
    }

    private mutating func show(_ message: SocketMessage) throws {
        problems.add(message)
        let elapsed = timeline.elapsed(message.stamp)
        guard filter.passes(message, search) else { return }
        messageCount += 1
        switch form {
        case .json:
            try output.write { bytes in
                var writer = JSONWriter(appendingTo: bytes)
                bytes = []
                json.append(message, elapsed: elapsed, to: &writer)
                bytes = writer.bytes
            }
        case .text:
            try announce(message.connection)
            for line in text.lines(message, elapsed: elapsed) { try output.writeLine(line) }
        }
    }

    /// A filter that picks messages hides the sockets that it picks none of.
    private mutating func show(_ socket: SocketFacts) throws {
        let elapsed = timeline.elapsed(socket.stamp)
        guard form == .text else { return }
        unannounced[socket.connection] = (socket, elapsed)
        if !filter.isSelective { try announce(socket.connection) }
    }

    private mutating func announce(_ connection: UInt64) throws {
        guard let (socket, elapsed) = unannounced.removeValue(forKey: connection) else { return }
        try output.writeLine(text.line(socket, elapsed: elapsed))
    }

    private mutating func show(_ closing: SocketClosing) throws {
        let elapsed = timeline.elapsed(closing.stamp)
        let wasHidden = unannounced.removeValue(forKey: closing.stamp.connection) != nil
        guard form == .text, !wasHidden else { return }
        try output.writeLine(text.line(closing, elapsed: elapsed))
    }

    private mutating func show(_ exchange: HTTPExchange) throws {
        let elapsed = timeline.elapsed(exchange.stamp)
        guard withHTTP, !filter.isSelective || filter.hasTimes else { return }
        switch form {
        case .json:
            try output.write { bytes in
                var writer = JSONWriter(appendingTo: bytes)
                bytes = []
                json.append(exchange, elapsed: elapsed, to: &writer)
                bytes = writer.bytes
            }
        case .text: try output.writeLine(text.line(exchange, elapsed: elapsed))
        }
    }
}
