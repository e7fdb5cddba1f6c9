import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@testable import RecordingStore

/// Frames that one read brings are one record in the journal, and a frame each for whoever reads it.
@Suite struct FrameRunTests {
    private func contents(_ talk: RecorderTalk) -> JournalContents {
        talk.writer.commit(now: talk.tick())
        return JournalContents(of: talk.journal.paths[0])
    }

    @Test func framesOfOneReadAreOneRecord() throws {
        let talk = try RecorderTalk()
        talk.openSocket()
        talk.send(wire(.text, "[1]", from: .client) + wire(.text, "[22]", from: .client), from: .client)
        talk.send(wire(.text, "[3]", from: .server), from: .server)
        let contents = contents(talk)
        let runs = contents.runs
        #expect(runs.map(\.count) == [2], "a frame alone is no run")
        #expect(runs.map(\.number) == [0])
        #expect(contents.frames.map(\.number) == [0, 1, 0])
        let first = try #require(contents.frames.first)
        #expect(contents.frames[1].stamp.sequence == first.stamp.sequence + 1)
        #expect(contents.frames[1].offset == first.offset + 9)
        #expect(contents.frames[1].stamp.wallNanoseconds == first.stamp.wallNanoseconds)
        #expect(talk.statistics.client.frames == 2)
    }

    @Test func aPartAndAHeadThatBeganEarlierAreInNoRun() throws {
        let frames = (0..<3).map { wire(.text, "[\($0)]", from: .client) }
        let talk = try RecorderTalk()
        talk.openSocket()
        // The read ends in a head; the next begins in it and ends in a payload.
        talk.send(frames[0] + frames[1] + frames[2][..<3], from: .client)
        talk.send(Array(frames[2][3...]) + frames[0] + frames[1] + frames[2][..<8], from: .client)
        let contents = contents(talk)
        #expect(contents.runs.map(\.number) == [0, 3])
        #expect(contents.runs.map(\.count) == [2, 2])
        #expect(contents.frames.map(\.number) == [0, 1, 2, 3, 4, 5])
        #expect(contents.frames.map(\.isLast) == [true, true, true, true, true, false])
    }

    @Test(arguments: [2_000, 40_000])
    func aLongRunIsReadFrameByFrame(payloadByteCount: Int) throws {
        var random = SeededGenerator(seed: 7)
        let payloads = (0..<6).map { _ in (0..<payloadByteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let talk = try RecorderTalk()
        talk.openSocket()
        let bytes = payloads.flatMap { wire(.binary, $0, from: .server) }
        talk.recorder.receive(from: .server, bytes.span, now: talk.tick())
        talk.writer.commit(now: talk.tick())
        let reading = try readAll(talk.journal.paths[0])
        #expect(reading.skipped.isEmpty && reading.missing.isEmpty)
        let read = reading.records.compactMap { if case .frame(_, let payload) = $0 { payload } else { nil } }
        #expect(read == payloads)
        #expect(contents(talk).runs.count == 1)
    }

    /// What a run could say wrongly of its bytes although its checksum fits.
    @Test(arguments: [0, 1, 3, UInt64.max])
    func aRunOfAnotherCountIsDamage(count: UInt64) throws {
        let frames = wire(.text, "[1]", from: .client) + wire(.text, "[2]", from: .client)
        let stamp = RecordStamp(connection: 1, sequence: 0, wallNanoseconds: 1, monotonicNanoseconds: 1)
        let run = FrameRun(stamp: stamp, direction: .client, offset: 0, number: 0, count: count)
        #expect(throws: FormatError.self) { try OpenRun(run, frames: frames, offset: 99) }
        let folder = try TemporaryFolder()
        let path = try folder.write(TestJournal.preamble() + run.encoded(frames: frames))
        let reading = try readAll(path)
        #expect(reading.records.isEmpty)
        #expect(reading.skipped.count == 1)
    }

    @Test func aTornFrameIsInNoRun() throws {
        let frames = wire(.text, "[1]", from: .client) + wire(.text, "[2]", from: .client)
        let stamp = RecordStamp(connection: 1, sequence: 5, wallNanoseconds: 1, monotonicNanoseconds: 1)
        for end in 0..<frames.count {
            let count: UInt64 = end < 9 ? 1 : 2
            let run = FrameRun(stamp: stamp, direction: .client, offset: 0, number: 0, count: count)
            let opened = try? OpenRun(run, frames: Array(frames[..<end]), offset: 0)
            #expect((opened != nil) == (end == 9 && count == 1), "\(end) bytes")
        }
    }

    @Test func inASealedFileEachFrameStandsAlone() throws {
        let stamp = RecordStamp(connection: 1, sequence: 0, wallNanoseconds: 1, monotonicNanoseconds: 1)
        let run = FrameRun(stamp: stamp, direction: .client, offset: 0, number: 0, count: 1)
        let record = run.encoded(frames: wire(.text, "[1]", from: .client))
        let inflated = ChunkInflater.Inflated(records: record, damage: nil)
        var records = ChunkRecords(inflated, offset: 0)
        guard case .end(let damage) = records.next() else {
            Issue.record("a run in a chunk was read")
            return
        }
        #expect(damage?.expected == "each frame in a message of its own")
    }
}
