import RecordingFormat
import TestSupport
import Testing
import WebSocketWire

@testable import RecordingStore

/// Batches of any size and shape, from one thread and from several.
@Suite struct JournalAppendTests {
    private let folder = JournalFolder()

    private func written(_ write: (JournalWriter) -> Void) throws -> JournalContents {
        let journal = try Journal(folder.settings())
        let writer = JournalWriter(journal: journal)
        write(writer)
        writer.commit(now: time(0))
        #expect(writer.isEmpty)
        journal.close()
        let contents = JournalContents(of: journal.paths[0])
        #expect(contents.trouble == nil)
        #expect(contents.isComplete)
        return contents
    }

    /// Around the limit of copying, and around the arena's size.
    @Test(arguments: [0, 1, 1022, 1023, 1024, 1025, 65_536, 262_000, 262_144, 262_145, 5_000_000])
    func aPayloadOfAnySizeComesBack(_ size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let payload = generator.bytes(min(size, 70_000))
        let whole = Array(repeatElement(payload, count: max(1, size / max(1, payload.count))).joined())
        let contents = try written { writer in
            writer.frame([7], number: 0)
            writer.frame(whole, number: 1)
            writer.frame([8], number: 2)
        }
        #expect(contents.payloads == [[7], whole, [8]])
    }

    @Test func aBatchMayBeLargerThanTheArena() throws {
        let payloads = (0..<3000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0 % 1000) }
        let contents = try written { writer in
            for (number, payload) in payloads.enumerated() { writer.frame(payload, number: UInt64(number)) }
        }
        #expect(contents.payloads == payloads)
    }

    /// Large payloads are a vector each, and the kernel takes 1,024 of them.
    @Test func aBatchMayHaveMoreVectorsThanTheKernelTakes() throws {
        let payload = [UInt8](repeating: 5, count: JournalWriter.copiedBelow)
        let contents = try written { writer in
            payload.withUnsafeBytes { bytes in  // Unsafe: the payload outlives the commits within.
                for number in 0..<2500 as Range<UInt64> {
                    let stamp = RecordStamp(
                        connection: 1, sequence: number, wallNanoseconds: 0, monotonicNanoseconds: 0)
                    let record = FrameRecord(stamp: stamp, direction: .client, offset: 0, number: number)
                    writer.append(record, payload: bytes, now: time(0))
                }
                writer.commit(now: time(0))
            }
        }
        #expect(contents.payloads.count == 2500)
        #expect(contents.payloads.allSatisfy { $0 == payload })
        #expect(contents.records.dropLast().map(\.stamp.sequence) == Array(0..<2500))
    }

    @Test(arguments: [JournalWriter.arenaByteCount - 200, JournalWriter.arenaByteCount, 1 << 20])
    func anEncodedRecordMayBeLargerThanTheArena(_ size: Int) throws {
        let cause = String(repeating: "x", count: size)
        var record = SocketRecord(
            stamp: RecordStamp(connection: 1, sequence: 1, wallNanoseconds: 0, monotonicNanoseconds: 0), kind: .notHTTP)
        record.cause = cause
        let contents = try written { writer in
            writer.frame([1], number: 0)
            writer.append(encoded: JournalRecord.socket(record).encoded(), now: time(0))
            writer.frame([2], number: 2)
        }
        #expect(contents.records.dropLast().map(\.stamp.sequence) == [0, 1, 2])
        #expect(contents.records.contains(.socket(record)))
    }

    @Test func randomBatchesComeBackInOrder() throws {
        var generator = SeededGenerator(seed: 11)
        let sizes = (0..<2000).map { _ in
            [0, 20, 900, 1023, 1024, 3000, 40_000].randomElement(using: &generator) ?? 0
        }
        let pool = generator.bytes(40_000)
        let contents = try written { writer in
            pool.withUnsafeBytes { bytes in  // Unsafe: the pool outlives the commits within.
                for (number, size) in sizes.enumerated() {
                    let stamp = RecordStamp(
                        connection: 1, sequence: UInt64(number), wallNanoseconds: 0, monotonicNanoseconds: 0)
                    let record = FrameRecord(stamp: stamp, direction: .client, offset: 0, number: UInt64(number))
                    let start = (number * 7) % (pool.count - size + 1)
                    writer.append(record, payload: .init(rebasing: bytes[start..<(start + size)]), now: time(0))
                    if number % 97 == 0 { writer.commit(now: time(0)) }
                }
                writer.commit(now: time(0))
            }
        }
        let expected = sizes.enumerated().map { number, size in
            let start = (number * 7) % (pool.count - size + 1)
            return pool[start..<(start + size)]
        }
        #expect(contents.payloads.count == expected.count)
        #expect(zip(contents.payloads, expected).allSatisfy { $0.elementsEqual($1) })
    }

    @Test func severalThreadsAppendAtOnceAndNothingIsTornOrLost() async throws {
        let journal = try Journal(folder.settings())
        let threads = 6 as UInt64
        let frames = 3000 as UInt64
        await withTaskGroup { group in
            for connection in 1...threads {
                group.addTask {
                    let writer = JournalWriter(journal: journal)
                    var generator = SeededGenerator(seed: connection)
                    for number in 0..<frames {
                        let size = Int.random(in: 0..<1400, using: &generator)
                        writer.frame(
                            [UInt8](repeating: UInt8(connection), count: size), connection: connection, number: number)
                        writer.statistics.server.frames += 1
                        if number % 7 == 0 { writer.commit(now: time(number)) }
                    }
                    writer.commit(now: time(frames))
                }
            }
        }
        journal.close()
        let contents = JournalContents(of: journal.paths[0])
        #expect(contents.trouble == nil)
        for connection in 1...threads {
            let own = contents.records.filter { $0.stamp.connection == connection }
            #expect(own.map(\.stamp.sequence) == Array(0..<frames))
            #expect(
                own.allSatisfy { record in
                    guard case .frame(_, let payload) = record else { return false }
                    return payload.allSatisfy { $0 == UInt8(connection) }
                })
        }
        #expect(journal.statistics.server.frames == threads * frames)
    }
}

