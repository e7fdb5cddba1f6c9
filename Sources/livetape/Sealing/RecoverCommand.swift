import ArgumentParser
import Foundation
import RecordingStore

struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Make whole files of recordings that were cut off or damaged.",
        discussion: """
            All that can be read becomes a sealed file of the same name; what is lost, and where, is said, and noted in \
            the file. It takes journals of killed proxies, files cut off anywhere, sealed ones too (and the .tmp file of \
            a sealing that was killed), and damaged ones: of those the original stays, as <name>.damaged.

              livetape recover Recordings/local
              livetape recover run.mcap

            The exit code is 0 if nothing but a torn end was lost, 1 if more was, 2 if a file could not be read or written.
            """)

    @OptionGroup var recordings: SealedRecordings

    func run() throws {
        try reading { output in
            var outcome = SealingOutcome()
            var sealer = Sealer(release: LiveTape.release)
            var named = recordings
            named.paths = try recordings.paths.map(Self.withProperName)
            for (file, run) in try named.files() {
                var bar = ProgressBar(total: file.byteCount)
                do {
                    let recovered = try sealer.recover(file, of: run) { done in
                        bar.advance(to: done)
                        return true
                    }
                    bar.clear()
                    if recovered?.hasLosses ?? false { outcome.noteLosses() }
                    for line in Self.lines(recovered, file) { try output.writeLine(Preview.of(line)) }
                } catch let error as SealingError {
                    bar.clear()
                    outcome.note(error)
                }
                try output.flush()
            }
            try outcome.end()
        }
    }

    /// What a killed sealing left is given the name that it was to have, unless the journal is there still: that has all.
    private static func withProperName(_ path: String) throws -> String {
        guard path.hasSuffix(".mcap.tmp") else { return path }
        let proper = String(path.dropLast(4))
        guard access(proper, F_OK) != 0 else {
            throw RecordingError.notARecording(
                path: path,
                reason: "it is what a sealing of \(proper) left. That has all that is in it: remove this one")
        }
        guard try !RecordingFile(path: path).isBeingWritten, rename(path, proper) == 0 else {
            throw RecordingError.unreadable(path: path, reason: "it cannot be renamed to \(proper)")
        }
        return proper
    }

    private static func lines(_ recovered: RecoveredFile?, _ file: RecordingFile) -> [String] {
        guard let recovered else { return ["\(file.path): nothing is wrong with it"] }
        var lines = ["\(recovered.sealed.line), \(counted(recovered.sealed.recordCount, "record"))"]
        for skipped in recovered.skipped { lines.append("\(skipped)") }
        let untold = recovered.skippedPlaces - UInt64(recovered.skipped.count)
        if untold > 0 { lines.append("and \(counted(untold, "more place"))") }
        for missing in recovered.missing { lines.append("\(missing)") }
        if recovered.hasLosses {
            lines.append(
                "lost: \(formatted(bytes: recovered.skippedByteCount)), "
                    + "\(counted(recovered.missingRecords, "record")) known to be missing")
        }
        if let original = recovered.originalPath { lines.append("the damaged file is kept as \(original)") }
        return lines
    }
}
