import Analysis
import ConversationSupport
import Foundation
import RecordingStore
import Sessions
import TestSupport
import Testing

/// A damaged recording gives what is left of it, and says what was skipped.
@Suite struct DamagedRecordingTests {
    private func analysis(of bytes: [UInt8]) async throws -> (inOrder: Analysis, onLanes: Analysis)? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "damaged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "damaged.mcap")
        try Data(bytes).write(to: file)
        guard let run = try? RecordingRun.find(at: [file.path]).last else { return nil }
        return (try Analyzer().analyzeInOrder(run), try await Analyzer().analyze(run))
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        let run = try RecordedFrames.recording(name)
        return [UInt8](try Data(contentsOf: URL(filePath: run.files[0].path)))
    }

    @Test func flippedBytesCostNoMoreThanTheirPart() async throws {
        var generator = SeededGenerator(seed: 3)
        let whole = try bytes("gallery-table-keyed")
        var analysed = 0
        for _ in 0..<60 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                damaged[Int.random(in: 200..<damaged.count, using: &generator)] ^= UInt8.random(
                    in: 1...255, using: &generator)
            }
            guard let analysis = try await analysis(of: damaged) else { continue }
            analysed += 1
            for found in [analysis.inOrder, analysis.onLanes] {
                #expect(found.totals.diffBytes.total >= 0)
                // What is lost is said.
                if found.totals.fromServer.messages == 0 { #expect(found.noteCount > 0) }
            }
        }
        #expect(analysed > 30)
    }

    @Test func aFileThatIsCutGivesItsBeginning() async throws {
        let whole = try bytes("gallery-table-keyed")
        let found = try #require(try await analysis(of: Array(whole.prefix(whole.count / 2))))
        #expect(found.inOrder.noteCount > 0)
    }
}