/// Counts of several event loops add up.
@Suite struct JournalStatisticsTests {
    @Test func countsAddUp() {
        var first = RunStatistics()
        first.connections = 3
        first.openConnections = 2
        first.sockets = 1
        first.openSockets = 1
        first[.client].frames = 5
        first[.server].bytes = 70
        var second = RunStatistics()
        second.connections = 1
        second.openConnections = -1
        second.ignoredSockets = 1
        second.openSockets = -1
        second[.client].frames = 6
        second[.server].messages = 4
        second.forbiddenUpgrades = 2
        second.redirectPastProxy = "http://a/"
        first.add(second)
        #expect(first.connections == 4)
        #expect(first.openConnections == 1)
        #expect(first.openSockets == 0)
        #expect(first.ignoredSockets == 1)
        #expect(first.client.frames == 11)
        #expect(first.server.messages == 4)
        #expect(first.server.bytes == 70)
        #expect(first.forbiddenUpgrades == 2)
        #expect(first.redirectPastProxy == "http://a/")
    }

    @Test func theLargestMessagesStayLargestFirst() {
        var generator = SeededGenerator(seed: 3)
        let sizes = (0..<100).map { _ in UInt64.random(in: 0..<1000, using: &generator) }
        var halves = [RunStatistics(), RunStatistics()]
        for (index, size) in sizes.enumerated() {
            halves[index % 2].note(.init(payloadBytes: size, connection: 1, sender: .server, monotonic: 0))
        }
        halves[0].add(halves[1])
        #expect(halves[0].largest.map(\.payloadBytes) == Array(sizes.sorted(by: >).prefix(RunStatistics.largestCount)))
    }
}
