import Foundation
import RecordingFormat
import RecordingStore
import Testing

@testable import Interchange

@Suite struct RedactionFileTests {
    private func journal(_ payload: String = #"{"password":"hunter22"}"#) -> [UInt8] {
        var talk = TalkJournal()
        talk.open()
        talk.message(.client, Array(payload.utf8))
        talk.end()
        return talk.bytes(details: ["target": "http://app:dbpass@localhost:4000", "started_wall_ns": "1"])
    }

    @Test func onlyTheOwnerCanReadIt() throws {
        let folder = TestFolder()
        let (report, output) = try redact(try folder.write(journal()), in: folder)
        let attributes = try FileManager.default.attributesOfItem(atPath: output)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(report.isPublished && folder.names == ["in.mcap", "out.mcap"])
    }

    @Test func anotherFileIsReplacedOnlyIfAsked() throws {
        let folder = TestFolder()
        let input = try folder.write(journal())
        _ = try folder.write([1, 2, 3], "out.mcap")
        #expect(throws: RedactionError.exists(path: folder.path + "/out.mcap")) { try redact(input, in: folder) }
        #expect(try folder.bytes("out.mcap") == [1, 2, 3])
        _ = try redact(input, in: folder) { $0.replacesFile = true }
        #expect(try folder.bytes("out.mcap").count > 100)
        #expect(folder.names == ["in.mcap", "out.mcap"])
    }

    @Test func theRunIsAnotherWithRedactedFacts() throws {
        let folder = TestFolder()
        let (_, output) = try redact(try folder.write(journal()), in: folder)
        let file = try RecordingFile(path: output)
        #expect(file.runID == "abcdef" && file.preamble?.details["redacted_run"] == "talk01")
        #expect(file.preamble?.details["started_wall_ns"] == "1")
        let target = file.preamble?.details["target"] ?? ""
        #expect(target.hasPrefix("http://") && target.hasSuffix("@localhost:4000") && !target.contains("dbpass"))
        #expect(try file.preambleProblems().isEmpty)
    }

    @Test func theSameKeyMakesTheSameFile() throws {
        let results = try [1, 1, 2].map { (key: UInt64) in
            let folder = TestFolder()
            _ = try redact(try folder.write(journal()), in: folder, key: key)
            return try folder.bytes("out.mcap")
        }
        #expect(results[0] == results[1] && results[0] != results[2] && results[0].count == results[2].count)
    }

    @Test func tooManySecretsStopIt() throws {
        let folder = TestFolder()
        let tokens = (0..<50).map { "{\"token\":\"token-number-\($0)\"}" }
        let many = "[" + tokens.joined(separator: ",") + "]"
        let input = try folder.write(journal(many))
        #expect(throws: RedactionError.tooManySecrets(limit: 20)) {
            try redact(input, in: folder) { $0.secretLimit = 20 }
        }
        #expect(folder.names == ["in.mcap"])
    }

    /// A pattern that finds in each text what it makes of it: there is always something left.
    @Test(arguments: [false, true]) func whatHoldsASecretIsNotPublished(_ keeps: Bool) throws {
        let folder = TestFolder()
        let input = try folder.write(journal("abcdefgh"))
        let calls = Calls()
        let (report, _) = try redact(input, in: folder) { settings in
            settings.keepsLeftovers = keeps
            // Blind in the first two readings.
            settings.rules.patterns = [
                RedactionPattern(name: "late") { bytes in
                    calls.count(bytes) > 3 && bytes.count == 8 ? [0..<8] : []
                }
            ]
        }
        #expect(report.leftovers.count > 0 && report.isPublished == keeps)
        #expect(report.leftovers.places.contains { $0.contains("client message: pattern") })
        #expect(folder.names == (keeps ? ["in.mcap", "out.mcap"] : ["in.mcap"]))
    }

    /// How often a text of 8 bytes was searched.
    private final class Calls: @unchecked Sendable {  // one thread only
        private var calls = 0

        func count(_ bytes: [UInt8]) -> Int {
            if bytes.count == 8 { calls += 1 }
            return calls
        }
    }
}
