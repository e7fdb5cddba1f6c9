import ArgumentParser
import Foundation
import Interchange
import RecordingStore

struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Copy a recording without its secrets.",
        discussion: """
            Writes a recording with the same records, times, order and sizes, in which placeholders stand in place of \
            secrets: of the same length and alphabet, and equal where the secrets were equal, so that whatever reads \
            recordings says the same of both. The placeholders differ each time.

              livetape redact Recordings/local shared.mcap
              livetape redact run.mcap shared.mcap --field nickname --query invite
              livetape redact run.mcap shared.mcap --pattern 'CUST-[0-9]{6}' --keep theme

            What is redacted:
              cookies, Authorization, and fields of HTTP whose names tell of tokens
              CSRF tokens, and LiveView's tokens for sessions, static data, flashes and uploads
              values of fields named as with --field, in forms, JSON, HTML and queries, so passwords and e-mail
              e-mail addresses, JWTs and other signed tokens, card numbers, and what --pattern finds
              each of these again wherever else it stands, also percent-encoded, escaped or in base64
              the bytes of binary messages, such as uploads

            A secret that has no such name or form is not found: a key that is typed is sent by itself when a page \
            listens to single keys, and what a page shows of its database is plain text. Have a look before you share.

            What cannot be redacted, such as bytes that are neither HTTP nor frames, is left out: the record stays, \
            empty, and the result says so. At the end the result is searched for secrets; if any is found, the places \
            are listed and the result is removed.

            The exit code is 0 if all is well, 1 if a secret was left, 2 if a file could not be read or written.
            """)

    @Argument(help: ArgumentHelp("A recording: a file, which stands for its whole run, or a folder.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Of a folder, take this run; the newest without it.", valueName: "id"))
    var runID: String?

    @Option(
        help: ArgumentHelp(
            "The values of fields of that name are secrets too, in forms, JSON, HTML and queries. Repeatable.",
            discussion: """
                Letters' case, '_' and '-' do not count, and a part of a name suffices: 'card' is also 'user[card]'. \
                Always taken: names with 'password' or 'passphrase' in them, names that end in 'token', 'secret' or \
                'api_key', and \(RedactionRules.defaultFields.joined(separator: ", ")).
                """, valueName: "name"))
    var field: [String] = []

    @Option(
        help: ArgumentHelp(
            "The values of parameters of that name in a URL's query are secrets too. Repeatable.",
            discussion: "Always taken: \(RedactionRules.defaultQueries.joined(separator: ", ")), and all fields.",
            valueName: "name"))
    var query: [String] = []

    @Option(help: ArgumentHelp("What this regular expression finds is a secret. Repeatable.", valueName: "regex"))
    var pattern: [SecretPattern] = []

    @Option(
        help: ArgumentHelp(
            "A field, query parameter or cookie of that name is no secret. Repeatable.", valueName: "name"))
    var keep: [String] = []

    @Flag(help: "Search binary messages and bodies as if they were text, and leave the rest of them.")
    var keepBinary = false

    @Flag(help: "Leave binary messages and bodies out.")
    var dropBinary = false

    @Option(help: ArgumentHelp("Shorter secrets are replaced in their own fields only.", valueName: "bytes"))
    var shortestEcho = 6

    @Option(help: ArgumentHelp("Stop if there are more different secrets.", valueName: "count"))
    var secrets = 200_000

    @Flag(help: "Replace the file if it is there.")
    var force = false

    @Flag(help: "Keep the result even if a secret is left in it.")
    var keepOnLeftover = false

    /// Makes the result the same each time: for tests only, since who knows it can test guesses.
    @Option(help: .hidden)
    var testKey: UInt64?

    func validate() throws {
        if keepBinary, dropBinary { throw ValidationError("--keep-binary and --drop-binary exclude each other.") }
        guard (3...1000).contains(shortestEcho) else {
            throw ValidationError("--shortest-echo is a number of bytes from 3 to 1000.")
        }
        guard secrets > 0 else { throw ValidationError("--secrets is a number from 1.") }
    }

    func run() throws {
        try reading { console in try redact(console) }
    }

    private func redact(_ console: Output) throws {
        let argument = try RecordingArgument.parse([input] + (runID.map { ["--run", $0] } ?? []))
        let run = try argument.chosenRun()
        var redaction = Redaction(run: run, output: output, settings: settings())
        var bar = ProgressBar(total: 3 * run.byteCount)
        let report: Redaction.Report
        do {
            report = try redaction.redact { bar.advance(to: UInt64($0 * 3 * Double(run.byteCount))) }
        } catch let error as RedactionError {
            bar.clear()
            complain("\(error)")
            throw ReadingExit.unreadable
        }
        bar.clear()
        for line in RedactionText(report: report, output: output).lines() { try console.writeLine(line) }
        if report.leftovers.count > 0 { throw ReadingExit.problemsFound }
    }

    private func settings() -> Redaction.Settings {
        var settings = Redaction.Settings()
        settings.rules.fields += field
        settings.rules.queries += query
        settings.rules.kept = keep
        settings.rules.patterns = pattern.map(\.pattern)
        settings.rules.keepsBinary = keepBinary
        settings.rules.dropsBinary = dropBinary
        settings.rules.shortestEcho = shortestEcho
        settings.secretLimit = secrets
        settings.replacesFile = force
        settings.keepsLeftovers = keepOnLeftover
        settings.release = LiveTape.release
        if let testKey {
            settings.key = RedactionKey(low: testKey, high: 0)
            settings.runID = "redact"
        }
        return settings
    }
}

/// A regular expression that a user typed.
struct SecretPattern: ExpressibleByArgument {
    let pattern: RedactionPattern

    init?(argument: String) {
        guard (try? Regex(argument)) != nil else { return nil }
        pattern = RedactionPattern(name: argument) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            // Compiled for each text: a Regex is not Sendable. An expression that fails now was refused before.
            guard text.utf8.count == bytes.count, let regex = try? Regex(argument) else { return [] }
            return text.ranges(of: regex).map { range in
                text.utf8.distance(
                    from: text.startIndex, to: range.lowerBound)..<text.utf8.distance(
                        from: text.startIndex, to: range.upperBound)
            }
        }
    }

    var defaultValueDescription: String { pattern.name }
}
