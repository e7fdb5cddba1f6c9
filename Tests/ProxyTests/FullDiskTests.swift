import Proxy
import RecordingFormat
import RecordingStore
import Testing

/// There is no space for the recording: traffic goes on, and the recording says what it misses.
@Suite struct FullDiskTests {
    static let frame: [UInt8] = [0x82, 126, 4, 0] + [UInt8](repeating: 42, count: 1024)

    private func sendFrames(_ rig: Rig, _ server: RawServer, count: Int) async throws {
        let client = try await rig.connect()
        try await client.send(Handshake.request())
        let peer = try await server.peer()
        try await peer.receive(through: "\r\n\r\n")
        try await peer.send(Handshake.response())
        for number in 1...count {
            try await peer.send(Self.frame)
            try await client.receive(count: Handshake.response().count + number * Self.frame.count)
        }
        #expect(client.received == peer.sent)
    }

    @Test func trafficGoesOnAndTheLastRecordSaysWhy() async throws {
        try await Rig.withServer(
            RawPeer.Habits(),
            {
                $0.journal.fileByteLimit = 100 << 10
                $0.journal.retryInterval = .max
            }
        ) { rig, server in
            try await sendFrames(rig, server, count: 300)
            #expect(rig.journal.paths.count == 1)
            // What is lost is known at the end only: a last file says so.
            let all = try await rig.stopAndRead()
            #expect(rig.journal.paths.count == 2 && all.hasRunEnded && all.gaps.last?.records ?? 0 > 0)
            let recorded = try Recorded(paths: [rig.journal.paths[0]])
            #expect(rig.events.now.filter { $0.hasPrefix("recording") }.count == 1)
            guard case .gap(let gap)? = recorded.records.last else {
                Issue.record("the last record is no gap")
                return
            }
            #expect(gap.cause == "File too large")
            let frames = recorded.streamBytes(.server).count / Self.frame.count
            #expect(frames > 50 && frames < 100)
            #expect(recorded.streamBytes(.server).count % Self.frame.count == 0)
            #expect(try readFile(rig.journal.paths[0]).count <= 100 << 10)
            let lost = rig.journal.statistics.lostRecords
            #expect(lost >= UInt64(300 - frames))
        }
    }

    @Test func recordingGoesOnInANewFileThatSaysWhatIsMissing() async throws {
        try await Rig.withServer(
            RawPeer.Habits(),
            {
                $0.journal.fileByteLimit = 200 << 10
                $0.journal.retryInterval = 0
            }
        ) { rig, server in
            try await sendFrames(rig, server, count: 300)
            await rig.proxy.stop()
            #expect(rig.journal.paths.count == 2)
            let second = try Recorded(paths: [rig.journal.paths[1]])
            guard case .gap(let gap)? = second.records.first else {
                Issue.record("the new file does not begin with the gap")
                return
            }
            #expect(gap.records == rig.journal.statistics.lostRecords && gap.records > 0)
            #expect(gap.fromWallNanoseconds > 0 && gap.toWallNanoseconds >= gap.fromWallNanoseconds)
            #expect(second.hasRunEnded && second.isWhole)
            let all = try Recorded(paths: rig.journal.paths)
            #expect(all.streamBytes(.server).count / Self.frame.count + Int(gap.records) >= 300)
        }
    }
}
