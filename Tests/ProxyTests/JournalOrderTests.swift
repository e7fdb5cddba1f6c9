import Glibc
import NIOCore
import Proxy
import RecordingFormat
import RecordingStore
import TestSupport
import Testing
import WebSocketWire

/// Nothing lost: records are in the file before their bytes leave.
@Suite struct JournalOrderTests {
    /// The recording of a frame stands still, since it fills the file and whoever is told so does not return: until then
    /// no byte of the frame may leave.
    @Test func aFrameWaitsForItsRecord() async throws {
        let gate = try Gate()
        let isStopped = Watched(false)
        try await Rig.withServer(
            RawPeer.Habits(),
            {
                $0.journal.fileByteLimit = 64 << 10
                $0.onJournalEvent = { event in
                    guard case .stopped = event else { return }
                    isStopped.change { $0 = true }
                    gate.wait()
                }
            }
        ) { rig, server in
            let client = try await rig.connect()
            try await client.send(Handshake.request())
            let peer = try await server.peer()
            try await peer.receive(through: "\r\n\r\n")
            let before = peer.log.now.receivedCount
            var stream = FrameStream(.client, seed: 1)
            stream.frame(.binary, stream.generator.bytes(70_000))
            try await client.send(stream.bytes)
            try await isStopped.wait(for: "the journal to be full") { $0 }
            // Time enough for a byte that had left to arrive.
            try await peer.channel.eventLoop.scheduleTask(in: .milliseconds(200)) {}.futureResult.get()
            let whole = before + stream.bytes.count
            let early = peer.log.now.receivedCount
            gate.open()
            try await peer.receive(count: whole)
            #expect(early < whole, "the frame left before its record was written")
        }
    }

    @Test func aFrameIsInTheJournalBeforeItsLastByteArrives() async throws {
        let path = Watched<String>("")
        let found = Watched<[Int: Bool]>([:])
        let handshake = Handshake.request().count
        let frames = (0..<200).map { number -> [UInt8] in
            var stream = FrameStream(.client, seed: UInt64(number))
            stream.frame(.binary, stream.generator.bytes(number * 37))
            return stream.bytes
        }
        let ends = frames.reduce(into: [handshake]) { ends, frame in ends.append((ends.last ?? 0) + frame.count) }
        var habits = RawPeer.Habits()
        habits.onRead = { soFar in
            // Each frame whose last byte is here must be in the file now.
            let whole = ends.dropFirst().prefix { $0 <= soFar.count }.count
            guard whole > 0, let recorded = try? Recorded(bytes: readFile(path.now)) else { return }
            let inFile = recorded.streamBytes(.client).count + handshake
            found.change { $0[whole] = inFile >= ends[whole] }
        }
        try await Rig.withServer(habits) { rig, server in
            path.change { $0 = rig.journal.paths.first ?? "" }
            let client = try await rig.connect()
            try await client.send(Handshake.request())
            let peer = try await server.peer()
            try await peer.receive(count: handshake)
            try await peer.send(Handshake.response())
            try await client.receive(count: Handshake.response().count)
            for frame in frames { try await client.send(frame) }
            try await peer.receive(count: ends.last ?? 0)
            #expect(found.now[200] == true)
            #expect(
                found.now.values.allSatisfy { $0 }, "the frames that were late: \(found.now.filter { !$0.value }.keys)")
        }
    }
}
